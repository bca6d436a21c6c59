//! So many requests in a time for each client.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::BuildHasher,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};
use highball::{
    Context, IntoResponse, Next, Rejection, Response,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
};

/// Lets each client through so many times, and answers 429 with `Retry-After` to what is more.
///
/// A client is an address, of IPv6 the first 64 bits, since one household has them all. Behind a proxy
/// every client would be that one: name the proxy in the app's [`Proxies`](highball::Proxies), or say by
/// [`by`](Self::by) what tells clients apart. Counting is by GCRA, as in the `governor` crate: the rate holds over any stretch of
/// time, and a burst is a credit that fills up again.
///
/// Every answer says what is left, `RateLimit` with its `RateLimit-Policy`
/// ([draft](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/)). A client that was not
/// seen for as long as its credit takes to fill is forgotten; the app knows about a million at most, and
/// beyond that new ones are refused. Counts are this process's own.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_extra::RateLimit;
///
/// #[post("/login", with(RateLimit::per_minute(10).burst(3)))]
/// async fn login() {}
///
/// #[get("/search")]
/// async fn search() {}
///
/// #[routes(
///     app,
///     with(RateLimit::per_second(50).by(|cx| cx.header("x-api-key").map(str::to_owned)))
/// )]
/// struct Api(login, search);
/// ```
#[must_use]
pub struct RateLimit {
    count: NonZeroU32,
    per: Duration,
    burst: NonZeroU32,
    key: Option<fn(&Context<'_>) -> Option<String>>,
    /// How many have come since those that were not seen were forgotten.
    seen: AtomicU32,
    limiter: OnceLock<Limiter>,
    hasher: OnceLock<RandomState>,
}

type Limiter = RateLimiter<Key, HashMapStateStore<Key>, DefaultClock, StateInformationMiddleware>;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Peer(IpAddr),
    /// The hash of a text, which could be long.
    Text(u64),
    /// Nobody that can be told: all of them together.
    Unknown,
}

/// How many clients are known at once.
const MOST_KEYS: usize = 1 << 20;

/// After how many requests those that were not seen for long are forgotten.
const SWEEP: u32 = 4096;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

impl RateLimit {
    /// Allows so many requests a second, and as many at once.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn per_second(requests: u32) -> Self {
        Self::of(requests, Duration::from_secs(1))
    }

    /// Allows so many requests a minute, and as many at once.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn per_minute(requests: u32) -> Self {
        Self::of(requests, Duration::from_secs(60))
    }

    /// Allows so many requests an hour, and as many at once.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn per_hour(requests: u32) -> Self {
        Self::of(requests, Duration::from_secs(3600))
    }

    const fn of(requests: u32, per: Duration) -> Self {
        let count = some(requests);
        Self {
            count,
            per,
            burst: count,
            key: None,
            seen: AtomicU32::new(0),
            limiter: OnceLock::new(),
            hasher: OnceLock::new(),
        }
    }

    /// Allows so many at once, in place of what the rate says.
    ///
    /// # Panics
    /// For none; in `with(..)` that is a compile error.
    pub const fn burst(mut self, requests: u32) -> Self {
        self.burst = some(requests);
        self
    }

    /// Tells clients apart by this, a key or a tenant; those for whom it has nothing are counted by
    /// address. What a client can make up freely is no key: each would be a new one.
    pub const fn by(mut self, key: fn(&Context<'_>) -> Option<String>) -> Self {
        self.key = Some(key);
        self
    }

    fn key(&self, cx: &Context<'_>) -> Key {
        if let Some(text) = self.key.and_then(|key| key(cx)) {
            return Key::Text(self.hasher.get_or_init(RandomState::new).hash_one(text));
        }
        match cx.client_ip() {
            None => Key::Unknown,
            Some(IpAddr::V6(ip)) => {
                let network = u128::from(ip) & !u128::from(u64::MAX);
                Key::Peer(IpAddr::V6(Ipv6Addr::from(network)))
            }
            Some(ip) => Key::Peer(ip),
        }
    }

    fn limiter(&self) -> &Limiter {
        self.limiter.get_or_init(|| {
            let each = self.per / self.count.get();
            let each = each.max(Duration::from_nanos(1));
            let quota = Quota::with_period(each).unwrap_or_else(|| Quota::per_second(self.count));
            RateLimiter::hashmap(quota.allow_burst(self.burst)).with_middleware()
        })
    }

    /// Returns what is left of the client's credit, or how long it has to wait.
    fn check(&self, key: &Key) -> Result<u32, Duration> {
        let limiter = self.limiter();
        if self.seen.fetch_add(1, Relaxed) % SWEEP == SWEEP - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
            if limiter.len() > MOST_KEYS {
                return Err(self.per);
            }
        }
        let left = limiter.check_key(key);
        left.map(|state| state.remaining_burst_capacity())
            .map_err(|until| until.wait_time_from(limiter.clock().now()))
    }
}

const fn some(requests: u32) -> NonZeroU32 {
    match NonZeroU32::new(requests) {
        Some(requests) => requests,
        None => panic!("a rate limit of 0 lets nobody through: take at least 1"),
    }
}

#[middleware]
impl RateLimit {
    async fn limit(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let key = self.key(cx);
        let (mut response, limit) = match self.check(&key) {
            Ok(left) => (next.run(cx).await, format!("\"default\";r={left}")),
            Err(wait) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let detail = "too many requests; try again later";
                let rejection = Rejection::new(StatusCode::TOO_MANY_REQUESTS, detail)
                    .with_header(header::RETRY_AFTER, HeaderValue::from(seconds));
                (
                    rejection.into_response(),
                    format!("\"default\";r=0;t={seconds}"),
                )
            }
        };
        let policy = format!("\"default\";q={};w={}", self.count, self.per.as_secs());
        response.set_header(POLICY, policy);
        response.set_header(LIMIT, limit);
        response
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("count", &self.count)
            .field("per", &self.per)
            .field("burst", &self.burst)
            .finish_non_exhaustive()
    }
}
