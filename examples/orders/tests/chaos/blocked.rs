//! A consumer that blocks its thread for longer than the lease.

use std::time::Duration;

use highball::prelude::*;
use highball_db::Transaction;
use highball_jobs::{Attempt, Job, Jobs, Retry, consumer};
use orders::{AppState, database::Shop};
use serde::{Deserialize, Serialize};

use crate::{
    child::{LEASE, Worker, child_state, is_child, wait_for},
    place::Place,
};

#[derive(Serialize, Deserialize, Job)]
#[job("block")]
struct Block {
    order: i64,
}

/// The first attempt blocks its thread after its effect. The points are the number of the attempt.
#[consumer(timeout = secs(20), from = outside)]
async fn block(job: Block, tx: &mut Transaction<Shop>, attempt: &Attempt) -> Result<(), Retry> {
    sqlx::query("INSERT INTO awards (order_id, customer, points) VALUES ($1, 'ada', $2)")
        .bind(job.order)
        .bind(i64::from(attempt.number()))
        .execute(&mut **tx)
        .await?;
    if attempt.number() == 1 {
        std::thread::sleep(BLOCKED);
    }
    Ok(())
}

const BLOCKED: Duration = Duration::from_secs(4);

#[routes(app, jobs(block))]
struct Api();

async fn work() {
    let state: AppState = child_state();
    let workers = state.jobs.workers(Api, &state).lease(LEASE);
    let server = highball::serve(Api).state(state.clone());
    let server = server.install(state.shop).install(workers.poll(LEASE / 4));
    server.arguments(["worker"]).await.expect("a worker");
}

const RUNNING: &str = "SELECT count(*) FROM highball_jobs WHERE state = 1";
const DONE: &str = "SELECT count(*) FROM highball_jobs WHERE state = 2";
const ATTEMPTS: &str = "SELECT attempts FROM highball_jobs";
const AWARDS: &str = "SELECT count(*) FROM awards";
const POINTS: &str = "SELECT CAST(SUM(points) AS BIGINT) FROM awards";

/// SQLite has one writer: while the blocked attempt has its transaction, no other process can take its job.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_has_lost_its_lease_is_undone() {
    if is_child() {
        return work().await;
    }
    let Some(place) = Place::new().await else {
        return;
    };
    let jobs = Jobs::new(&place.shop);
    jobs.push(Block { order: 1 }).await.expect("a job");
    let test = "blocked::an_attempt_that_has_lost_its_lease_is_undone";
    let _first = Worker::start(test, &place);
    wait_for(&place, RUNNING, 1).await;
    let begun = std::time::Instant::now();
    let _second = Worker::start(test, &place);
    wait_for(&place, DONE, 1).await;
    let done = begun.elapsed();
    // The first attempt wakes up, and tries to commit.
    tokio::time::sleep((BLOCKED + Duration::from_secs(1)).saturating_sub(done)).await;
    let attempts = place.number(ATTEMPTS).await;
    let (awards, points) = (place.number(AWARDS).await, place.number(POINTS).await);
    eprintln!(
        "done {done:.1?} after the block of {BLOCKED:?} began: {attempts} attempts, {awards} awards of {points} points"
    );
    assert_eq!(awards, 1);
    assert_eq!(
        points, attempts,
        "the award is not that of the last attempt"
    );
    if cfg!(feature = "postgres") {
        assert_eq!(attempts, 2);
        assert!(done < BLOCKED, "no other process has run the job");
    }
}
