use highball_jobs::{Job, Retry, consumer};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("import")]
struct Import {
    file: String,
}

#[consumer(timeout = secs(30))]
async fn import(job: Import) -> Result<(), Retry> {
    println!("{}", job.file);
    Ok(())
}

#[consumer(timeout = never, attempts = 1)]
async fn import_again(job: Import) -> Result<(), Retry> {
    println!("{}", job.file);
    Ok(())
}

pub fn main() {}
