//! None of the types in `upgrade_from` has the version of the stored jobs.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("old", version = 3)]
struct Old {
    order: i64,
}

#[derive(Serialize, Deserialize, Job)]
#[job("upgraded", version = 4, upgrade_from(Old))]
struct Email {
    order: i64,
    address: String,
}

impl From<Old> for Email {
    fn from(old: Old) -> Self {
        Self {
            order: old.order,
            address: String::new(),
        }
    }
}

fn main() {}
