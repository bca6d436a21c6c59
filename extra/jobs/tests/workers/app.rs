//! A shop whose orders publish e-mails and points.

use std::sync::{Arc, Mutex};

use highball::{
    middleware::secs,
    prelude::*,
    testing::{Clock, TestSession},
};
use highball_db::{Lent, Pool, Sqlite, Transaction, Tx, database, sqlx};
use highball_jobs::{
    Attempt, Job, Jobs, Outbox, PushError, Queue, Retry, WorkerByHand, consumer, cron,
};
use serde::{Deserialize, Serialize};

database!(pub Shop: Sqlite);

/// The events of consumers, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn add(&self, event: impl Into<String>) {
        self.0.lock().expect("no panic").push(event.into());
    }

    pub(crate) fn has(&self, event: &str) -> bool {
        let events = self.0.lock().expect("no panic");
        events.iter().any(|other| other == event)
    }

    /// Returns the events since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

#[derive(Clone, State)]
pub(crate) struct AppState {
    pub(crate) shop: Pool<Shop>,
    pub(crate) jobs: Jobs,
    pub(crate) log: Log,
}

#[derive(Serialize, Deserialize, Job)]
#[job("email")]
pub(crate) struct Email {
    pub(crate) order: i64,
    #[job(secret)]
    pub(crate) to: String,
}

#[derive(Serialize, Deserialize, Job)]
#[job("points", ordered_by(customer))]
pub(crate) struct Points {
    pub(crate) customer: String,
    pub(crate) order: i64,
}

#[derive(Serialize, Deserialize, Job)]
#[job("report", unique(day), max_waiting = 3)]
pub(crate) struct Report {
    pub(crate) day: u32,
}

/// Stores an order, and publishes its e-mail and its points.
#[post("/orders/{customer}/{order}")]
pub(crate) async fn create(
    customer: &str,
    order: i64,
    mut tx: Tx<'_, Shop>,
    email: Outbox<'_, Email>,
    points: Outbox<'_, Points>,
) -> highball::Result<StatusCode> {
    sqlx::query("INSERT INTO orders VALUES ($1, $2)")
        .bind(order)
        .bind(customer)
        .execute(&mut *tx)
        .await?;
    let to = customer.to_owned();
    email.push(&mut tx, Email { order, to }).await?;
    let customer = customer.to_owned();
    points.push(&mut tx, Points { customer, order }).await?;
    Ok(match order {
        0 => StatusCode::BAD_REQUEST,
        _ => StatusCode::ACCEPTED,
    })
}

#[post("/reports/{day}")]
pub(crate) async fn request(day: u32, report: Queue<'_, Report>) -> Result<StatusCode, PushError> {
    Ok(match report.push(Report { day }).await?.id() {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::OK,
    })
}

#[consumer(timeout = secs(30), attempts = 4, backoff = (secs(10), mins(1)))]
async fn send_email(email: Email, log: State<Log>, attempt: &Attempt) -> Result<(), Retry> {
    log.add(format!(
        "email {} to {}, attempt {}",
        email.order,
        email.to,
        attempt.number()
    ));
    match &*email.to {
        "unknown" => Err(Retry::never("there is no such address")),
        "panic" => panic!("no such printer"),
        "busy" => Err(Retry::later("the server is busy")),
        "soon" if attempt.number() == 1 => Err(Retry::in_time(secs(5), "in a moment")),
        "pending" => Err(Retry::snooze(secs(5), "not yet")),
        "slow" => {
            std::future::pending::<()>().await;
            Ok(())
        }
        "number" => {
            "x".parse::<u32>()?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Awards points once, also after a failure: they are part of the transaction that marks the job as done.
#[consumer(timeout = secs(30))]
async fn award(
    points: Points,
    tx: &mut Transaction<Shop>,
    email: Outbox<'_, Email>,
    State(log): State<Log>,
    attempt: &Attempt,
) -> Result<(), Retry> {
    sqlx::query("INSERT INTO points VALUES ($1, $2)")
        .bind(points.order)
        .bind(&points.customer)
        .execute(&mut **tx)
        .await?;
    log.add(format!("points {}", points.order));
    if points.customer == "vip" {
        let to = "the manager".to_owned();
        email
            .push(
                tx,
                Email {
                    order: points.order,
                    to,
                },
            )
            .await?;
    }
    match points.customer == "unlucky" && attempt.number() == 1 {
        true => Err(Retry::in_time(secs(1), "after the effect")),
        false => Ok(()),
    }
}

#[consumer(timeout = mins(5), at_once = 2)]
async fn write_report(report: Report, log: State<Log>, attempt: &Attempt) -> Result<(), Retry> {
    let size: u32 = attempt
        .step("measure", async {
            log.add(format!("measure {}", report.day));
            Ok(report.day * 10)
        })
        .await?;
    log.add(format!("write {size}"));
    match attempt.number() {
        1 => Err(Retry::in_time(secs(1), "the disk is full")),
        _ => Ok(()),
    }
}

#[cron("0 3 * * *", zone = "Europe/Berlin", missed = once, timeout = mins(10))]
async fn prune(log: State<Log>) -> Result<(), Retry> {
    log.add("prune");
    Ok(())
}

#[routes(app, jobs(send_email, award, write_report, prune))]
pub(crate) struct Api(create, request);

/// The app of a test, with its worker.
pub(crate) struct Test {
    pub(crate) session: TestSession<Api>,
    pub(crate) state: AppState,
    pub(crate) clock: Clock,
    pub(crate) worker: WorkerByHand<AppState>,
}

impl Test {
    pub(crate) async fn new() -> Self {
        let shop = Pool::<Shop>::memory().build();
        let mut conn = shop.acquire().await.expect("a connection");
        for table in ["orders", "points"] {
            let sql = format!("CREATE TABLE {table} (id BIGINT PRIMARY KEY, customer TEXT)");
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut *conn)
                .await
                .expect("a table");
        }
        conn.release();
        let (jobs, log, clock) = (Jobs::new(&shop), Log::default(), Clock::new());
        let state = AppState { shop, jobs, log };
        let worker = state.jobs.workers(Api, &state).by_hand(&clock.handle());
        // It creates the tables.
        worker.run_due().await.expect("no job");
        let session = Api.test().state(state.clone()).clock(&clock).start();
        Self {
            session,
            state,
            clock,
            worker,
        }
    }

    /// Sends an order, and returns the status.
    pub(crate) async fn order(&self, customer: &str, order: i64) -> u16 {
        let path = format!("/orders/{customer}/{order}");
        self.session.post(&path).send().await.status().as_u16()
    }

    /// Runs the jobs that are due, and returns the events.
    pub(crate) async fn run(&self) -> Vec<String> {
        self.worker.run_due().await.expect("the backend works");
        self.state.log.take()
    }

    /// Moves the clock, and runs the jobs that are due.
    pub(crate) async fn run_after(&self, seconds: u64) -> Vec<String> {
        self.clock.advance(secs(seconds)).await;
        self.run().await
    }

    pub(crate) async fn rows(&self, table: &str) -> i64 {
        let mut conn: Lent<Shop> = self.state.shop.acquire().await.expect("a connection");
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let rows = sqlx::query_scalar(sql)
            .fetch_one(&mut *conn)
            .await
            .expect("a count");
        conn.release();
        rows
    }
}
