//! Requests in process, with a worker that the test drives, a clock that it moves, and a mail server.

mod broker;
mod consumers;
mod full;
mod publishing;
#[path = "../scratch/mod.rs"]
mod scratch;

use std::time::Duration;

use highball::{
    json,
    prelude::*,
    testing::{Clock, TestResponse, TestSession},
};
use highball_db::Lent;
use highball_jobs::WorkerByHand;
use orders::{Api, AppState, Mailer, Sink, database, database::Shop};

use self::scratch::Scratch;

/// A running app.
struct TestShop {
    session: TestSession<Api>,
    state: AppState,
    worker: WorkerByHand<AppState>,
    clock: Clock,
    sink: Sink,
    /// It is removed with the test.
    _scratch: Option<Scratch>,
}

impl TestShop {
    /// Starts an app with an empty database. Without a server for it, prints that the test is left out.
    async fn start() -> Option<Self> {
        Self::start_with(|state| state).await
    }

    /// Starts an app whose state is changed before.
    async fn start_with(change: impl FnOnce(AppState) -> AppState) -> Option<Self> {
        let scratch = Scratch::new().await?;
        let shop = database::build(scratch.builder());
        shop.open().await.expect("a database");
        let (clock, sink) = (Clock::new(), Sink::start().await.expect("a port"));
        let state = change(AppState::new(shop, Mailer::new(sink.address())));
        let worker = state.jobs.workers(Api, &state).by_hand(&clock.handle());
        // It creates the tables.
        worker.run_due().await.expect("no job");
        let session = Api.test().state(state.clone()).clock(&clock).start();
        Some(Self {
            session,
            state,
            worker,
            clock,
            sink,
            _scratch: Some(scratch),
        })
    }

    async fn order(&self, customer: &str, email: &str) -> TestResponse {
        let order = json!({ "customer": customer, "email": email, "cents": 1995 });
        self.session.post("/orders").json(&order).send().await
    }

    async fn get(&self, path: &str) -> Value {
        self.session.get(path).send().await.json()
    }

    /// Moves the clock, and runs the jobs that are due. Returns the number of attempts.
    async fn run_after(&self, seconds: u64) -> usize {
        self.clock.advance(Duration::from_secs(seconds)).await;
        self.worker.run_due().await.expect("the backend works")
    }

    async fn connection(&self) -> Lent<Shop> {
        self.state.shop.acquire().await.expect("a connection")
    }

    /// Runs a statement, behind the back of the app.
    async fn run(&self, sql: &'static str) {
        let mut conn = self.connection().await;
        sqlx::query(sql).execute(&mut *conn).await.expect(sql);
    }

    /// Runs a statement whose text is not constant.
    #[cfg(not(feature = "postgres"))]
    async fn run_text(&self, sql: String) {
        let mut conn = self.connection().await;
        let statement = sqlx::query(sqlx::AssertSqlSafe(sql));
        statement.fetch_all(&mut *conn).await.expect("a statement");
    }

    /// Returns the number that a query returns.
    async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.connection().await;
        let number = sqlx::query_scalar(sql).fetch_one(&mut *conn);
        number.await.expect(sql)
    }
}
