use highball_metrics::{Counter, Exporter, Metrics};

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
