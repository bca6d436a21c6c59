//! A database whose clock is not that of the process.

use highball::{prelude::*, testing::Clock};
use highball_db::{Pool, Tx};
use highball_faults::Schema;
use highball_jobs::{Job, Jobs, Outbox, Retry, WorkerByHand, consumer};
use serde::{Deserialize, Serialize};

use crate::places::Main;

#[derive(Clone, State)]
struct AppState {
    main: Pool<Main>,
    jobs: Jobs,
}

#[derive(Serialize, Deserialize, Job)]
#[job("mail")]
struct Mail;

#[consumer(timeout = secs(30))]
async fn mail(_job: Mail) -> Result<(), Retry> {
    Ok(())
}

#[post("/mail")]
async fn publish(mut tx: Tx<'_, Main>, mail: Outbox<'_, Mail>) -> highball::Result<StatusCode> {
    mail.push(&mut tx, Mail).await?;
    Ok(StatusCode::ACCEPTED)
}

#[routes(app, jobs(mail))]
struct Api(publish);

/// Returns a pool of a database whose clock differs by this time.
async fn pool(schema: &Schema, difference: &str) -> Pool<Main> {
    let create = format!(
        "CREATE FUNCTION $schema.clock_timestamp() RETURNS timestamptz LANGUAGE sql
         AS $$ SELECT pg_catalog.clock_timestamp() + interval '{difference}' $$"
    );
    schema.run(&create).await.expect("a function");
    let schemas = format!("{},pg_catalog", schema.name());
    Pool::builder(schema.options_with(&schemas)).build()
}

#[tokio::test]
async fn jobs_of_an_outbox_are_due_at_once_by_another_clock() {
    for difference in ["-1 hour", "1 hour"] {
        let Some(schema) = Schema::new().await else {
            return;
        };
        let main = pool(&schema, difference).await;
        let jobs = Jobs::new(&main);
        let state = AppState { main, jobs };
        let workers = state.jobs.workers(Api, &state);
        let worker: WorkerByHand<AppState> = workers.by_hand(&Clock::new().handle());
        assert_eq!(worker.run_due().await.expect("tables"), 0);
        let session = Api.test().state(state.clone()).start();
        assert_eq!(session.post("/mail").send().await.status(), 202);
        assert_eq!(worker.run_due().await.expect("a job"), 1, "{difference}");
    }
}
