//! The middleware `RateLimit`: counts requests by key and answers 429 to those over the limit.

use std::{fmt, time::Duration};

use highball::{
    Context, Error, IntoResponse, Local, Next, Rejection, Response, State,
    describe::{Answer, Answers},
    extract::{Facts, LocalType},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    middleware::PerApp,
};

use crate::{
    counts::Counts,
    key::{Key, LimitKey, PerClient},
    quota::Quota,
};

/// Limits the rate of requests and rejects requests over the limit with 429 and `Retry-After`.
///
/// Requests are counted by client. The key of a client is its IPv4 address or the first 64 bits of its IPv6
/// address, because one household usually has a whole /64 network. Behind a proxy every request comes from the
/// proxy's address, so name the proxy in the app's [`Proxies`](highball::serve::Proxies).
/// [`by_header`](Self::by_header) counts by the value of a header instead, and [`by`](Self::by) by a local, for
/// example an account. A route with such a limit compiles only if a guard around it provides the local.
///
/// The algorithm is GCRA, from the `governor` crate: the rate holds over any period of time, and a burst is a
/// credit that refills. Each app has separate counts, so two apps, or two tests, do not share them. A key is
/// forgotten when it was not seen for the time in which its credit refills. A limit keeps at most a million
/// keys; beyond that it forgets the keys that were not seen for the longest time.
///
/// Every response, whether the request passed or was rejected, has the headers `RateLimit-Policy` and
/// `RateLimit` ([draft 11](https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-11)). If
/// several limits apply to a route, give each a [`name`](Self::name): the headers list all of them.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_rate_limit::RateLimit;
///
/// #[derive(Local)]
/// struct User {
///     id: u64,
/// }
///
/// #[guard]
/// async fn signed_in(token: Bearer) -> Result<User, StatusCode> {
///     match token.token() {
///         "secret" => Ok(User { id: 7 }),
///         _ => Err(StatusCode::FORBIDDEN),
///     }
/// }
///
/// #[post("/login", with(RateLimit::per_minute(10).burst(3)))]
/// async fn login() {}
///
/// #[get("/search", with(signed_in, RateLimit::per_minute(60).by::<User>(|user| &user.id)))]
/// async fn search() {}
///
/// #[routes(app)]
/// struct Api(login, search);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/search").bearer("secret").send().await;
/// assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=60;w=60");
/// assert_eq!(response.headers()["ratelimit"], "\"default\";r=59");
/// # });
/// ```
///
/// Without the guard the app does not compile:
/// ```compile_fail,E0080
/// use highball::prelude::*;
/// use highball_rate_limit::RateLimit;
///
/// #[derive(Local)]
/// struct User {
///     id: u64,
/// }
///
/// #[get("/search", with(RateLimit::per_minute(60).by::<User>(|user| &user.id)))]
/// async fn search() {}
///
/// #[routes(app)]
/// struct Api(search);
/// ```
///
/// If the rate is known only at start, build the limit with [`new`](Self::new) and put it into the app state.
/// [`rate_limit()`] applies a single limit. For several limits, write a middleware for each that calls
/// [`limit`](Self::limit):
/// ```
/// use highball::prelude::*;
/// use highball_rate_limit::RateLimit;
/// # #[derive(Local)]
/// # struct User { id: u64 }
/// # #[guard]
/// # fn signed_in() -> Result<User, StatusCode> { Ok(User { id: 7 }) }
///
/// struct Limits {
///     login: RateLimit,
///     account: RateLimit<User>,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     limits: Limits,
/// }
///
/// #[middleware]
/// async fn login_limit(limits: State<Limits>, cx: &mut Context<'_>, next: impl Next) -> Response {
///     limits.login.limit(cx, next).await
/// }
///
/// #[middleware]
/// async fn account_limit(
///     limits: State<Limits>,
///     user: Local<'_, User>,
///     cx: &mut Context<'_>,
///     next: impl Next,
/// ) -> Response {
///     limits.account.limit(user, cx, next).await
/// }
///
/// #[post("/login", with(login_limit))]
/// async fn login() {}
///
/// #[get("/search", with(signed_in, account_limit))]
/// async fn search() {}
///
/// #[routes(app)]
/// struct Api(login, search);
///
/// # fn main() -> highball::Result {
/// let logins: u32 = std::env::var("LOGINS").map_or(Ok(10), |text| text.parse())?;
/// let limits = Limits {
///     login: RateLimit::new(logins, highball::middleware::secs(60), 3)?,
///     account: RateLimit::new(60, highball::middleware::secs(60), 60)?.by(|user: &User| &user.id),
/// };
/// let _ = highball::serve(Api).state(AppState { limits });
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct RateLimit<K = PerClient> {
    quota: Quota,
    key: Key<K>,
    name: &'static str,
    counts: PerApp<Counts>,
}

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

