//! A field has another type than in the stored jobs.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("email")]
struct Email {
    order: u64,
    to: String,
}

fn main() {}
