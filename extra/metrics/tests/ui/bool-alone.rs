//! A `bool` as the only label, which has no name.

use highball_metrics::{Counter, Exporter, Metrics};

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<bool>,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
