use highball::prelude::*;
use highball_jobs::{Job, Retry, consumer};
use serde::{Deserialize, Serialize};

use highball_jobs::Jobs;

#[derive(Serialize, Deserialize, Job)]
#[job("import")]
struct Import {
    file: String,
}

#[derive(Debug, Clone)]
struct Mailer;

#[consumer(timeout = secs(30), from = outside)]
async fn import(job: Import, mailer: State<Mailer>) -> Result<(), Retry> {
    println!("{} {mailer:?}", job.file);
    Ok(())
}

#[derive(Clone, State)]
struct AppState {
    jobs: Jobs,
    mailer: Mailer,
}

#[routes(app, jobs(import))]
struct Api();

fn workers(state: &AppState) {
    state.jobs.workers(Api, state);
}

pub fn main() {}
