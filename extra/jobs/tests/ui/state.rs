//! The state of the app has not what a consumer takes.

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
}

#[routes(app, jobs(import))]
struct Api();

fn workers(state: &AppState) {
    state.jobs.workers(Api, state);
}

fn main() {}
