//! A PostgreSQL server that restarts, and clients that leave while connections are opened.
#![cfg(feature = "postgres")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use highball::{prelude::*, testing::TestSession, tokio};
use highball_db::{
    Conn, Pool, Postgres, database,
    sqlx::{
        self,
        postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    },
};
use highball_faults::{Mode, Proxy, Server, postgres_or_skip};
use tokio::task::JoinSet;

database!(Main: Postgres);

/// How long a connect takes: that of a network with TLS.
const CONNECT: Duration = Duration::from_millis(30);

const CONNECTIONS: usize = 5;

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

#[get("/work")]
async fn work(mut conn: Conn<'_, Main>) -> highball::Result {
    sqlx::query("SELECT pg_sleep(0.01)")
        .execute(&mut *conn)
        .await?;
    Ok(())
}

#[routes(app)]
struct Api(work);

/// The same with the pool of sqlx.
mod bare {
    use super::*;

    #[derive(State)]
    pub(crate) struct AppState {
        pub(crate) pool: PgPool,
    }

    #[get("/work")]
    async fn work(pool: State<PgPool>) -> highball::Result {
        let mut conn = pool.acquire().await?;
        sqlx::query("SELECT pg_sleep(0.01)")
            .execute(&mut *conn)
            .await?;
        Ok(())
    }

    #[routes(app)]
    pub(crate) struct Api(work);
}

/// Returns the options of a server behind a proxy.
fn options(server: &Server, proxy: &Proxy) -> PgConnectOptions {
    server.url_at(proxy.addr()).parse().expect("a URL")
}

/// Sends requests whose clients leave after up to 60 ms, 64 at a time.
async fn clients_that_leave<A: highball::App>(session: TestSession<A>) {
    let session = Arc::new(session);
    let mut tasks = JoinSet::new();
    for number in 0..1000_u64 {
        let session = Arc::clone(&session);
        let leaves = Duration::from_micros(number * 7919 % 60_000);
        tasks.spawn(async move {
            drop(tokio::time::timeout(leaves, session.get("/work").send()).await);
        });
        if tasks.len() >= 64 {
            tasks.join_next().await;
        }
    }
    while tasks.join_next().await.is_some() {}
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test]
async fn clients_that_leave_do_not_lose_connections_that_are_opened() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = Proxy::start(server.addr());
    proxy.delay(CONNECT, Duration::ZERO);
    let pool = Pool::<Main>::builder(options(&server, &proxy))
        .max(CONNECTIONS)
        .build();
    clients_that_leave(Api.test().state(AppState { pool: pool.clone() }).start()).await;
    let (ours, status) = (proxy.counts().accepted, pool.status());
    assert_eq!(
        (status.open, status.idle, status.used),
        (CONNECTIONS, CONNECTIONS, 0)
    );
    pool.close().await;

    let control = Proxy::start(server.addr());
    control.delay(CONNECT, Duration::ZERO);
    let most = u32::try_from(CONNECTIONS).expect("a small number");
    let pool = PgPoolOptions::new()
        .max_connections(most)
        .connect_lazy_with(options(&server, &control));
    clients_that_leave(bare::Api.test().state(bare::AppState { pool }).start()).await;
    let theirs = control.counts().accepted;
    eprintln!("connects: {ours}, with the pool of sqlx: {theirs}");
    // Each query that is cancelled may take one more connection.
    assert!(ours < theirs && ours < 100, "{ours} {theirs}");
}

#[tokio::test]
async fn a_server_without_a_free_connection_is_explained() {
    let server = Server::postgres().setting("max_connections", "6");
    let Some(server) = server.start_or_skip().await else {
        return;
    };
    let options: PgConnectOptions = server.url().parse().expect("a URL");
    let pool = Pool::<Main>::builder(options).max(10).min_idle(10).build();
    let error = pool
        .open()
        .await
        .expect_err("too many connections")
        .to_string();
    assert!(error.contains("raise `max_connections`"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_database_is_survived() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = Proxy::start(server.addr());
    let pool = Pool::<Main>::builder(options(&server, &proxy));
    let pool = pool.max(CONNECTIONS).wait(Duration::from_secs(1)).build();
    pool.open().await.expect("an open pool");
    let session = Arc::new(Api.test().state(AppState { pool }).start());
    let begun = Instant::now();
    let answers = Arc::new(Mutex::new(Vec::<(Duration, u16)>::new()));
    let mut load = JoinSet::new();
    for _ in 0..8 {
        let (session, answers) = (Arc::clone(&session), Arc::clone(&answers));
        load.spawn(async move {
            while begun.elapsed() < Duration::from_secs(6) {
                let request =
                    tokio::time::timeout(Duration::from_secs(3), session.get("/work").send());
                let status = request.await.expect("no request hangs").status().as_u16();
                answers
                    .lock()
                    .expect("no panic")
                    .push((begun.elapsed(), status));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.restart(Mode::Immediate).await;
    let back = begun.elapsed();
    while let Some(worker) = load.join_next().await {
        worker.expect("no request hangs");
    }
    let answers = answers.lock().expect("no panic");
    let mut counts = BTreeMap::<u16, usize>::new();
    answers
        .iter()
        .for_each(|(_, status)| *counts.entry(*status).or_default() += 1);
    eprintln!(
        "back after {back:?}: {counts:?}, connects at once: {}",
        proxy.max_connecting()
    );
    assert!(
        counts.keys().all(|status| [200, 500, 503].contains(status)),
        "{counts:?}"
    );
    let late = answers
        .iter()
        .filter(|(at, _)| *at > back + Duration::from_secs(2));
    assert!(late.clone().count() > 50, "the load has ended");
    assert!(late.clone().all(|(_, status)| *status == 200), "{counts:?}");
    assert!(proxy.max_connecting() <= 2);
}
