//! Jobs that wait in one database until another one has them, as with a broker.

use highball::{prelude::*, testing::Clock};
use highball_db::{Pool, Sqlite, database};
use highball_jobs::{Jobs, Sql};

use crate::app::{Api, AppState, Log, Shop};

database!(Broker: Sqlite);

async fn rows(pool: &Pool<Shop>) -> i64 {
    let mut conn = pool.acquire().await.unwrap();
    let sql = "SELECT count(*) FROM highball_job_outbox";
    let rows = highball_db::sqlx::query_scalar(sql).fetch_one(&mut *conn);
    let rows = rows.await.unwrap();
    conn.release();
    rows
}

#[tokio::test]
async fn jobs_and_schedules_of_an_outbox_reach_another_database() {
    let (shop, clock) = (Pool::<Shop>::memory().build(), Clock::new());
    let mut conn = shop.acquire().await.unwrap();
    let sql = "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT)";
    highball_db::sqlx::query(sql)
        .execute(&mut *conn)
        .await
        .unwrap();
    conn.release();
    let broker = Sql::new(&Pool::<Broker>::memory().build());
    let jobs = Jobs::on(broker).with_outbox(&shop);
    let (log, state_jobs) = (Log::default(), jobs.clone());
    let state = AppState {
        shop: shop.clone(),
        jobs: state_jobs,
        log,
    };
    let worker = jobs.workers(Api, &state).by_hand(&clock.handle());
    worker.run_due().await.unwrap();
    let session = Api.test().state(state.clone()).clock(&clock).start();
    assert_eq!(session.post("/orders/ada/7").send().await.status(), 202);
    // It is rolled back.
    assert_eq!(session.post("/orders/ada/0").send().await.status(), 400);
    assert_eq!(rows(&shop).await, 2);
    worker.run_due().await.unwrap();
    assert_eq!(rows(&shop).await, 0);
    assert!(
        state
            .log
            .take()
            .contains(&"email 7 to ada, attempt 1".to_owned())
    );
    clock
        .advance(std::time::Duration::from_secs(24 * 3600))
        .await;
    worker.run_due().await.unwrap();
    assert!(state.log.take().contains(&"prune".to_owned()));
}
