//! The gauges and the console entries of all batteries of a server.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::runtime::Handle;

use crate::error::{Error, Result};

/// The gauges and the console entries of all batteries of a server, from
/// [`Hooks::registry`](crate::battery::Hooks::registry).
///
/// A battery for metrics or for a console reads it while the server runs.
///
/// # Examples
/// ```
/// use highball::battery::{Battery, Gauge, Hooks, Registry};
///
/// /// Returns the gauges in the format of Prometheus.
/// fn export(registry: &Registry) -> String {
///     let lines = registry.gauges().into_iter();
///     lines.map(|gauge| format!("{} {}\n", gauge.name(), gauge.read())).collect()
/// }
/// # assert_eq!(export(&Registry::default()), "");
/// ```
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    /// Each gauge with its battery.
    gauges: Vec<(String, Gauge)>,
    rows: Vec<Row>,
    pages: Vec<Page>,
    runtimes: Vec<Handle>,
}

impl Registry {
    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add_gauge(&self, battery: &str, gauge: Gauge) {
        self.lists().gauges.push((battery.to_owned(), gauge));
    }

    pub(super) fn add_row(&self, row: Row) {
        self.lists().rows.push(row);
    }

    pub(super) fn add_page(&self, page: Page) {
        self.lists().pages.push(page);
    }

    pub(super) fn add_runtime(&self, runtime: Handle) {
        self.lists().runtimes.push(runtime);
    }

    /// Returns the runtimes of the server: the one on which it was started, and those of the setting `workers`.
    pub fn runtimes(&self) -> Vec<Handle> {
        self.lists().runtimes.clone()
    }

    /// Returns the gauges, in the order of installation.
    pub fn gauges(&self) -> Vec<Gauge> {
        let lists = self.lists();
        lists
            .gauges
            .iter()
            .map(|(_, gauge)| gauge.clone())
            .collect()
    }

    /// Returns the rows of the console, in the order of installation.
    pub fn rows(&self) -> Vec<Row> {
        self.lists().rows.clone()
    }

    /// Returns the pages of the console, in the order of installation.
    pub fn pages(&self) -> Vec<Page> {
        self.lists().pages.clone()
    }

    /// Fails if two gauges have the same name and labels.
    pub(super) fn check(&self) -> Result {
        let lists = self.lists();
        for (idx, (battery, gauge)) in lists.gauges.iter().enumerate() {
            let mut others = lists.gauges[..idx].iter();
            let is_same = |other: &Gauge| other.name == gauge.name && other.labels == gauge.labels;
            if let Some((other, _)) = others.find(|(_, other)| is_same(other)) {
                let name = &gauge.name;
                return Err(Error::new(format!(
                    "the batteries `{other}` and `{battery}` both register the gauge `{name}`; give it a label in one of them"
                )));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

/// A value that changes while the server runs, such as the number of idle connections of a pool.
///
/// # Examples
/// ```
/// use highball::battery::Gauge;
///
/// let gauge = Gauge::new("pool_idle", "connections", "The idle connections.", || 3.0)
///     .label("pool", "main");
/// assert_eq!((gauge.name(), gauge.unit(), gauge.read()), ("pool_idle", "connections", 3.0));
/// assert_eq!(gauge.labels(), [("pool".to_owned(), "main".to_owned())]);
/// ```
#[derive(Clone)]
pub struct Gauge {
    name: String,
    unit: String,
    help: String,
    labels: Vec<(String, String)>,
    read: Arc<dyn Fn() -> f64 + Send + Sync>,
}

impl Gauge {
    /// Creates a gauge: its name, its unit, one sentence about it, and the function that returns its value. The
    /// function must not block.
    pub fn new(
        name: &str,
        unit: &str,
        help: &str,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            help: help.to_owned(),
            labels: Vec::new(),
            read: Arc::new(read),
        }
    }

    /// Adds a label, which distinguishes gauges of one name.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the unit.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Returns the sentence about it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Returns the labels.
    pub fn labels(&self) -> &[(String, String)] {
        &self.labels
    }

    /// Returns the current value.
    pub fn read(&self) -> f64 {
        (self.read)()
    }
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gauge")
            .field("name", &self.name)
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}

/// Generates the type of a console entry.
macro_rules! entry {
    ($(#[doc = $doc:expr])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone)]
        pub struct $name {
            battery: String,
            title: String,
            text: Arc<dyn Fn() -> String + Send + Sync>,
        }

        impl $name {
            pub(super) fn new(
                battery: &str,
                title: &str,
                text: impl Fn() -> String + Send + Sync + 'static,
            ) -> Self {
                Self {
                    battery: battery.to_owned(),
                    title: title.to_owned(),
                    text: Arc::new(text),
                }
            }

            /// Returns the name of the battery.
            pub fn battery(&self) -> &str {
                &self.battery
            }

            /// Returns the title.
            pub fn title(&self) -> &str {
                &self.title
            }

            /// Returns the current text.
            pub fn text(&self) -> String {
                (self.text)()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("battery", &self.battery)
                    .field("title", &self.title)
                    .finish_non_exhaustive()
            }
        }
    };
}

entry! {
    /// A row of a console, which a [`Battery`](crate::battery::Battery) has registered. Its text is plain text.
    ///
    /// # Examples
    /// ```
    /// use highball::battery::{Registry, Row};
    ///
    /// fn titles(registry: &Registry) -> Vec<String> {
    ///     let title = |row: &Row| format!("{}: {}", row.battery(), row.title());
    ///     registry.rows().iter().map(title).collect()
    /// }
    /// # assert!(titles(&Registry::default()).is_empty());
    /// ```
    Row
}

entry! {
    /// A page of a console, which a [`Battery`](crate::battery::Battery) has registered. Its text is HTML.
    ///
    /// # Examples
    /// ```
    /// use highball::battery::{Registry, Page};
    ///
    /// fn titles(registry: &Registry) -> Vec<String> {
    ///     let title = |page: &Page| format!("{}: {}", page.battery(), page.title());
    ///     registry.pages().iter().map(title).collect()
    /// }
    /// # assert!(titles(&Registry::default()).is_empty());
    /// ```
    Page
}
