//! An outbox in PostgreSQL.

use highball::{prelude::*, testing::Clock};
use highball_db::{
    Pool, Postgres, Transaction, Tx, database,
    sqlx::{self, Connection as _, Executor as _, PgConnection},
};
use highball_faults::Schema;
use highball_jobs::{
    Job, Jobs, Outbox, Retry, WorkerByHand,
    backend::{JobId, NewJob},
    consumer,
};
use serde::{Deserialize, Serialize};

use crate::places::{Place, job, push};

database!(Main: Postgres);

#[derive(Clone, State)]
struct AppState {
    main: Pool<Main>,
    jobs: Jobs,
}

#[derive(Serialize, Deserialize, Job)]
#[job("points")]
struct Points {
    order: i64,
}

#[post("/orders/{order}")]
async fn create(
    order: i64,
    mut tx: Tx<'_, Main>,
    points: Outbox<'_, Points>,
) -> highball::Result<StatusCode> {
    points.push(&mut tx, Points { order }).await?;
    Ok(match order {
        0 => StatusCode::BAD_REQUEST,
        _ => StatusCode::ACCEPTED,
    })
}

/// Its isolation must be set by the first statement of the transaction.
#[consumer(timeout = secs(30), backoff = (secs(1), secs(1)))]
async fn award(points: Points, tx: &mut Transaction<Main>) -> Result<(), Retry> {
    tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .await?;
    sqlx::query("INSERT INTO points VALUES ($1)")
        .bind(points.order)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[routes(app, jobs(award))]
struct Api(create);

async fn schema() -> Option<Schema> {
    let schema = Schema::new().await?;
    let table = "CREATE TABLE $schema.points (id BIGINT)";
    schema.run(table).await.unwrap();
    Some(schema)
}

fn state(schema: &Schema, place: &Place) -> AppState {
    let main = Pool::<Main>::builder(schema.options()).max(8).build();
    let amqp = place.settings().build().unwrap();
    let jobs = Jobs::on(amqp).with_outbox(&main);
    AppState { main, jobs }
}

/// Returns the numbers of orders with points, once for each time.
async fn points(schema: &Schema) -> Vec<i64> {
    let mut conn = PgConnection::connect_with(&schema.options()).await.unwrap();
    let points = sqlx::query_scalar("SELECT id FROM points ORDER BY id");
    points.fetch_all(&mut conn).await.unwrap()
}

fn worker(state: &AppState) -> WorkerByHand<AppState> {
    let workers = state.jobs.workers(Api, state);
    workers.by_hand(&Clock::new().handle())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_publish_each_job_of_postgres_once() {
    let Some(place) = Place::new().await else {
        return;
    };
    let Some(schema) = schema().await else {
        return;
    };
    let (one, two) = (state(&schema, &place), state(&schema, &place));
    let (first, second) = (worker(&one), worker(&two));
    first.run_due().await.unwrap();
    let session = Api.test().state(one.clone()).start();
    for order in 1..=150 {
        let sent = session.post(&format!("/orders/{order}")).send().await;
        assert_eq!(sent.status(), 202);
    }
    // Its transaction is rolled back.
    assert_eq!(session.post("/orders/0").send().await.status(), 400);
    let (ran, also) = tokio::join!(first.run_due(), second.run_due());
    // Each attempt is that of one message, so none was published twice.
    let mut attempts = ran.unwrap() + also.unwrap();
    attempts += first.run_due().await.unwrap();
    assert_eq!(attempts, 150);
    assert_eq!(points(&schema).await, (1..=150).collect::<Vec<_>>());
    one.main.close().await;
    two.main.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_delivery_has_no_effect_in_postgres() {
    let Some(place) = Place::new().await else {
        return;
    };
    let Some(schema) = schema().await else {
        return;
    };
    let state = state(&schema, &place);
    let worker = worker(&state);
    for id in ["a", "a", "b", "a", "b"] {
        let points = NewJob {
            id: Some(JobId::new(id)),
            name: "points".into(),
            ..job("{\"order\":7}")
        };
        push(&place.amqp(), points).await.unwrap();
    }
    assert!(worker.run_due().await.unwrap() >= 5);
    // One that did not see the commit of another delivery runs again after a second.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    worker.run_due().await.unwrap();
    assert_eq!(points(&schema).await, [7, 7]);
    state.main.close().await;
}
