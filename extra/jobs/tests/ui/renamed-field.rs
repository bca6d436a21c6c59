//! A field has another name than in the stored jobs.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("email")]
struct Email {
    order: i64,
    address: String,
}

fn main() {}
