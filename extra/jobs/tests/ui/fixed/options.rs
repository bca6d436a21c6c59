use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("one", unique(order))]
struct One {
    order: i64,
}

#[derive(Serialize, Deserialize, Job)]
#[job("two", ordered_by(customer), version = 2)]
struct Two {
    customer: String,
}

#[derive(Serialize, Deserialize, Job)]
#[job("three")]
struct Three {
    order: i64,
}

pub fn main() {}
