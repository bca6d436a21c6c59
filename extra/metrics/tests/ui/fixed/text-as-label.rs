use highball_metrics::{Counter, Exporter, Labels, Metrics};

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
    App,
}

#[derive(Labels)]
struct Sold {
    channel: Channel,
    is_retried: bool,
}

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<Sold>,
    /// Orders that were returned.
    returned: Counter<Channel>,
}

pub fn main() {
    let sales: Sales = Exporter::new().add();
    sales.paid.inc(Sold {
        channel: Channel::App,
        is_retried: false,
    });
    sales.returned.inc(Channel::Web);
}
