//! Workers of PostgreSQL are woken by messages, and need none.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use highball::prelude::*;
use highball_db::{Pool, Tx, sqlx};
use highball_faults::Schema;
use highball_jobs::{
    Job, Jobs, Outbox, Retry, Sql,
    backend::{Backend, NewJob, Which},
    consumer,
};
use serde::{Deserialize, Serialize};
use tokio::{task::JoinHandle, time::sleep};

use crate::places::{Main, postgres};

/// Longer than any test.
const NEVER: Duration = Duration::from_secs(600);

/// How many jobs have run.
#[derive(Debug, Clone, Default)]
struct Done(Arc<AtomicUsize>);

#[derive(Clone, State)]
struct AppState {
    main: Pool<Main>,
    jobs: Jobs,
    done: Done,
}

#[derive(Serialize, Deserialize, Job)]
#[job("mail")]
struct Mail;

#[consumer(timeout = secs(30))]
async fn mail(_job: Mail, done: State<Done>) -> Result<(), Retry> {
    done.0.fetch_add(1, Relaxed);
    Ok(())
}

#[post("/mail")]
async fn publish(mut tx: Tx<'_, Main>, mail: Outbox<'_, Mail>) -> highball::Result<StatusCode> {
    mail.push(&mut tx, Mail).await?;
    Ok(StatusCode::ACCEPTED)
}

#[routes(app, jobs(mail))]
struct Api(publish);

/// A worker of one process, in a schema.
struct Worker {
    schema: Schema,
    done: Done,
    serving: JoinHandle<highball::Result>,
}

impl Worker {
    /// Starts a worker that listens, if there is a server.
    async fn start(poll: Duration) -> Option<Self> {
        let schema = Schema::new().await?;
        let main = postgres(&schema);
        let (jobs, done) = (Jobs::new(&main), Done::default());
        let state = AppState {
            main,
            jobs: jobs.clone(),
            done: done.clone(),
        };
        let workers = jobs.workers(Api, &state).poll(poll);
        let serve = highball::serve(Api).state(state).install(workers).quiet();
        let serving = tokio::spawn(serve.arguments(["worker"]).into_future());
        let worker = Self {
            schema,
            done,
            serving,
        };
        worker.listener(0).await;
        Some(worker)
    }

