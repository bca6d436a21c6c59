//! A struct of labels in another one.

use highball_metrics::Labels;

#[derive(Labels)]
struct Customer {
    is_new: bool,
    is_paying: bool,
}

#[derive(Labels)]
struct Sold {
    customer: Customer,
    is_retried: bool,
}

pub fn main() {}
