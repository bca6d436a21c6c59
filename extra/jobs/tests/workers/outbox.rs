//! Jobs that wait in one database until another one has them, as with a broker.

use highball::{prelude::*, testing::Clock};
use highball_db::{Pool, Sqlite, Tx, database};
use highball_jobs::{Jobs, Outbox, Retry, Sql, consumer};

use crate::app::{Api, AppState, Log, Report, Shop};

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

#[post("/days/{day}")]
async fn plan(
    day: u32,
    mut tx: Tx<'_, Shop>,
    report: Outbox<'_, Report>,
) -> highball::Result<StatusCode> {
    report.push(&mut tx, Report { day }).await?;
    Ok(StatusCode::ACCEPTED)
}

#[consumer(timeout = secs(30))]
async fn note(report: Report, log: State<Log>) -> Result<(), Retry> {
    log.add(format!("report {}", report.day));
    Ok(())
}

#[routes(app, jobs(note))]
struct Plans(plan);

#[tokio::test]
async fn keys_of_jobs_pass_through_an_outbox() {
    let (shop, clock) = (Pool::<Shop>::memory().build(), Clock::new());
    let broker = Sql::new(&Pool::<Broker>::memory().build());
    let jobs = Jobs::on(broker).with_outbox(&shop);
    let state = AppState {
        shop,
        jobs: jobs.clone(),
        log: Log::default(),
    };
    let worker = jobs.workers(Plans, &state).by_hand(&clock.handle());
    worker.run_due().await.unwrap();
    let session = Plans.test().state(state.clone()).clock(&clock).start();
    // `Report` has `unique(day)`.
    for day in [7, 7, 8] {
        let sent = session.post(&format!("/days/{day}")).send().await;
        assert_eq!(sent.status(), 202);
    }
    worker.run_due().await.unwrap();
    assert_eq!(state.log.take(), ["report 7", "report 8"]);
}
