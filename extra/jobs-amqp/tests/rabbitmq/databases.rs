//! A consumer that writes in two databases.

use highball::{prelude::*, testing::Clock};
use highball_db::{Pool, Sqlite, Transaction, database, sqlx};
use highball_jobs::{Attempt, Job, Jobs, Retry, backend::NewJob, consumer};
use serde::{Deserialize, Serialize};

use crate::places::{Place, job, push};

database!(Shop: Sqlite);
database!(Bank: Sqlite);

#[derive(Clone, State)]
struct AppState {
    shop: Pool<Shop>,
    bank: Pool<Bank>,
}

#[derive(Serialize, Deserialize, Job)]
#[job("points")]
struct Points {
    order: i64,
}

/// The last transaction is committed first. The commit of the first one fails in the first attempt.
#[consumer(timeout = secs(30), backoff = (secs(1), secs(1)), from = outside)]
async fn book(
    points: Points,
    shop: &mut Transaction<Shop>,
    bank: &mut Transaction<Bank>,
    attempt: &Attempt,
) -> Result<(), Retry> {
    let parent = if attempt.number() == 1 { 404 } else { 1 };
    sqlx::query("INSERT INTO points VALUES ($1, $2)")
        .bind(points.order)
        .bind(parent)
        .execute(&mut **shop)
        .await?;
    sqlx::query("INSERT INTO bookings VALUES ($1)")
        .bind(points.order)
        .execute(&mut **bank)
        .await?;
    Ok(())
}

#[routes(app, jobs(book))]
struct Api();

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_in_one_of_two_databases_is_completed_and_not_repeated() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (shop, bank) = (
        Pool::<Shop>::memory().build(),
        Pool::<Bank>::memory().build(),
    );
    let mut conn = shop.acquire_writer().await.unwrap();
    for sql in [
        "CREATE TABLE customers (id BIGINT PRIMARY KEY)",
        "INSERT INTO customers VALUES (1)",
        "CREATE TABLE points (id BIGINT, customer BIGINT REFERENCES customers DEFERRABLE INITIALLY DEFERRED)",
    ] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
    conn.release();
    let mut conn = bank.acquire_writer().await.unwrap();
    let sql = "CREATE TABLE bookings (id BIGINT)";
    sqlx::query(sql).execute(&mut *conn).await.unwrap();
    conn.release();
    let state = AppState { shop, bank };
    let workers = Jobs::on(place.amqp()).workers(Api, &state);
    let worker = workers.by_hand(&Clock::new().handle());
    let points = NewJob {
        name: "points".into(),
        ..job("{\"order\":7}")
    };
    push(&place.amqp(), points).await.unwrap();
    let mut attempts = worker.run_due().await.unwrap();
    assert_eq!(attempts, 1);
    let begun = std::time::Instant::now();
    while attempts < 2 && begun.elapsed().as_secs() < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        attempts += worker.run_due().await.unwrap();
    }
    assert_eq!(attempts, 2);
    let mut conn = state.bank.acquire().await.unwrap();
    let bookings = sqlx::query_scalar::<_, i64>("SELECT id FROM bookings");
    assert_eq!(bookings.fetch_all(&mut *conn).await.unwrap(), [7]);
    let mut conn = state.shop.acquire().await.unwrap();
    let points = sqlx::query_scalar::<_, i64>("SELECT customer FROM points");
    assert_eq!(points.fetch_all(&mut *conn).await.unwrap(), [1]);
}