impl RateLimit {
    /// Allows this number of requests per second, and as many at once.
    ///
    /// # Panics
    /// If the number is 0. In `with(..)` that is a compile error.
    pub const fn per_second(requests: u32) -> Self {
        Self::of(Quota::constant(requests, 1, requests))
    }

    /// Allows this number of requests per minute, and as many at once.
    ///
    /// # Panics
    /// If the number is 0. In `with(..)` that is a compile error.
    pub const fn per_minute(requests: u32) -> Self {
        Self::of(Quota::constant(requests, 60, requests))
    }

    /// Allows this number of requests per hour, and as many at once.
    ///
    /// # Panics
    /// If the number is 0. In `with(..)` that is a compile error.
    pub const fn per_hour(requests: u32) -> Self {
        Self::of(Quota::constant(requests, 3600, requests))
    }

    /// Allows `requests` in each period `per`, and `burst` requests at once.
    ///
    /// Use it for numbers that are known only at start.
    ///
    /// # Errors
    /// If `requests` or `burst` is 0, if `per` is shorter than a second or longer than a year, or if the burst
    /// would take more than 50 years to refill.
    pub fn new(requests: u32, per: Duration, burst: u32) -> highball::Result<Self> {
        let quota = Quota::new(requests, per, burst);
        quota.map(Self::of).map_err(Error::new)
    }

    const fn of(quota: Quota) -> Self {
        Self {
            quota,
            key: Key::Client,
            name: "default",
            counts: PerApp::new(),
        }
    }

    /// Counts by the value of this header, for example an API key. Requests without the header are counted by
    /// client address.
    ///
    /// Choose a header that a proxy or an outer guard has checked. A client that can invent values gets a new
    /// credit with each.
    ///
    /// # Panics
    /// If the name is not a valid header name in lower case. In `with(..)` that is a compile error.
    pub const fn by_header(mut self, name: &'static str) -> Self {
        let _ = std::mem::ManuallyDrop::new(HeaderName::from_static(name));
        self.key = Key::Header(name);
        self
    }

    /// Counts by a key taken from a local, for example the id of an account.
    ///
    /// The closure returns a reference to any value that implements `Hash`: `|user| &user.id`. In `with(..)`,
    /// write the type of the local: `.by::<User>(..)`.
    pub const fn by<T: LocalType>(self, key: fn(&T) -> &dyn LimitKey) -> RateLimit<T> {
        RateLimit {
            quota: self.quota,
            key: Key::Local(key),
            name: self.name,
            counts: PerApp::new(),
        }
    }
}

impl<K> RateLimit<K> {
    /// Sets the number of requests that are allowed at once. The default is the number of the rate.
    ///
    /// # Panics
    /// If the number is 0, or if the credit would take more than 50 years to refill. In `with(..)` that is a
    /// compile error.
    pub const fn burst(mut self, requests: u32) -> Self {
        self.quota = self.quota.with_burst(requests);
        self
    }

