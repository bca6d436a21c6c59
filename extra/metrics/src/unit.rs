//! The units of metrics, as types.

/// The unit of a metric, which is part of its name.
///
/// `()` is no unit. A metric of another unit than those of this package has a type of the app.
///
/// # Examples
/// ```
/// use highball_metrics::{Histogram, Metrics, Unit};
///
/// struct Euros;
///
/// impl Unit for Euros {
///     const NAME: &'static str = "euros";
/// }
///
/// #[derive(Metrics)]
/// struct Sales {
///     /// Values of baskets: `sales_basket_euros`.
///     #[buckets(5.0, 20.0, 50.0)]
///     basket: Histogram<(), Euros>,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a unit of a metric",
    label = "no unit",
    note = "take `Seconds`, `Bytes` or `Ratio`, or implement `highball_metrics::Unit` for a type of the app"
)]
pub trait Unit: 'static {
    /// The name, in the plural: `euros`.
    const NAME: &'static str;
    /// How many parts of a unit are counted. A smaller amount than one part is lost.
    const PARTS: u64 = 1_000_000;
}

/// No unit: a number of things.
impl Unit for () {
    const NAME: &'static str = "";
    const PARTS: u64 = 1;
}

/// Times in seconds. A [`Duration`](std::time::Duration) is an amount of it.
///
/// # Examples
/// ```
/// use highball_metrics::{Exporter, Histogram, Metrics, Seconds};
/// use std::time::Duration;
///
/// #[derive(Metrics)]
/// struct Mail {
///     /// Times until the mail server has answered: `mail_sending_seconds`.
///     #[buckets(0.1, 1.0, 10.0)]
///     sending: Histogram<(), Seconds>,
/// }
///
/// let mail: Mail = Exporter::new().add();
/// mail.sending.observe(Duration::from_millis(30));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Seconds;

impl Unit for Seconds {
    const NAME: &'static str = "seconds";
}

/// Sizes in bytes.
///
/// # Examples
/// ```
/// use highball_metrics::{Bytes, Counter, Exporter, Metrics};
///
/// #[derive(Metrics)]
/// struct Uploads {
///     /// Bytes that were stored: `uploads_stored_bytes_total`.
///     stored: Counter<(), Bytes>,
/// }
///
/// let uploads: Uploads = Exporter::new().add();
/// uploads.stored.add(4096);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bytes;

impl Unit for Bytes {
    const NAME: &'static str = "bytes";
    const PARTS: u64 = 1;
}

/// Shares from 0 to 1.
///
/// # Examples
/// ```
/// use highball_metrics::{Exporter, Gauge, Metrics, Ratio};
///
/// #[derive(Metrics)]
/// struct Model {
///     /// The share of predictions that were right: `model_accuracy_ratio`.
///     accuracy: Gauge<(), Ratio>,
/// }
///
/// let model: Model = Exporter::new().add();
/// model.accuracy.set(0.97);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Ratio;

impl Unit for Ratio {
    const NAME: &'static str = "ratio";
}
