//! A metric without a doc comment.

use highball_metrics::{Counter, Exporter, Metrics};

#[derive(Metrics)]
struct Sales {
    paid: Counter,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
