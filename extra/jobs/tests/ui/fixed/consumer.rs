use highball::prelude::*;
use highball_jobs::{Job, Retry, consumer};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("import")]
struct Import {
    file: String,
}

#[consumer(timeout = never)]
async fn with_a_job(_: Import) -> Result<(), Retry> {
    Ok(())
}

#[consumer(timeout = never)]
async fn blocking(job: Import) -> Result<(), Retry> {
    drop(job);
    Ok(())
}

#[consumer(timeout = never)]
async fn with_a_result(job: Import) -> Result<(), Retry> {
    drop(job);
    Ok(())
}

#[consumer(timeout = never)]
async fn of_an_import(job: Import) -> Result<(), Retry> {
    drop(job);
    Ok(())
}

#[consumer(timeout = never)]
async fn with_a_number(job: Import, State(count): State<u32>) -> Result<(), Retry> {
    println!("{} {count}", job.file);
    Ok(())
}

pub fn main() {}
