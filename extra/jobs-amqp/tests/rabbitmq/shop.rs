//! A shop whose orders publish points from an outbox, and whose jobs are in RabbitMQ.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use highball::{prelude::*, testing::TestSession};
use highball_db::{Pool, Sqlite, Transaction, Tx, database, sqlx};
use highball_jobs::{Job, Jobs, Outbox, Retry, Workers, consumer};
use highball_jobs_amqp::Amqp;
use serde::{Deserialize, Serialize};
use tokio::task::AbortHandle;

database!(pub Shop: Sqlite);

#[derive(Clone, State)]
pub(crate) struct AppState {
    pub(crate) shop: Pool<Shop>,
    pub(crate) jobs: Jobs,
    pub(crate) calls: Calls,
}

/// How often the consumer was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(pub(crate) Arc<AtomicU64>);

#[derive(Serialize, Deserialize, Job)]
#[job("points")]
pub(crate) struct Points {
    pub(crate) order: i64,
}

#[derive(Serialize, Deserialize, Job)]
#[job("ordered", ordered_by(order))]
pub(crate) struct Ordered {
    pub(crate) order: i64,
}

#[post("/orders/{order}")]
async fn create(
    order: i64,
    mut tx: Tx<'_, Shop>,
    points: Outbox<'_, Points>,
) -> highball::Result<StatusCode> {
    sqlx::query("INSERT INTO orders VALUES ($1)")
        .bind(order)
        .execute(&mut *tx)
        .await?;
    points.push(&mut tx, Points { order }).await?;
    Ok(StatusCode::ACCEPTED)
}

#[post("/ordered/{order}")]
async fn create_ordered(
    order: i64,
    mut tx: Tx<'_, Shop>,
    ordered: Outbox<'_, Ordered>,
) -> highball::Result<StatusCode> {
    ordered.push(&mut tx, Ordered { order }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The table has no key, so a second effect would be a second row.
#[consumer(timeout = secs(30), crashes = 20, attempts = 50)]
async fn award(
    points: Points,
    tx: &mut Transaction<Shop>,
    State(calls): State<Calls>,
) -> Result<(), Retry> {
    calls.0.fetch_add(1, Relaxed);
    sqlx::query("INSERT INTO points VALUES ($1)")
        .bind(points.order)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[routes(app, jobs(award, elsewhere("ordered")))]
pub(crate) struct Api(create, create_ordered);

/// The app of one process.
pub(crate) struct Process {
    pub(crate) state: AppState,
    pub(crate) session: TestSession<Api>,
    working: Option<AbortHandle>,
}

impl Process {
    pub(crate) async fn start(file: &Path, amqp: Amqp) -> Self {
        let shop = Pool::<Shop>::file(file).max(8).build();
        let mut conn = shop.acquire().await.expect("a connection");
        for table in ["orders (id BIGINT PRIMARY KEY)", "points (id BIGINT)"] {
            let sql = format!("CREATE TABLE IF NOT EXISTS {table}");
            let created = sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut *conn)
                .await;
            created.expect("a table");
        }
        conn.release();
        let jobs = Jobs::on(amqp).with_outbox(&shop);
        jobs.prepare().await.expect("the tables");
        let calls = Calls::default();
        let state = AppState { shop, jobs, calls };
        Self {
            session: Api.test().state(state.clone()).start(),
            state,
            working: None,
        }
    }

    pub(crate) fn workers(&self) -> Workers<AppState> {
        let workers = self.state.jobs.workers(Api, &self.state);
        workers.poll(Duration::from_millis(100))
    }

    /// Publishes and runs jobs until the end of the test.
    pub(crate) fn work(mut self) -> Self {
        let serve = highball::serve(Api).state(self.state.clone());
        let serve = serve.install(self.state.shop.clone());
        let serve = serve.install(self.workers()).quiet();
        let working = tokio::spawn(serve.arguments(["worker"]).into_future());
        self.working = Some(working.abort_handle());
        self
    }

    /// Sends an order, and returns the time of the response.
    pub(crate) async fn order(&self, order: i64) -> Duration {
        let begun = Instant::now();
        let sent = self.session.post(&format!("/orders/{order}")).send().await;
        assert_eq!(sent.status(), 202, "{order}");
        begun.elapsed()
    }

    pub(crate) async fn numbers(&self, sql: &'static str) -> Vec<i64> {
        let mut conn = self.state.shop.acquire().await.expect("a connection");
        let numbers = sqlx::query_scalar(sql).fetch_all(&mut *conn).await;
        conn.release();
        numbers.expect("the rows")
    }

    pub(crate) async fn run(&self, sql: &'static str) {
        let mut conn = self.state.shop.acquire_writer().await.expect("a writer");
        let done = sqlx::query(sql).execute(&mut *conn).await;
        conn.release();
        done.expect("a statement");
    }

    /// Returns how many jobs are in the outbox.
    pub(crate) async fn waiting(&self) -> i64 {
        self.numbers("SELECT count(*) FROM highball_job_outbox")
            .await[0]
    }

    /// Waits until each of these orders has its points, and the outbox is empty. Returns those that have none.
    pub(crate) async fn settled(&self, orders: &[i64], limit: Duration) -> Vec<i64> {
        let begun = Instant::now();
        loop {
            let points = self.numbers("SELECT DISTINCT id FROM points").await;
            let missing = orders.iter().filter(|order| !points.contains(order));
            let missing = missing.copied().collect::<Vec<_>>();
            let is_settled = missing.is_empty() && self.waiting().await == 0;
            if is_settled || begun.elapsed() > limit {
                return missing;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Returns the orders that have their points twice.
    pub(crate) async fn twice(&self) -> Vec<i64> {
        self.numbers("SELECT id FROM points GROUP BY id HAVING count(*) > 1")
            .await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(working) = &self.working {
            working.abort();
        }
    }
}
