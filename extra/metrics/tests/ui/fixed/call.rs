use highball_metrics::{Bytes, Counter, Exporter, Labels, Metrics};

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
    sales.invoices.add(Channel::Web, 4096);
    sales.invoices.inc(Channel::Web);
}
