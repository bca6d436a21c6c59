use highball_metrics::Labels;

#[derive(Labels)]
struct Sold {
    is_new: bool,
    is_paying: bool,
    is_retried: bool,
}

pub fn main() {}
