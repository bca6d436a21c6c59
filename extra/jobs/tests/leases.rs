//! Leases of a worker in a served app.

use std::time::{Duration, Instant};

use highball::prelude::*;
use highball_db::{Pool, Sqlite, Transaction, database, sqlx};
use highball_faults::Folder;
use highball_jobs::{Job, Jobs, Retry, consumer};
use serde::{Deserialize, Serialize};

database!(Shop: Sqlite);

/// Several times as long as the lease, and longer than that of a hold.
const WORK: Duration = Duration::from_secs(3);
const HOLD: Duration = Duration::from_secs(2);
const LEASE: Duration = Duration::from_millis(500);

#[derive(Clone, State)]
struct AppState {
    shop: Pool<Shop>,
}

#[derive(Serialize, Deserialize, Job)]
#[job("hold")]
struct Hold;

#[derive(Serialize, Deserialize, Job)]
#[job("mail")]
struct Mail;

/// Holds the only writer of SQLite.
#[consumer(timeout = secs(30), from = outside)]
async fn hold(_job: Hold, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
    sqlx::query("SELECT 1").execute(&mut **tx).await?;
    tokio::time::sleep(HOLD).await;
    Ok(())
}

#[consumer(timeout = secs(30), from = outside)]
async fn mail(_job: Mail) -> Result<(), Retry> {
    tokio::time::sleep(WORK).await;
    Ok(())
}

#[routes(app, jobs(hold, mail))]
struct Api();

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_writer_costs_no_other_job_its_lease() {
    let folder = Folder::new();
    let shop = Pool::<Shop>::file(folder.file("shop.db")).max(4).build();
    let jobs = Jobs::new(&shop);
    for _ in 0..4 {
        jobs.push(Mail).await.expect("it is stored");
    }
    let state = AppState { shop: shop.clone() };
    let workers = jobs.workers(Api, &state);
    let workers = workers.lease(LEASE).poll(Duration::from_millis(50));
    let serve = highball::serve(Api).state(state).install(shop.clone());
    let serving = tokio::spawn(
        serve
            .install(workers)
            .quiet()
            .arguments(["worker"])
            .into_future(),
    );
    tokio::time::sleep(LEASE).await;
    jobs.push(Hold).await.expect("it is stored");
    let begun = Instant::now();
    jobs.idle().await.expect("the backend answers");
    assert!(begun.elapsed() > HOLD, "{:?}", begun.elapsed());

    let mut conn = shop.acquire().await.expect("a connection");
    let sql = "SELECT name, state, attempts, crashes FROM highball_jobs ORDER BY id";
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(sql)
        .fetch_all(&mut *conn)
        .await
        .expect("the rows");
    conn.release();
    serving.abort();
    assert_eq!(rows.len(), 5);
    for (name, state, attempts, crashes) in rows {
        assert_eq!((state, attempts, crashes), (2, 1, 0), "{name}");
    }
}
