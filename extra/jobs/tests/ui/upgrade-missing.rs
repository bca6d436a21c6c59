//! A new version that cannot read the stored jobs of the old one.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("email", version = 2)]
struct Email {
    order: i64,
    address: String,
}

fn main() {}
