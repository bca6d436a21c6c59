//! A job that ends its process, before 100 good ones.

use std::time::{Duration, Instant};

use highball::prelude::*;
use highball_db::Transaction;
use highball_jobs::{Job, Jobs, Retry, consumer};
use orders::{AppState, Points, award_once, database::Shop};
use serde::{Deserialize, Serialize};

use crate::{
    child::{LEASE, Worker, child_state, is_child},
    place::Place,
};

#[derive(Serialize, Deserialize, Job)]
#[job("task")]
struct Task {
    number: i64,
    is_poison: bool,
}

#[consumer(timeout = secs(10), from = outside)]
async fn perform(task: Task, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
    if task.is_poison {
        std::process::abort();
    }
    let points = Points {
        customer: "ada".to_owned(),
        order: task.number,
        points: 1,
    };
    Ok(award_once(tx, &points).await?)
}

#[routes(app, jobs(perform))]
struct Api();

async fn work() {
    let state: AppState = child_state();
    let workers = state.jobs.workers(Api, &state).lease(LEASE);
    let server = highball::serve(Api).state(state.clone());
    let server = server.install(state.shop).install(workers.poll(LEASE / 4));
    server.arguments(["worker"]).await.expect("a worker");
}

const GOOD: i64 = 100;
const DONE: &str = "SELECT count(*) FROM highball_jobs WHERE state = 2";
const PARKED: &str = "SELECT count(*) FROM highball_jobs WHERE state = 3";
const ONCE: &str = "SELECT count(*) FROM (SELECT order_id FROM awards GROUP BY order_id HAVING count(*) = 1) AS once";
const CRASHED: &str = "SELECT count(*) FROM highball_jobs WHERE state = 2 AND crashes > 0";

/// Starts a worker again each time its process has ended, until all jobs are done or parked. Returns how often it has
/// ended.
async fn supervise(test: &str, place: &Place) -> usize {
    let (begun, mut ends) = (Instant::now(), 0);
    let mut worker = Worker::start(test, place);
    while place.number(DONE).await + place.number(PARKED).await <= GOOD {
        if worker.has_ended() {
            ends += 1;
            worker = Worker::start(test, place);
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "after {ends} ends"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ends
}

#[tokio::test]
async fn a_job_that_ends_its_process_is_parked_and_holds_up_no_other() {
    if is_child() {
        return work().await;
    }
    let Some(place) = Place::new().await else {
        return;
    };
    let jobs = Jobs::new(&place.shop);
    for number in 0..=GOOD {
        let is_poison = number == 0;
        jobs.push(Task { number, is_poison }).await.expect("a job");
    }
    let begun = Instant::now();
    let test = "poison::a_job_that_ends_its_process_is_parked_and_holds_up_no_other";
    let ends = supervise(test, &place).await;
    let parked = jobs.parked::<Task>(9).await.expect("a list");
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].payload, r#"{"is_poison":true,"number":0}"#);
    assert_eq!((parked[0].crashes, parked[0].attempts), (3, 3));
    assert_eq!(place.number(DONE).await, GOOD);
    assert_eq!(place.number(ONCE).await, GOOD);
    assert_eq!(ends, 3);
    eprintln!(
        "parked after {ends} ends of the process: {GOOD} jobs behind it are done after {:.1?}, {} of them were \
         interrupted",
        begun.elapsed(),
        place.number(CRASHED).await
    );
}
