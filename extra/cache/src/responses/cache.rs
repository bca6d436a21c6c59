//! The cache of responses, a part of the app state.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use highball::{
    Route,
    battery::{Battery, Gauge, Hooks},
};

use super::{Builder, plan::Key, plan::Plan, stored::Stored};
use crate::{Cache, Stats, Tags, entry::Terms};

/// How long the end of the cache may take when the server stops.
const CLOSE: Duration = Duration::from_secs(5);

/// The bytes that an entry needs besides its text.
const OVERHEAD: usize = 512;

/// A value of the cache.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    Response(Box<Stored>),
    /// The response is not stored, so requests do not wait for each other.
    Pass,
}

impl Kept {
    /// Returns how long a response is used.
    pub(crate) fn terms(&self) -> Option<Terms> {
        match self {
            Self::Response(stored) => Some(stored.times.into()),
            Self::Pass => None,
        }
    }
}

/// The responses of cached routes, as a part of the app state and a battery of the server.
///
/// All routes of an app have one. It limits the memory of all responses; which ones stay is decided by how often they
/// are used. Install it as a battery, so that computations end before the server stops and metrics see it.
///
/// A clone is another handle of the same responses.
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
/// use highball_cache::responses::{ResponseCache, cached};
///
/// #[derive(State)]
/// struct AppState {
///     responses: ResponseCache,
/// }
///
/// #[get("/products", cached(ttl = mins(1)))]
/// async fn products() -> &'static str {
///     "tea, milk"
/// }
///
/// #[routes(app)]
/// struct Api(products);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let responses = ResponseCache::new();
///     let state = AppState { responses: responses.clone() };
///     highball::serve(Api).state(state).install(responses).await
/// }
/// ```
#[derive(Clone)]
pub struct ResponseCache(Arc<Inner>);

struct Inner {
    responses: Cache<Key, Kept>,
    routes: RwLock<HashMap<usize, Arc<RoutePlan>>>,
}

/// The plan of a route, with its counters.
pub(crate) struct RoutePlan {
    route: &'static Route,
    pub(crate) plan: Plan,
    counts: [AtomicU64; 6],
}

/// The result of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    Hit,
    Stale,
    Miss,
    Wait,
    Failed,
    Pass,
}

impl RoutePlan {
    pub(crate) fn count(&self, outcome: Outcome) {
        self.counts[outcome as usize].fetch_add(1, Relaxed);
    }

    fn stats(&self) -> RouteStats {
        let get = |outcome: Outcome| self.counts[outcome as usize].load(Relaxed);
        RouteStats {
            route: self.route,
            hits: get(Outcome::Hit),
            stale: get(Outcome::Stale),
            misses: get(Outcome::Miss),
            waits: get(Outcome::Wait),
            failures: get(Outcome::Failed),
            passed: get(Outcome::Pass),
        }
    }
}

/// The numbers of a cached route since the start, from [`ResponseCache::routes`]. Each request is in one of them.
///
/// # Examples
/// ```
/// use highball_cache::responses::RouteStats;
///
/// /// Returns the share of requests that were answered from the cache.
/// fn hit_rate(stats: &RouteStats) -> f64 {
///     let hits = stats.hits + stats.stale + stats.waits;
///     let all = hits + stats.misses + stats.failures + stats.passed;
///     hits as f64 / all.max(1) as f64
/// }
/// # let _ = hit_rate;
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RouteStats {
    /// The route.
    pub route: &'static Route,
    /// The requests with a fresh response.
    pub hits: u64,
    /// The requests with a response that had expired.
    pub stale: u64,
    /// The requests for which the handler ran, and whose response other requests may get.
    pub misses: u64,
    /// The requests that waited for the computation of another one.
    pub waits: u64,
    /// The requests whose computation failed with a 5xx, if there was no older response.
    pub failures: u64,
    /// The requests for which the handler ran because their responses are not stored.
    pub passed: u64,
}

pub(crate) fn weigh(key: &Key, kept: &Kept) -> u64 {
    let value = match kept {
        Kept::Response(stored) => stored.weight(),
        Kept::Pass => 0,
    };
    let tags: usize = key.tags.iter().map(|tag| tag.to_string().len() + 64).sum();
    (key.len() + value + tags + OVERHEAD) as u64
}

