//! So many requests in a time for each client, or for each of what a local names.

use std::{fmt, time::Duration};

use highball::{
    Context, Error, IntoResponse, Local, LocalType, Next, PerApp, Rejection, Response, State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
};

use crate::{
    counts::Counts,
    key::{Key, LimitKey, PerClient},
    quota::Quota,
};

/// Limits the rate of requests, and answers 429 with `Retry-After` to those over it.
///
/// It counts for each client: by its address, of IPv6 by the first 64 bits, since one household has them
/// all. Behind a proxy every client would have the proxy's address: name the proxy in the app's
/// [`Proxies`](highball::Proxies). [`by_header`](Self::by_header) counts by a header, and [`by`](Self::by)
/// by a local, an account for example: a route with it compiles only if a guard around it provides the local.
///
/// Counting is by GCRA, as in the `governor` crate: the rate holds over any stretch of time, and a burst is a
/// credit that fills up again. The counts belong to the app, so two apps, or two tests, do not share them.
/// What was not seen for as long as its credit takes to fill is forgotten; a limit counts a million keys at
/// most, and beyond that it forgets those that it has not seen for longest.
///
/// Every answer, passing or refused, has the headers `RateLimit-Policy` and `RateLimit`
/// ([draft 11](https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-11)). Where several
/// limits are around a route, give each a [`name`](Self::name), since they stand in one list.
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
/// Without the guard the compiler refuses it:
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
/// Where the rate is known only at start, [`new`](Self::new) makes a limit that goes into the app state.
/// [`rate_limit`] applies it; several of them are applied by middleware of your own, through
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
///     login: RateLimit::new(logins, highball::secs(60), 3)?,
///     account: RateLimit::new(60, highball::secs(60), 60)?.by(|user: &User| &user.id),
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
    /// Allows so many requests a second, and as many at once.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn per_second(requests: u32) -> Self {
        Self::of(Quota::constant(requests, 1, requests))
    }

    /// Allows so many requests a minute, and as many at once.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn per_minute(requests: u32) -> Self {
        Self::of(Quota::constant(requests, 60, requests))
    }

    /// Allows so many requests an hour, and as many at once.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn per_hour(requests: u32) -> Self {
        Self::of(Quota::constant(requests, 3600, requests))
    }

    /// Allows so many requests in this time, and `burst` at once: for numbers that are known only at start.
    ///
    /// # Errors
    /// For no requests, for no burst, and for a time under a second or over a year.
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

    /// Counts by the value of this header, an API key for example; requests without it are counted by address.
    ///
    /// Take a header that a proxy or a guard further out has checked. A client that can make up values gets
    /// a new credit with each.
    ///
    /// # Panics
    /// For what is no header's name, in small letters; in `with(..)` that is a compile error.
    pub const fn by_header(mut self, name: &'static str) -> Self {
        let _ = std::mem::ManuallyDrop::new(HeaderName::from_static(name));
        self.key = Key::Header(name);
        self
    }

    /// Counts by what this returns of a local: the number of an account, say.
    ///
    /// It is a reference to anything that can be hashed, `|user| &user.id`. In `with(..)` the type of the
    /// local is written out, `.by::<User>(..)`.
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
    /// Allows so many requests at once, in place of what the rate says.
    ///
    /// # Panics
    /// For none, and for so many that the credit would take centuries to fill; in `with(..)` that is a
    /// compile error.
    pub const fn burst(mut self, requests: u32) -> Self {
        self.quota = self.quota.with_burst(requests);
        self
    }

    /// Names the limit in its headers, in place of `default`.
    ///
    /// # Panics
    /// For a name with quotes, backslashes or other than printable ASCII; in `with(..)` that is a compile
    /// error.
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

    /// Counts the request, and answers it or runs the rest of the chain.
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

/// The client may come back after so many seconds.
fn too_many(wait: u64) -> Rejection {
    let detail = "too many requests; try again later";
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(wait))
}

/// Puts an item in front of those of the limits further in: one line, since that is the same list.
fn add_to_list(response: &mut Response, name: HeaderName, mut item: String) {
    let inner = response.headers().get(&name);
    if let Some(inner) = inner.and_then(|inner| inner.to_str().ok()) {
        item.push_str(", ");
        item.push_str(inner);
    }
    response.set_header(name, item);
}

#[middleware]
impl RateLimit {
    /// Applies the limit to a request: for a middleware of your own, which has it from the app state.
    pub async fn limit(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let key = self.key.of_request(cx);
        self.apply(key, cx, next).await
    }
}

#[middleware]
impl<T: LocalType> RateLimit<T> {
    /// Applies the limit to a request: for a middleware of your own, which has it from the app state.
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

/// Applies the [`RateLimit`] in the app state: for a rate that is known only at start.
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
/// let limit = RateLimit::new(rate, highball::secs(60), 20)?;
/// let _ = highball::serve(Api).state(AppState { limit });
/// # Ok(())
/// # }
/// ```
#[middleware]
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
