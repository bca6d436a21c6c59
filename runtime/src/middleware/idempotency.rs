//! The header `Idempotency-Key`: a request that is sent twice runs once.
//!
//! [`Idempotent`] is the middleware, [`IdempotencyKeys`] is the part of the app state that stores the responses, and
//! [`Store`] is the trait of the place where they are stored.

use std::{fmt, time::Duration};

use highball_macros::middleware;
use http::{Method, StatusCode, header};

use crate::{
    chain::{BufferedBody, Next, buffer_body},
    extract::{BODY_ANSWERS, Facts, Local},
    request::{Context, State},
    response::{IntoResponse, Rejection, Response},
    routes::{Answer, Answers, Inputs, LocalType, header_facts},
};

mod held;
mod key;
mod memory;
mod store;
mod stored_response;

use held::HeldClaim;
use key::Digest;
pub use memory::MemoryStore;
use store::OperationTimes;
pub use store::{Claim, IdempotencyKeys, Operation, Store};
pub use stored_response::StoredResponse;

/// A middleware for the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the first request with a
/// key runs, and each retry gets the stored response of the first.
///
/// A client whose connection breaks does not see whether its request was handled. With a key it can send the request
/// again, and the order is placed once. The app state has the stored responses, [`IdempotencyKeys`].
///
/// | Request | Response |
/// |---|---|
/// | a new key | that of the handler |
/// | a key whose request has completed | the stored one, with `Idempotent-Replayed: true` |
/// | a key whose request still runs | 409 with `Retry-After` |
/// | a key of a request with another path, query, body, `Content-Type` or `Cookie` | 422 |
/// | a malformed key, two keys, or none where it is [`required`](Self::required) | 400 |
///
/// **Scope.** A key is valid for a method, a route and a client. A client is identified by `Authorization` and by its
/// certificate, or, with [`by`](Self::by), by a local such as a user. Use `by` if tokens are renewed: with another token
/// a retry is another client, and the handler runs again.
///
/// **What is stored.** Responses of 200 to 499 are stored, except 401, 407, 408, 409, 421, 425 and 429. After any other
/// response the key is free, so a retry runs the handler again. It is also free after a panic, a timeout, and after a
/// rejection by a guard inside of this middleware. So a handler that fails must have no effects: use one transaction,
/// or [`stores`](Self::stores). If the body of a response is a stream or too large, it is sent, but not stored. A retry
/// is then a 409 that contains the status, because the handler must not run again.
///
/// **Disconnects.** The handler runs to its end if the client disconnects, so a retry finds the response.
///
/// The body is read before the handler runs, up to the limit around this middleware. Requests with GET, HEAD, OPTIONS,
/// TRACE and QUERY are not affected.
///
/// # Examples
/// ```
/// use highball::{
///     middleware::{Idempotent, idempotency::{IdempotencyKeys, MemoryStore}},
///     prelude::*,
/// };
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// #[derive(State)]
/// struct AppState {
///     keys: IdempotencyKeys,
///     orders: AtomicU64,
/// }
///
/// #[post("/orders", with(Idempotent::new().required()))]
/// async fn order(orders: State<AtomicU64>) -> Created<String> {
///     let id = orders.fetch_add(1, Ordering::Relaxed);
///     Created::new(format!("order {id}"))
/// }
///
/// #[routes(app)]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let keys = IdempotencyKeys::new(MemoryStore::new());
/// let client = Api.test().state(AppState { keys, orders: AtomicU64::new(1) }).start();
/// let order = |key: &str| client.post("/orders").header("idempotency-key", key);
/// assert_eq!(order("8e03978e").send().await.text(), "order 1");
/// let retry = order("8e03978e").send().await;
/// assert_eq!((retry.status().as_u16(), retry.text()), (201, "order 1"));
/// assert_eq!(retry.header("idempotent-replayed"), "true");
/// assert_eq!(order("1b9d6bcd").send().await.text(), "order 2");
/// assert_eq!(client.post("/orders").send().await.status(), 400);
/// # });
/// ```
#[must_use]
pub struct Idempotent<K = PerCredentials> {
    is_required: bool,
    expiry: Duration,
    lease: Duration,
    max_response: usize,
    stores: fn(StatusCode) -> bool,
    scope: Scope<K>,
}

