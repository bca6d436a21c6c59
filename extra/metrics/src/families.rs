//! The metrics of an app's own structs, with their names and values.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use crate::{
    collect::Head,
    counter::Counter,
    gauge::Gauge,
    histogram::{Cells, Histogram},
    labels::{Combination, Factor, combinations},
    probe::UnitInfo,
};

/// A struct of metrics. `#[derive(Metrics)]` implements it.
///
/// [`Exporter::add`](crate::Exporter::add) returns such a struct, whose metrics are then part of each scrape.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_metrics::{Counter, Exporter, Metrics};
///
/// #[derive(Metrics)]
/// struct Sales {
///     /// Orders that were paid.
///     paid: Counter,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     exporter: Exporter,
///     sales: Sales,
/// }
///
/// #[post("/checkout")]
/// async fn checkout(sales: State<Sales>) {
///     sales.paid.inc();
/// }
///
/// #[routes(app, with(highball_metrics::measured))]
/// struct Api(checkout);
///
/// #[routes(admin)]
/// struct Operators(highball_metrics::metrics);
///
/// # fn main() {
/// let exporter = Exporter::new();
/// let state = AppState { sales: exporter.add(), exporter: exporter.clone() };
/// let _ = highball::serve(Api).state(state).admin(Operators).install(exporter);
/// # }
/// ```
pub trait Metrics: Sized {
    /// Creates the metrics, with all of their series at 0.
    #[doc(hidden)]
    fn register(families: &mut Families) -> Self;
}

/// The own metrics of an app.
#[derive(Default)]
pub struct Families(Vec<Family>);

/// A metric with its series.
struct Family {
    /// The name of the struct, for errors.
    owner: &'static str,
    head: Head,
    /// How many parts of the unit the values count.
    parts: u64,
    series: Series,
    values: Values,
}

/// The labels of all series.
enum Series {
    Constant(Vec<Option<Combination>>),
    /// With values that are known only while the app runs.
    Growing(&'static [Factor]),
}

enum Values {
    Counters(Arc<[AtomicU64]>),
    Gauges(Arc<[AtomicU64]>),
    Histograms(Cells),
}

impl Families {
    /// Adds a counter. Without labels its only series has none.
    pub fn counter<L, U>(
        &mut self,
        owner: &'static str,
        name: &str,
        help: &str,
        factors: Option<&'static [Factor]>,
        unit: Option<UnitInfo>,
    ) -> Counter<L, U> {
        let unit = unit.unwrap_or(UnitInfo::of::<()>());
        let head = Head::new(name.strip_suffix("_total").unwrap_or(name), unit.name, help);
        let cells = self.add(owner, head, unit.parts, factors, zeros, |cells| {
            Values::Counters(Arc::clone(cells))
        });
        Counter::new(cells)
    }

    /// Adds a gauge.
    pub fn gauge<L, U>(
        &mut self,
        owner: &'static str,
        name: &str,
        help: &str,
        factors: Option<&'static [Factor]>,
        unit: Option<UnitInfo>,
    ) -> Gauge<L, U> {
        let unit = unit.unwrap_or(UnitInfo::of::<()>());
        let head = Head::new(name, unit.name, help);
        let cells = self.add(owner, head, unit.parts, factors, zeros, |cells| {
            Values::Gauges(Arc::clone(cells))
        });
        Gauge::new(cells)
    }

    /// Adds a histogram with these bounds.
    pub fn histogram<L, U>(
        &mut self,
        owner: &'static str,
        name: &str,
        help: &str,
        factors: Option<&'static [Factor]>,
        unit: Option<UnitInfo>,
        bounds: &'static [f64],
    ) -> Histogram<L, U> {
        let unit = unit.unwrap_or(UnitInfo::of::<()>());
        let head = Head::new(name, unit.name, help);
        let make = |series| Cells::new(series, bounds);
        let cells = self.add(owner, head, unit.parts, factors, make, |cells: &Cells| {
            Values::Histograms(cells.clone())
        });
        Histogram::new(cells)
    }

    fn add<C>(
        &mut self,
        owner: &'static str,
        head: Head,
        parts: u64,
        factors: Option<&'static [Factor]>,
        make: impl FnOnce(usize) -> C,
        values: impl FnOnce(&C) -> Values,
    ) -> C {
        let factors = factors.unwrap_or_default();
        let cells = make(factors.iter().map(|factor| factor.values.len()).product());
        let series = match factors.iter().any(Factor::has_texts) {
            true => Series::Growing(factors),
            false => Series::Constant(combinations(factors)),
        };
        let values = values(&cells);
        self.0.push(Family {
            owner,
            head,
            parts: parts.max(1),
            series,
            values,
        });
        cells
    }

    /// Returns the name and the kind of each metric, with the struct that has it.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&'static str, String, MetricType)> {
        let families = self.0.iter();
        families.map(|family| (family.owner, family.head.full_name(), family.kind()))
    }

    pub(crate) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|family| family.encode(encoder))
    }
}

impl Family {
    fn kind(&self) -> MetricType {
        match self.values {
            Values::Counters(_) => MetricType::Counter,
            Values::Gauges(_) => MetricType::Gauge,
            Values::Histograms(_) => MetricType::Histogram,
        }
    }

    fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut lines = self.head.begin(encoder, self.kind())?;
        let growing;
        let series = match &self.series {
            Series::Constant(series) => series,
            Series::Growing(factors) => {
                growing = combinations(factors);
                &growing
            }
        };
        match &self.values {
            Values::Counters(cells) => {
                for (labels, cell) in used(series.iter().zip(cells.iter())) {
                    lines.counter(labels, self.number(cell.load(Relaxed)))?;
                }
            }
            Values::Gauges(cells) => {
                for (labels, cell) in used(series.iter().zip(cells.iter())) {
                    lines.gauge(labels, f64::from_bits(cell.load(Relaxed)))?;
                }
            }
            Values::Histograms(cells) => {
                for (labels, (sum, buckets)) in used(series.iter().zip(cells.read())) {
                    lines.histogram(labels, self.number(sum), &buckets)?;
                }
            }
        }
        Ok(())
    }

    /// Returns a number of parts in units.
    fn number(&self, parts: u64) -> f64 {
        parts as f64 / self.parts as f64
    }
}

/// Leaves out the series whose values are free.
fn used<'s, C>(
    series: impl Iterator<Item = (&'s Option<Combination>, C)>,
) -> impl Iterator<Item = (&'s Combination, C)> {
    series.filter_map(|(labels, cell)| Some((labels.as_ref()?, cell)))
}

impl fmt::Debug for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|family| family.head.full_name());
        f.debug_list().entries(names).finish()
    }
}

fn zeros(count: usize) -> Arc<[AtomicU64]> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}
