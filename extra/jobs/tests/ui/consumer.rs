//! Functions that cannot be consumers.

use highball_jobs::{Job, Retry, consumer};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("import")]
struct Import {
    file: String,
}

#[consumer(timeout = never)]
async fn without_a_job() -> Result<(), Retry> {
    Ok(())
}

#[consumer(timeout = never)]
fn blocking(job: Import) -> Result<(), Retry> {
    drop(job);
    Ok(())
}

#[consumer(timeout = never)]
async fn without_a_result(job: Import) {
    drop(job);
}

#[consumer(timeout = never)]
async fn of_text(job: String) -> Result<(), Retry> {
    drop(job);
    Ok(())
}

#[consumer(timeout = never)]
async fn with_a_number(job: Import, count: u32) -> Result<(), Retry> {
    println!("{} {count}", job.file);
    Ok(())
}

fn main() {}