/// The default client of an [`Idempotent`]: its credentials. [`Idempotent::by`] replaces it with the type of a local.
///
/// # Examples
/// ```
/// use highball::middleware::{Idempotent, idempotency::PerCredentials};
///
/// const RETRIES: Idempotent<PerCredentials> = Idempotent::new();
/// # let _ = RETRIES;
/// ```
#[derive(Debug)]
pub struct PerCredentials(());

/// How a client is identified.
enum Scope<K> {
    Credentials,
    Local(fn(&K) -> &dyn fmt::Display),
}

impl Idempotent {
    /// Returns a middleware for requests with a key. Requests without one run as usual.
    pub const fn new() -> Self {
        Self::with_scope(Scope::Credentials)
    }

    /// Identifies clients by a value of a local, for example `by::<User>(|user| &user.id)`.
    ///
    /// A route compiles only if a guard around the middleware provides the local. `Cookie` may then differ in a retry.
    pub const fn by<T: LocalType>(self, client: fn(&T) -> &dyn fmt::Display) -> Idempotent<T> {
        Idempotent {
            is_required: self.is_required,
            expiry: self.expiry,
            lease: self.lease,
            max_response: self.max_response,
            stores: self.stores,
            scope: Scope::Local(client),
        }
    }
}

impl Default for Idempotent {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Idempotent<K> {
    const fn with_scope(scope: Scope<K>) -> Self {
        Self {
            is_required: false,
            expiry: Duration::from_secs(24 * 60 * 60),
            lease: Duration::from_secs(5 * 60),
            max_response: 1024 * 1024,
            stores: is_final,
            scope,
        }
    }

    /// Rejects a request without a key with 400.
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Sets the time after which a key is forgotten, 24 hours by default. It begins with the first request.
    pub const fn expire_after(mut self, expiry: Duration) -> Self {
        self.expiry = expiry;
        self
    }

    /// Sets the time after which another process may take over a key whose request has not completed, 5 minutes by
    /// default.
    ///
    /// A process that crashes leaves such a key behind. The time must be longer than any request takes. A
    /// [`MemoryStore`] needs no lease.
    pub const fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets the size of the largest body of a response that is stored, 1 MiB by default.
    pub const fn max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// Sets the statuses whose responses are stored, instead of the default.
    pub const fn stores(mut self, stores: fn(StatusCode) -> bool) -> Self {
        self.stores = stores;
        self
    }

