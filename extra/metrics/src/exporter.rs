//! The metrics of a server.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use highball::{Route, battery::Registry};
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry};

use crate::{
    families::{Families, Metrics},
    family::{self, Family},
    gauges,
    http::Http,
    process, server,
};

/// The handlers of health checks and of scrapes.
const PROBES: [&str; 3] = [
    "highball::serve::health::livez",
    "highball::serve::health::readyz",
    "highball_metrics::scrape::metrics",
];

/// The observer that counts requests.
const MEASURED: &str = "highball_metrics::observer::measured";

/// The metrics of a server, for Prometheus.
///
/// It is a battery, a part of the state and the source of the route [`metrics`](fn@crate::metrics); clones share their
/// values. It has the metrics of requests from [`measured`](fn@crate::measured), the own metrics of [`add`](Self::add),
/// the gauges of all batteries, the counts of the server, and those of tokio and of the process.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_metrics::{Exporter, measured};
///
/// #[derive(State)]
/// struct AppState {
///     exporter: Exporter,
/// }
///
/// #[get("/")]
/// async fn home() -> &'static str {
///     "home"
/// }
///
/// #[routes(app, with(measured))]
/// struct Api(home);
///
/// #[routes(admin)]
/// struct Operators(highball_metrics::metrics);
///
/// # fn main() {
/// let exporter = Exporter::new().skip_probes();
/// let state = AppState { exporter: exporter.clone() };
/// let _ = highball::serve(Api).state(state).admin(Operators).install(exporter);
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Exporter(Arc<Inner>);

#[derive(Default)]
struct Inner {
    own: Mutex<Families>,
    skipped: Mutex<Vec<Skip>>,
    /// The metrics of requests. They are created at the start, or by the first request in an app that is not served.
    http: OnceLock<Http>,
    registry: OnceLock<Registry>,
    /// The size of the last exposition, so that the next one is not copied while it grows.
    last_size: AtomicUsize,
}

type Skip = Box<dyn Fn(&Route) -> bool + Send + Sync>;

impl Exporter {
    /// Creates an exporter without own metrics.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds own metrics, and returns them for the state of the app.
    ///
    /// The server does not start if two metrics have the same name.
    pub fn add<M: Metrics>(&self) -> M {
        M::register(&mut self.own())
    }

    /// Leaves out the routes for which the function returns true.
    #[must_use]
    pub fn skip(self, skip: impl Fn(&Route) -> bool + Send + Sync + 'static) -> Self {
        let skipped = &self.0.skipped;
        let mut skipped = skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.push(Box::new(skip));
        drop(skipped);
        self
    }

    /// Leaves out health checks and scrapes: the routes [`livez`](fn@highball::serve::livez),
    /// [`readyz`](fn@highball::serve::readyz) and [`metrics`](fn@crate::metrics).
    ///
    /// They are the most frequent requests of a quiet app, and they are fast, so they would hide its slow requests.
    #[must_use]
    pub fn skip_probes(self) -> Self {
        self.skip(|route| PROBES.contains(&route.handler()))
    }

    /// Returns the metrics that a scrape has now, for dashboards and other tools.
    ///
    /// All metrics exist from the start, so the list is complete when the start hooks of the server have run, as in a
    /// command of the program.
    ///
    /// # Examples
    /// ```
    /// use highball_metrics::{Counter, Exporter, Kind, Metrics};
    ///
    /// #[derive(Metrics)]
    /// struct Sales {
    ///     /// Orders that were paid.
    ///     paid: Counter,
    /// }
    ///
    /// let exporter = Exporter::new();
    /// let _sales: Sales = exporter.add();
    /// let families = exporter.families();
    /// let paid = families.iter().find(|family| family.help() == "Orders that were paid.");
    /// let paid = paid.expect("it was added");
    /// assert_eq!(paid.series(), "sales_paid_total");
    /// assert_eq!(paid.kind(), Kind::Counter);
    /// ```
    pub fn families(&self) -> Vec<Family> {
        // Writing to a `String` cannot fail.
        let text = self.open_metrics().unwrap_or_default();
        let registry = self.0.registry.get();
        let gauges = registry.map(Registry::gauges).unwrap_or_default();
        family::parse(&text, &gauges)
    }

    /// Returns whether a route is counted: it has the observer [`measured`](fn@crate::measured), and
    /// [`skip`](Self::skip) does not leave it out.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_metrics::Exporter;
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// // `Api` has no `with(measured)`.
    /// assert!(!Exporter::new().counts(&Api::ROUTES[0]));
    /// # }
    /// ```
    pub fn counts(&self, route: &Route) -> bool {
        let skipped = &self.0.skipped;
        let skipped = skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let mut observers = route.observers();
        observers.any(|name| name == MEASURED) && !skipped.iter().any(|skip| skip(route))
    }

    pub(crate) fn own(&self) -> MutexGuard<'_, Families> {
        self.0.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the metrics of requests. If there are none yet, they are created for these routes.
    pub(crate) fn http(&self, routes: impl FnOnce() -> &'static [Route]) -> &Http {
        self.0.http.get_or_init(|| {
            let skipped = &self.0.skipped;
            let skipped = skipped.lock().unwrap_or_else(PoisonError::into_inner);
            Http::new(routes(), |route| skipped.iter().any(|skip| skip(route)))
        })
    }

    pub(crate) fn set_registry(&self, registry: Registry) {
        let _first_server = self.0.registry.set(registry);
    }

    /// Adds traces to a text of [`open_metrics`](Self::open_metrics), for which the older format has no place.
    pub(crate) fn append_exemplars(&self, text: String) -> String {
        match self.0.http.get() {
            Some(http) => http.append_exemplars(text),
            None => text,
        }
    }

    /// Returns the text of all metrics in the format of OpenMetrics.
    pub(crate) fn open_metrics(&self) -> Result<String, fmt::Error> {
        let mut registry = registry::Registry::default();
        registry.register_collector(Box::new(self.clone()));
        let size = self.0.last_size.load(Relaxed);
        let mut text = String::with_capacity(size + size / 16);
        prometheus_client::encoding::text::encode(&mut text, &registry)?;
        self.0.last_size.store(text.len(), Relaxed);
        Ok(text)
    }
}

impl Collector for Exporter {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(http) = self.0.http.get() {
            http.encode(&mut encoder)?;
        }
        self.own().encode(&mut encoder)?;
        let registry = self.0.registry.get();
        if let Some(registry) = registry {
            gauges::encode(&registry.gauges(), &mut encoder)?;
        }
        let runtimes = registry.map(Registry::runtimes).unwrap_or_default();
        server::encode(&runtimes, &mut encoder)?;
        process::encode(&mut encoder)
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("own", &self.own())
            .finish_non_exhaustive()
    }
}
