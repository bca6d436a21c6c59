//! A unit whose name cannot be part of a metric's name.

use highball_metrics::{Exporter, Histogram, Metrics, Unit};

struct Euros;

impl Unit for Euros {
    const NAME: &'static str = "€";
}

#[derive(Metrics)]
struct Sales {
    /// Values of baskets.
    #[buckets(5.0, 20.0)]
    basket: Histogram<(), Euros>,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
