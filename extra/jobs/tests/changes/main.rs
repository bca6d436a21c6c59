//! Workers are woken by the reports of their backend.

mod reporting;
mod stop;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use highball::prelude::*;
use highball_db::{Pool, Sqlite, database};
use highball_jobs::{Job, Jobs, Retry, Sql, consumer};
use serde::{Deserialize, Serialize};
use tokio::{sync::mpsc::UnboundedSender, task::JoinHandle};

use crate::reporting::{Calls, Report, Reporting};

database!(Shop: Sqlite);

/// Longer than any test.
const NEVER: Duration = Duration::from_secs(600);

/// How many jobs have run.
#[derive(Debug, Clone, Default)]
struct Done(Arc<AtomicUsize>);

#[derive(Clone, State)]
struct AppState {
    done: Done,
}

#[derive(Serialize, Deserialize, Job)]
#[job("mail")]
struct Mail;

#[consumer(timeout = secs(30), at_once = 2, from = outside)]
async fn mail(_job: Mail, done: State<Done>) -> Result<(), Retry> {
    done.0.fetch_add(1, Relaxed);
    Ok(())
}

#[routes(app, jobs(mail))]
struct Api();

/// A worker, and a publisher of another process.
struct Test {
    elsewhere: Jobs,
    reports: UnboundedSender<Report>,
    calls: Arc<Calls>,
    done: Done,
    serving: JoinHandle<highball::Result>,
}

impl Test {
    async fn start(poll: Duration) -> Self {
        let shop = Pool::<Shop>::memory().build();
        let (backend, reports, calls) = Reporting::new(Sql::new(&shop));
        let (elsewhere, done) = (Jobs::new(&shop), Done::default());
        elsewhere.prepare().await.expect("tables");
        let state = AppState { done: done.clone() };
        let workers = Jobs::on(backend).workers(Api, &state).poll(poll);
        let serve = highball::serve(Api).state(state).install(workers).quiet();
        let serving = tokio::spawn(serve.arguments(["worker"]).into_future());
        // The first look for jobs may be followed by one for those that have crashed.
        Calls::reach(&calls.claims, 1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        Self {
            elsewhere,
            reports,
            calls,
            done,
            serving,
        }
    }

    async fn report(&self, names: &[&str]) {
        let waits = self.calls.waits.load(Relaxed);
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        self.reports.send(Ok(names)).expect("a worker");
        Calls::reach(&self.calls.waits, waits + 1).await;
    }
}

impl Drop for Test {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reported_job_runs_without_a_poll() {
    let test = Test::start(NEVER).await;
    let claims = test.calls.claims.load(Relaxed);
    test.elsewhere.push(Mail).await.expect("it is stored");
    test.report(&["another"]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let claimed = test.calls.claims.load(Relaxed) - claims;
    assert_eq!(claimed, 0, "it is the job of another program");
    test.report(&["another", "mail"]).await;
    Calls::reach(&test.done.0, 1).await;
    // A list without names follows a lost connection.
    test.elsewhere.push(Mail).await.expect("it is stored");
    test.report(&[]).await;
    Calls::reach(&test.done.0, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_reports_stop_no_worker_and_no_later_report() {
    let test = Test::start(NEVER).await;
    for _ in 0..2 {
        test.reports
            .send(Err("the broker is away"))
            .expect("a worker");
    }
    test.elsewhere.push(Mail).await.expect("it is stored");
    test.report(&["mail"]).await;
    Calls::reach(&test.done.0, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_always_fails_is_called_after_growing_pauses() {
    let mut test = Test::start(Duration::from_millis(50)).await;
    // The other end is dropped, so each call fails at once.
    test.reports = tokio::sync::mpsc::unbounded_channel().0;
    let begun = Instant::now();
    Calls::reach(&test.calls.waits, 4).await;
    let elapsed = begun.elapsed();
    // The three pauses are at least 50, 100 and 200 ms.
    assert!(elapsed > Duration::from_millis(300), "{elapsed:?}");
    test.elsewhere.push(Mail).await.expect("it is stored");
    Calls::reach(&test.done.0, 1).await;
}
