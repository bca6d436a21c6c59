//! A field that is not a metric.

use highball_metrics::{Counter, Exporter, Metrics};

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter,
    /// Orders that were returned.
    returned: u64,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
