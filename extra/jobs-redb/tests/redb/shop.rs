//! A shop whose jobs are in a file.

use std::{sync::Arc, time::Duration};

use highball::prelude::*;
use highball_db::{Pool, Sqlite, Tx, database};
use highball_jobs::{Job, Jobs, Outbox, PushError, Queue, Retry, consumer};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::place::Place;

database!(Shop: Sqlite);

/// The points that were awarded.
#[derive(Debug, Clone)]
struct Awarded(Arc<Semaphore>);

#[derive(Clone, State)]
struct AppState {
    shop: Pool<Shop>,
    jobs: Jobs,
    awarded: Awarded,
}

#[derive(Serialize, Deserialize, Job)]
#[job("points", ordered_by(order))]
struct Points {
    order: i64,
}

#[post("/orders/{order}")]
async fn create(order: i64, points: Queue<'_, Points>) -> Result<StatusCode, PushError> {
    points.push(Points { order }).await?;
    Ok(StatusCode::ACCEPTED)
}

#[post("/transactions/{order}")]
async fn in_transaction(
    order: i64,
    mut tx: Tx<'_, Shop>,
    points: Outbox<'_, Points>,
) -> Result<StatusCode, (StatusCode, String)> {
    let pushed = points.push(&mut tx, Points { order }).await;
    let error = pushed.expect_err("the jobs are in no database");
    Err((StatusCode::CONFLICT, error.to_string()))
}

#[consumer(timeout = secs(30), rate = 1000)]
async fn award(points: Points, State(awarded): State<Awarded>) -> Result<(), Retry> {
    awarded
        .0
        .add_permits(usize::try_from(points.order).unwrap_or_default());
    Ok(())
}

#[routes(app, jobs(award))]
struct Api(create, in_transaction);

fn state(place: &Place) -> AppState {
    AppState {
        shop: Pool::<Shop>::memory().build(),
        jobs: Jobs::on(place.open()),
        awarded: Awarded(Arc::new(Semaphore::new(0))),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_routes_reach_their_consumer() {
    let place = Place::new();
    let state = state(&place);
    let session = Api.test().state(state.clone()).start();
    for order in 1..=4 {
        let sent = session.post(&format!("/orders/{order}")).send().await;
        assert_eq!(sent.status(), 202);
    }
    let workers = state.jobs.workers(Api, &state);
    let serve = highball::serve(Api)
        .state(state.clone())
        .install(workers)
        .quiet();
    let working = tokio::spawn(serve.arguments(["worker"]).into_future());
    let all = tokio::time::timeout(Duration::from_secs(30), state.awarded.0.acquire_many(10)).await;
    all.expect("all points in time")
        .expect("it is open")
        .forget();
    working.abort();
}

#[tokio::test]
async fn an_outbox_without_a_database_is_an_error_with_the_fix() {
    let place = Place::new();
    let session = Api.test().state(state(&place)).start();
    let sent = session.post("/transactions/1").send().await;
    assert_eq!(sent.status(), 409);
    let sentence = sent.text();
    let expected = [
        "cannot be part of a transaction of `Shop`",
        "`Jobs::on(..).with_outbox(&pool)`",
    ];
    assert!(
        expected.iter().all(|part| sentence.contains(part)),
        "{sentence}"
    );
}