    /// Waits for a connection that listens, other than this one, and returns its number.
    async fn listener(&self, other: i32) -> i32 {
        let pool = postgres(&self.schema);
        let mut conn = pool.acquire().await.expect("a connection");
        let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND pid <> $2
            AND query LIKE 'LISTEN%' AND state = 'idle'";
        let begun = Instant::now();
        loop {
            let listener = sqlx::query_scalar(sql).bind(self.schema.name()).bind(other);
            let listener = listener.fetch_optional(&mut *conn).await;
            if let Some(listener) = listener.expect("the server answers") {
                return listener;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody listens");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until this many jobs have run.
    async fn done(&self, number: usize) {
        let begun = Instant::now();
        while self.done.0.load(Relaxed) < number {
            let elapsed = begun.elapsed();
            assert!(elapsed < Duration::from_secs(20), "{:?}", self.done);
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Publishes jobs one after another until this many have run. The upkeep finds one in at least a second.
    async fn run_soon(&self, elsewhere: &Jobs, until: usize) {
        let begun = Instant::now();
        for number in self.done.0.load(Relaxed) + 1..=until {
            elsewhere.push(Mail).await.expect("it is stored");
            self.done(number).await;
        }
        let elapsed = begun.elapsed();
        assert!(elapsed < Duration::from_secs(3), "{elapsed:?}");
    }

    /// Ends a connection on the server.
    async fn kill(&self, pid: i32) {
        let kill = format!("SELECT pg_terminate_backend({pid})");
        self.schema.run(&kill).await.expect("it is killed");
    }

    fn backend(&self) -> Sql<Main> {
        Sql::new(&postgres(&self.schema))
    }

    /// Stores a job without a message.
    async fn store(&self, backend: &Sql<Main>, name: &'static str) {
        let job = NewJob {
            name: name.into(),
            version: 1,
            payload: "null".to_owned(),
            due: i64::MAX / 4,
            ..NewJob::default()
        };
        backend.push(vec![job], 0).await.expect("it is stored");
    }

    /// Replaces the function that sends messages, and returns a pool whose connections call it.
    async fn replace_notify(&self, body: &str) -> Pool<Main> {
        let create = format!(
            "CREATE FUNCTION $schema.pg_notify(text, text) RETURNS void LANGUAGE sql AS $$ {body} $$"
        );
        self.schema
            .run("CREATE SEQUENCE $schema.sent")
            .await
            .expect("a sequence");
        self.schema.run(&create).await.expect("a function");
        let schemas = format!("{},pg_catalog", self.schema.name());
        Pool::builder(self.schema.options_with(&schemas))
            .max(8)
            .build()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_another_process_runs_without_a_poll() {
    let Some(worker) = Worker::start(NEVER).await else {
        return;
    };
    let elsewhere = Jobs::new(&postgres(&worker.schema));
    worker.run_soon(&elsewhere, 5).await;
    let killed = worker.listener(0).await;
    worker.kill(killed).await;
    worker.listener(killed).await;
    worker.run_soon(&elsewhere, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_reports_jobs_of_others_and_lost_connections() {
    let Some(worker) = Worker::start(NEVER).await else {
        return;
    };
    let others = worker.listener(0).await;
    let (backend, elsewhere) = (worker.backend(), worker.backend());
    // Other schemas of the database share the channel.
    let ours = |name: &str| -> &'static str { format!("{} {name}", worker.schema.name()).leak() };
    let changed = async || {
        loop {
            let changed = tokio::time::timeout(Duration::from_secs(20), backend.changed());
            let changed = changed.await.expect("a report");
            let names = changed.expect("the server answers");
            if names
                .iter()
                .all(|name| name.starts_with(worker.schema.name()))
            {
                return names;
            }
        }
    };
    assert!(changed().await.is_empty(), "messages from before are lost");
    elsewhere.announce(ours("mail"));
    assert_eq!(changed().await, [ours("mail")]);
    backend.announce(ours("own"));
    elsewhere.announce(ours("other"));
    assert_eq!(changed().await, [ours("other")]);
    let listener = worker.listener(others).await;
    let (lost, ()) = tokio::join!(changed(), worker.kill(listener));
    assert!(lost.is_empty());
    elsewhere.announce(ours("mail"));
    assert_eq!(changed().await, [ours("mail")]);
    worker.store(&elsewhere, ours("parked")).await;
    let park = "UPDATE $schema.highball_jobs SET state = 3";
    worker.schema.run(park).await.expect("it is parked");
    let which = Which::Some(ours("parked").to_owned(), 9);
    assert_eq!(
        elsewhere.requeue(which, 0).await.expect("it is requeued"),
        1
    );
    assert_eq!(changed().await, [ours("parked")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_run_if_no_message_arrives() {
    let Some(worker) = Worker::start(Duration::from_millis(200)).await else {
        return;
    };
    // As behind a proxy that lends a connection to one transaction at a time.
    let elsewhere = Jobs::new(&worker.replace_notify("SELECT").await);
    for number in 1..=3 {
        elsewhere.push(Mail).await.expect("it is stored");
        worker.done(number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_response_waits_for_a_message_and_messages_are_few() {
    let Some(worker) = Worker::start(NEVER).await else {
        return;
    };
    let slow = "SELECT nextval('$schema.sent'), pg_sleep(1), pg_catalog.pg_notify($1, $2)";
    let main = worker.replace_notify(slow).await;
    let jobs = Jobs::new(&main);
    let done = Done::default();
    let session = Api.test().state(AppState { main, jobs, done }).start();
    let begun = Instant::now();
    for _ in 0..30 {
        assert_eq!(session.post("/mail").send().await.status(), 202);
    }
    let elapsed = begun.elapsed();
    // The first message is sent at once. The second one has the jobs that were stored meanwhile.
    worker.done(30).await;
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    let pool = postgres(&worker.schema);
    let mut conn = pool.acquire().await.expect("a connection");
    let sent = sqlx::query_scalar("SELECT last_value FROM sent");
    let sent: i64 = sent.fetch_one(&mut *conn).await.expect("a number");
    assert!(sent <= 2, "{sent} messages");
}
