//! A label with a variant that has fields, and one with two equal values.

use highball_metrics::Labels;

#[derive(Clone, Copy, Labels)]
enum Status {
    Done,
    Failed(u16),
}

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
    #[label("web")]
    Site,
}

pub fn main() {}