    /// Sets the name of the limit in the response headers. The default is `default`.
    ///
    /// # Panics
    /// If the name contains a quote, a backslash or a character that is not printable ASCII. In `with(..)`
    /// that is a compile error.
    pub const fn name(mut self, name: &'static str) -> Self {
        let bytes = name.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                matches!(bytes[at], b' '..=b'~') && bytes[at] != b'"' && bytes[at] != b'\\',
                "the name of a rate limit is printable ASCII without quotes and backslashes"
            );
            at += 1;
        }
        self.name = name;
        self
    }

    /// Counts the request, then runs the rest of the chain or rejects the request.
    async fn apply(&self, key: u64, cx: &mut Context<'_>, next: impl Next) -> Response {
        let counts = self.counts.get(cx, || Counts::new(self.quota));
        let (mut response, limit) = match counts.count(key) {
            Ok(left) => (next.run(cx).await, format!("\"{}\";r={left}", self.name)),
            Err(wait) => {
                let limit = format!("\"{}\";r=0;t={wait}", self.name);
                (too_many(wait).into_response(), limit)
            }
        };
        let policy = self.quota.policy(self.name);
        add_to_list(&mut response, POLICY, policy);
        add_to_list(&mut response, LIMIT, limit);
        response
    }
}

/// Returns the rejection of a request whose client may retry after `wait` seconds.
fn too_many(wait: u64) -> Rejection {
    let detail = "too many requests; try again later";
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(wait))
}

/// Puts an item in front of the items of the inner limits.
///
/// The list is kept in one header line, since several lines of one name are the same list.
fn add_to_list(response: &mut Response, name: HeaderName, mut item: String) {
    let inner = response.headers().get(&name);
    if let Some(inner) = inner.and_then(|inner| inner.to_str().ok()) {
        item.push_str(", ");
        item.push_str(inner);
    }
    response.set_header(name, item);
}

/// The answer to a client that sends too many requests.
pub(crate) const TOO_MANY: Answers = Answers::one(
    Answer::problem(429)
        .about("the client sends too many requests")
        .headers(&["retry-after", "ratelimit", "ratelimit-policy"]),
);

#[middleware(facts = Facts::ADDRESS, answers = TOO_MANY)]
impl RateLimit {
    /// Applies the limit to a request. Call it from a middleware that reads the limit from the app state.
    pub async fn limit(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let key = self.key.of_request(cx);
        self.apply(key, cx, next).await
    }
}

#[middleware(facts = Facts::ADDRESS, answers = TOO_MANY)]
impl<T: LocalType> RateLimit<T> {
    /// Applies the limit to a request. Call it from a middleware that reads the limit from the app state.
    pub async fn limit(
        &self,
        local: Local<'_, T>,
        cx: &mut Context<'_>,
        next: impl Next,
    ) -> Response {
        let key = self.key.of_local(&local, cx);
        self.apply(key, cx, next).await
    }
}

/// A middleware that applies the [`RateLimit`] in the app state, for a rate that is known only at start.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_rate_limit::{RateLimit, rate_limit};
///
/// #[derive(State)]
/// struct AppState {
///     limit: RateLimit,
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(rate_limit))]
/// struct Api(home);
///
/// # fn main() -> highball::Result {
/// let rate: u32 = std::env::var("RATE").map_or(Ok(100), |text| text.parse())?;
/// let limit = RateLimit::new(rate, highball::middleware::secs(60), 20)?;
/// let _ = highball::serve(Api).state(AppState { limit });
/// # Ok(())
/// # }
/// ```
#[middleware(facts = Facts::ADDRESS, answers = TOO_MANY)]
pub async fn rate_limit(
    limit: State<RateLimit>,
    cx: &mut Context<'_>,
    next: impl Next,
) -> Response {
    limit.limit(cx, next).await
}

impl<K> fmt::Debug for RateLimit<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("name", &self.name)
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}
