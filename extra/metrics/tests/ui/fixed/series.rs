use highball_metrics::{Counter, Exporter, Histogram, Labels, Metrics, Seconds};

#[derive(Clone, Copy, Labels)]
enum Digit {
    N0,
    N1,
    N2,
    N3,
    N4,
    N5,
    N6,
    N7,
    N8,
    N9,
}

#[derive(Labels)]
struct Sold {
    tens: Digit,
    ones: Digit,
    is_retried: bool,
}

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<Sold>,
    /// Times until an order was paid.
    #[buckets(0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)]
    #[metric(series = 3000)]
    took: Histogram<Sold, Seconds>,
}

pub fn main() {
    let _: Sales = Exporter::new().add();
}
