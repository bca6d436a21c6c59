//! A field that running consumers read is lost.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("email")]
struct Email {
    order: i64,
}

fn main() {}
