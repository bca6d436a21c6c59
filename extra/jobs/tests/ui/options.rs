//! Options of a job that do not exist, or have no such field.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("one", unique(day))]
struct One {
    order: i64,
}

#[derive(Serialize, Deserialize, Job)]
#[job("two", ordered_by(customer), versoin = 2)]
struct Two {
    customer: String,
}

#[derive(Serialize, Deserialize, Job)]
struct Three {
    order: i64,
}

fn main() {}
