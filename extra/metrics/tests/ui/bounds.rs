//! Histograms without bounds, and with bounds that do not rise.

use highball_metrics::{Counter, Exporter, Histogram, Metrics, Seconds};

#[derive(Metrics)]
struct Mail {
    /// Times of the mail server.
    sending: Histogram<(), Seconds>,
    /// Times of the name server.
    #[buckets(0.1, 1.0, 0.5)]
    resolving: Histogram<(), Seconds>,
    /// Mails that were sent.
    #[buckets(10, 100)]
    sent: Counter,
}

pub fn main() {
    let _: Mail = Exporter::new().add();
}
