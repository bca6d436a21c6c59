//! Transactions that are open at the same time and end in another order than they began.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use highball::prelude::*;
use highball_db::{Transaction, Tx};
use highball_faults::Random;
use highball_jobs::{Job, Outbox, Retry, consumer};
use orders::{AppState, database::Shop};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::{
    child::{LEASE, state, wait_for},
    is_full,
    place::Place,
};

#[derive(Serialize, Deserialize, Job)]
#[job("number")]
struct Number {
    number: i64,
}

/// Publishes a number, and waits before the transaction ends. Each tenth one is refused.
#[post("/{number}/{micros}")]
async fn publish(
    number: i64,
    micros: u64,
    mut tx: Tx<'_, Shop>,
    numbers: Outbox<'_, Number>,
) -> highball::Result<StatusCode> {
    numbers.push(&mut tx, Number { number }).await?;
    tokio::time::sleep(Duration::from_micros(micros)).await;
    Ok(match number % 10 {
        0 => StatusCode::BAD_REQUEST,
        _ => StatusCode::ACCEPTED,
    })
}

#[consumer(timeout = secs(10), at_once = 16)]
async fn count(number: Number, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
    sqlx::query("INSERT INTO awards (order_id, customer, points) VALUES ($1, 'ada', 1)")
        .bind(number.number)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[routes(app, jobs(count))]
struct Api(publish);

const DONE: &str = "SELECT count(*) FROM highball_jobs WHERE state = 2";
const AWARDS: &str = "SELECT count(*) FROM awards";
const DISTINCT: &str = "SELECT count(DISTINCT order_id) FROM awards";
const REFUSED: &str = "SELECT count(*) FROM awards WHERE order_id % 10 = 0";
const UNFINISHED: &str = "SELECT count(*) FROM highball_jobs WHERE state <> 2";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_of_transactions_that_end_out_of_order_is_skipped() {
    let Some(place) = Place::new().await else {
        return;
    };
    let jobs: i64 = if is_full() { 100_000 } else { 2000 };
    // One connection for each transaction, and some for the worker.
    let shop = place.scratch.builder().max(48).build();
    let state: AppState = state(shop.clone());
    state.jobs.prepare().await.expect("tables");
    let workers = state.jobs.workers(Api, &state).poll(LEASE / 4);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let session = Arc::new(Api.test().state(state.clone()).start());
    let server = highball::serve(Api)
        .state(state)
        .install(shop)
        .install(workers);
    let server = server.arguments(["worker"]).stop(async move {
        stopped.await.ok();
    });
    let server = tokio::spawn(server);
    let begun = Instant::now();
    let mut publishers = JoinSet::new();
    for publisher in 0..32 {
        let (session, mut random) = (Arc::clone(&session), Random::from_env());
        publishers.spawn(async move {
            // Transactions of SQLite follow one another, so long ones only take time.
            let most = if cfg!(feature = "postgres") {
                20_000
            } else {
                500
            };
            for number in (publisher..jobs).step_by(32) {
                let path = format!("/{number}/{}", random.below(most));
                let mut status = session.post(&path).send().await.status().as_u16();
                // The pool sheds load on a busy machine. A client tries again, for a minute.
                for _ in 0..600 {
                    if status != 503 {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    status = session.post(&path).send().await.status().as_u16();
                }
                assert_eq!(status, if number % 10 == 0 { 400 } else { 202 });
            }
        });
    }
    while let Some(ended) = publishers.join_next().await {
        ended.expect("no panic");
    }
    let published = begun.elapsed();
    let accepted = jobs - jobs / 10;
    wait_for(&place, DONE, accepted).await;
    for (sql, number) in [
        (AWARDS, accepted),
        (DISTINCT, accepted),
        (REFUSED, 0),
        (UNFINISHED, 0),
    ] {
        assert_eq!(place.number(sql).await, number, "{sql}");
    }
    eprintln!(
        "{accepted} of {jobs} jobs published in {published:.1?} by 32 transactions at a time, all done after {:.1?}",
        begun.elapsed()
    );
    drop(stop);
    server.await.expect("no panic").expect("a server");
}