impl ResponseCache {
    pub(super) fn of(responses: Cache<Key, Kept>) -> Self {
        Self(Arc::new(Inner {
            responses,
            routes: RwLock::default(),
        }))
    }

    /// Returns a cache with the default options.
    ///
    /// # Examples
    /// ```
    /// let responses = highball_cache::responses::ResponseCache::new();
    /// assert_eq!(responses.routes().len(), 0);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns the options of a cache.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::responses::ResponseCache;
    ///
    /// let responses = ResponseCache::builder().max_bytes(16 << 20).build();
    /// # let _ = responses;
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Returns the tags of the responses.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::{Tag, responses::ResponseCache};
    ///
    /// let responses = ResponseCache::new();
    /// responses.tags().invalidate(Tag::new("product", 17));
    /// ```
    #[must_use]
    pub fn tags(&self) -> &Tags {
        self.0.responses.tags()
    }

    /// Invalidates all responses.
    ///
    /// # Examples
    /// ```
    /// highball_cache::responses::ResponseCache::new().clear();
    /// ```
    pub fn clear(&self) {
        self.0.responses.clear();
    }

    /// Returns the numbers of all routes together.
    ///
    /// # Examples
    /// ```
    /// let responses = highball_cache::responses::ResponseCache::new();
    /// assert_eq!(responses.stats().weight, 0);
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.responses.stats()
    }

    /// Returns the numbers of each route that has had a request.
    ///
    /// # Examples
    /// ```
    /// let responses = highball_cache::responses::ResponseCache::new();
    /// for stats in responses.routes() {
    ///     println!("{}: {} hits", stats.route.path(), stats.hits);
    /// }
    /// ```
    #[must_use]
    pub fn routes(&self) -> Vec<RouteStats> {
        let routes = self.0.routes.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = routes.values().map(|plan| plan.stats()).collect();
        all.sort_by_key(|stats| stats.route.path());
        all
    }

    pub(crate) fn responses(&self) -> &Cache<Key, Kept> {
        &self.0.responses
    }

    /// Returns the plan of a route, which is made at its first request.
    pub(crate) fn plan(
        &self,
        route: &'static Route,
        vary: Option<&[&'static str]>,
    ) -> Arc<RoutePlan> {
        let at = std::ptr::from_ref(route).addr();
        let routes = self.0.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = routes.get(&at) {
            return Arc::clone(plan);
        }
        drop(routes);
        let plan = Arc::new(RoutePlan {
            route,
            plan: Plan::of(route, vary),
            counts: Default::default(),
        });
        let mut routes = self
            .0
            .routes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(routes.entry(at).or_insert(plan))
    }
}

impl Default for ResponseCache {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ResponseCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseCache")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl Battery for ResponseCache {
    fn name(&self) -> String {
        "responses".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let responses = self.clone();
        hooks.on_close(CLOSE, async move {
            // The requests have ended, so nothing waits for a computation.
            responses.0.responses.close(Duration::ZERO).await;
            Ok(())
        });
        let number = |name: &'static str, help: &'static str, read: fn(&Stats) -> u64| {
            let responses = self.clone();
            Gauge::new(name, "", help, move || to_f64(read(&responses.stats())))
        };
        for gauge in [
            number("cached_responses", "The stored responses.", |stats| {
                stats.entries as u64
            }),
            number(
                "cached_response_bytes",
                "The memory of the stored responses.",
                |stats| stats.weight,
            ),
            number(
                "cached_response_hits",
                "The requests with a fresh response.",
                |stats| stats.hits,
            ),
            number(
                "cached_response_stale",
                "The requests with a response that had expired.",
                |stats| stats.stale,
            ),
            number("cached_response_loads", "The computations.", |stats| {
                stats.loads
            }),
            number(
                "cached_response_errors",
                "The computations that have failed.",
                |stats| stats.errors,
            ),
        ] {
            hooks.gauge(gauge);
        }
        let responses = self;
        hooks.row("cached routes", move || {
            let routes = responses.routes().into_iter().map(|stats| {
                format!(
                    "{}: {} hits, {} misses",
                    stats.route.path(),
                    stats.hits,
                    stats.misses
                )
            });
            routes.collect::<Vec<_>>().join(", ")
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count is small")]
fn to_f64(number: u64) -> f64 {
    number as f64
}
