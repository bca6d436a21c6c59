#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accept;
mod amount;
mod battery;
mod budget;
mod classic;
mod collect;
mod counter;
#[cfg(doctest)]
mod doctests;
mod exporter;
mod families;
mod family;
mod gauge;
mod gauges;
mod histogram;
mod http;
mod labels;
mod names;
mod observer;
mod probe;
mod process;
mod scrape;
pub mod series;
mod server;
mod text_label;
mod unit;

pub use amount::Amount;
pub use counter::Counter;
pub use exporter::Exporter;
pub use families::Metrics;
pub use family::{Family, Kind};
pub use gauge::Gauge;
/// # Examples
/// ```
/// use highball_metrics::Labels;
///
/// #[derive(Clone, Copy, Labels)]
/// enum Channel {
///     Web,
///     #[label("mobile app")]
///     App,
/// }
///
/// #[derive(Labels)]
/// struct Sold {
///     channel: Channel,
///     is_first: bool,
/// }
///
/// assert_eq!(Sold { channel: Channel::App, is_first: false }.index(), 2);
/// ```
pub use highball_metrics_macros::Labels;
/// # Examples
/// ```
/// use highball_metrics::{Counter, Exporter, Histogram, Metrics, Unit};
///
/// struct Euros;
///
/// impl Unit for Euros {
///     const NAME: &'static str = "euros";
/// }
///
/// #[derive(Metrics)]
/// struct Sales {
///     /// Orders that were paid: `sales_paid_total`.
///     paid: Counter,
///     /// Values of baskets: `sales_basket_euros`.
///     #[buckets(5.0, 20.0, 50.0)]
///     basket: Histogram<(), Euros>,
/// }
///
/// let sales: Sales = Exporter::new().add();
/// sales.paid.inc();
/// sales.basket.observe(12.5);
/// ```
pub use highball_metrics_macros::Metrics;
pub use histogram::Histogram;
pub use labels::{Factor, Labels};
pub use observer::measured;
pub use scrape::metrics;
pub use unit::{Bytes, Ratio, Seconds, Unit};

/// The items that generated code calls. It is not a public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        budget::{check_field, check_labels, check_series, check_unit},
        families::Families,
        http::BOUNDS_MICROS,
        labels::value_count,
        probe::{NoLabels, NoUnit, Probe},
        text_label::{Texts, check_texts, snake, snake_len},
    };
}
