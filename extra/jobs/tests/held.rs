//! Leases while a consumer holds the only writer of SQLite.

use std::{sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}}, time::Duration};

use highball::prelude::*;
use highball_db::{Pool, Sqlite, Transaction, database, sqlx};
use highball_jobs::{Job, Jobs, Retry, consumer};
use serde::{Deserialize, Serialize};

database!(Shop: Sqlite);

#[derive(Clone, State)]
struct AppState { shop: Pool<Shop>, jobs: Jobs, sent: Arc<AtomicU32> }

#[derive(Serialize, Deserialize, Job)]
#[job("hold")]
struct Hold;
#[derive(Serialize, Deserialize, Job)]
#[job("mail")]
struct Mail;

#[consumer(timeout = secs(30), from = outside)]
async fn hold(_job: Hold, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
    sqlx::query("SELECT 1").execute(&mut **tx).await?;
    tokio::time::sleep(Duration::from_millis(2000)).await;
    Ok(())
}

#[consumer(timeout = secs(30), from = outside)]
async fn mail(_job: Mail, sent: State<Arc<AtomicU32>>) -> Result<(), Retry> {
    tokio::time::sleep(Duration::from_millis(3000)).await;
    sent.fetch_add(1, Relaxed);
    Ok(())
}

#[routes(app, jobs(hold, mail))]
struct Api();

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held() {
    let folder = std::env::temp_dir().join(format!("held-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let shop = Pool::<Shop>::file(folder.join("x.db")).max(4).build();
    let jobs = Jobs::new(&shop);
    for _ in 0..4 { jobs.push(Mail).await.unwrap(); }
    let state = AppState { shop: shop.clone(), jobs: jobs.clone(), sent: Arc::default() };
    let workers = jobs.workers(Api, &state).lease(Duration::from_millis(500)).poll(Duration::from_millis(100));
    let server = highball::serve(Api).state(state.clone()).install(shop.clone()).install(workers).arguments(["worker"]);
    let server = tokio::spawn(server);
    tokio::time::sleep(Duration::from_millis(500)).await;
    jobs.push(Hold).await.unwrap();
    tokio::time::sleep(Duration::from_millis(9000)).await;
    let mut conn = shop.acquire().await.unwrap();
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as("SELECT name, state, attempts, crashes FROM highball_jobs").fetch_all(&mut *conn).await.unwrap();
    eprintln!("{rows:?} sent {}", state.sent.load(Relaxed));
    server.abort();
    std::fs::remove_dir_all(folder).ok();
}
