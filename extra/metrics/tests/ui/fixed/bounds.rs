use highball_metrics::{Counter, Exporter, Histogram, Metrics, Seconds};

#[derive(Metrics)]
struct Mail {
    /// Times of the mail server.
    #[buckets(0.1, 1.0)]
    sending: Histogram<(), Seconds>,
    /// Times of the name server.
    #[buckets(0.1, 0.5, 1.0)]
    resolving: Histogram<(), Seconds>,
    /// Mails that were sent.
    sent: Counter,
}

pub fn main() {
    let _: Mail = Exporter::new().add();
}
