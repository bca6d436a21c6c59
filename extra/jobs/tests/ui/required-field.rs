//! A new field that stored jobs do not have.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("email")]
struct Email {
    order: i64,
    to: String,
    language: String,
}

fn main() {}
