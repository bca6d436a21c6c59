use highball_metrics::{Counter, Exporter, Labels, Metrics};

#[derive(Labels)]
struct Paid {
    is_first: bool,
}

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<Paid>,
}

pub fn main() {
    let sales: Sales = Exporter::new().add();
    sales.paid.inc(Paid { is_first: true });
}
