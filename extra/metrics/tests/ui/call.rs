//! A time for a metric that counts bytes, and a text for a label.

use highball_metrics::{Bytes, Counter, Exporter, Labels, Metrics};
use std::time::Duration;

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
}

#[derive(Metrics)]
struct Sales {
    /// Bytes of invoices.
    invoices: Counter<Channel, Bytes>,
}

pub fn main() {
    let sales: Sales = Exporter::new().add();
    sales.invoices.add(Channel::Web, Duration::from_secs(1));
    sales.invoices.inc("web");
}
