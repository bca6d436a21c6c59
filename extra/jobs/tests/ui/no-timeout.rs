//! A consumer without a timeout holds its place for ever.

use highball_jobs::{Job, Retry, consumer};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("import")]
struct Import {
    file: String,
}

#[consumer]
async fn import(job: Import) -> Result<(), Retry> {
    println!("{}", job.file);
    Ok(())
}

#[consumer(timeout = 30, attempts = 0)]
async fn import_again(job: Import) -> Result<(), Retry> {
    println!("{}", job.file);
    Ok(())
}

fn main() {}