    /// Runs the rest of the chain, or returns a stored response or a rejection.
    async fn apply(
        &self,
        scope: impl FnOnce(&Context<'_>) -> Digest + Send,
        keys: &IdempotencyKeys,
        cx: &mut Context<'_>,
        next: impl Next,
    ) -> Response {
        let is_inner = cx.out().is_idempotent;
        let (Some(route), false) = (cx.route(), is_inner || is_safe(cx.method())) else {
            return next.run(cx).await;
        };
        let key = match key::read(cx.headers()) {
            Ok(Some(key)) => key,
            Ok(None) if self.is_required => return key::missing().into_response(),
            Ok(None) => return next.run(cx).await,
            Err(rejection) => return rejection.into_response(),
        };
        let body = match buffer_body(cx).await {
            Ok(body) => body,
            Err(rejection) => return rejection.into_response(),
        };
        let key = scope(cx).route(cx.method(), route.path()).part(&key);
        let operation = Operation::new(key, self.fingerprint(cx, &body), &self.times(cx));
        let claim = keys.0.claim(&operation).await;
        match claim {
            Ok(Claim::New) => {
                let held = HeldClaim::new(keys, operation, cx.tasks());
                self.execute(held, cx, next).await
            }
            Ok(Claim::Completed(stored)) => stored.replay(),
            Ok(Claim::InProgress) => in_progress().into_response(),
            Ok(Claim::Mismatch) => key::mismatch().into_response(),
            Err(cause) => unavailable().with_boxed(cause).into_response(),
        }
    }

    /// Runs the rest of the chain and stores its response.
    async fn execute(&self, held: HeldClaim, cx: &mut Context<'_>, next: impl Next) -> Response {
        // Headers of outer middleware are not stored, because they are set again for a retry.
        let outer = cx.out().take_set();
        cx.out().is_idempotent = true;
        let mut response = next.run(cx).await;
        cx.out().is_idempotent = false;
        // A handler's rejection has been rendered. Another one comes from a guard, so that the handler has not run.
        let has_run = !response.is_rejection();
        if has_run {
            cx.out().apply(&mut response);
        }
        cx.out().restore(outer);
        match has_run && (self.stores)(response.status()) {
            true => {
                held.complete(StoredResponse::of(&response, self.max_response))
                    .await;
            }
            false => held.release().await,
        }
        response
    }

    /// Returns the hash of everything that a retry must repeat.
    fn fingerprint(&self, cx: &Context<'_>, body: &BufferedBody) -> Digest {
        let mut digest = Digest::new("request")
            .part(cx.path().as_bytes())
            .part(cx.uri().query().unwrap_or_default().as_bytes())
            .lines(cx.headers(), header::CONTENT_TYPE);
        if matches!(self.scope, Scope::Credentials) {
            // A cookie in the scope would be worse: if one changes, a retry would run the handler again.
            digest = digest.lines(cx.headers(), header::COOKIE);
        }
        digest.part(&body.body)
    }

    fn times(&self, cx: &Context<'_>) -> OperationTimes {
        OperationTimes::new(cx.clock().system_time(), self.lease, self.expiry)
    }
}

/// Returns whether a method changes nothing, so that its requests need no key.
fn is_safe(method: &Method) -> bool {
    method.is_safe() || method.as_str() == "QUERY"
}

/// Returns whether another attempt would not change the response.
fn is_final(status: StatusCode) -> bool {
    let status = status.as_u16();
    (200..500).contains(&status) && !matches!(status, 401 | 407 | 408 | 409 | 421 | 425 | 429)
}

fn in_progress() -> Rejection {
    let detail = "a request with this `Idempotency-Key` is still running; try again later";
    Rejection::new(StatusCode::CONFLICT, detail).with_header(header::RETRY_AFTER, 1)
}

fn unavailable() -> Rejection {
    let detail = "the `Idempotency-Key` cannot be stored; try again later";
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_header(header::RETRY_AFTER, 1)
}

const FACTS: Facts = header_facts!("idempotency-key", "authorization", "cookie", "content-type")
    .and(Facts::PATH)
    .and(Facts::QUERY)
    .and(Facts::BODY)
    .and(Facts::WRITES)
    .and(Facts::FINISHES);

/// A document cannot contain whether the key is required, because that is a value.
const INPUTS: Inputs = Inputs::by_method(
    &Inputs::NONE,
    &Inputs::maybe(&Inputs::header("idempotency-key")),
);

const ANSWERS: Answers = Answers::either(
    &BODY_ANSWERS,
    &Answers::list(&[
        Answer::problem(400).about("the `Idempotency-Key` is missing or malformed"),
        Answer::problem(409)
            .about("a request with this `Idempotency-Key` is still running")
            .headers(&["retry-after"]),
        Answer::problem(422).about("the `Idempotency-Key` belongs to another request"),
        Answer::problem(503)
            .about("the `Idempotency-Key` cannot be stored")
            .headers(&["retry-after"]),
    ]),
);

#[middleware(facts = FACTS, inputs = INPUTS, answers = ANSWERS, crate = crate)]
impl Idempotent {
    async fn run(
        &self,
        keys: State<IdempotencyKeys>,
        cx: &mut Context<'_>,
        next: impl Next,
    ) -> Response {
        self.apply(Digest::of_credentials, &keys, cx, next).await
    }
}

#[middleware(facts = FACTS, inputs = INPUTS, answers = ANSWERS, crate = crate)]
impl<T: LocalType> Idempotent<T> {
    async fn run(
        &self,
        keys: State<IdempotencyKeys>,
        client: Local<'_, T>,
        cx: &mut Context<'_>,
        next: impl Next,
    ) -> Response {
        let scope = |cx: &Context<'_>| match &self.scope {
            Scope::Credentials => Digest::of_credentials(cx),
            Scope::Local(text) => Digest::new("local").text(text(&client)),
        };
        self.apply(scope, &keys, cx, next).await
    }
}

impl<K> fmt::Debug for Idempotent<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotent")
            .field("is_required", &self.is_required)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}
