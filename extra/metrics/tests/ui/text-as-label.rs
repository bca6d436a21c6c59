//! A text as a label of a metric, and as a field of a struct of labels.

use highball_metrics::{Counter, Exporter, Labels, Metrics};

#[derive(Labels)]
struct Sold {
    user: String,
    is_retried: bool,
}

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<&'static str>,
    /// Orders that were returned.
    returned: Counter<Option<bool>>,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
