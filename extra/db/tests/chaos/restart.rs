//! A PostgreSQL server that restarts, or that is gone for a while.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use highball::{testing::TestApp as _, tokio};
use highball_db::{Pool, sqlx::postgres::PgConnectOptions};
use highball_faults::{Mode, Proxy, Server, postgres_or_skip};
use tokio::task::JoinSet;

use super::{Api, AppState, CONNECTIONS, Main, kit, options};

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

/// Sends a request every few milliseconds until the time has come. Returns the statuses, in order.
async fn poll(address: SocketAddr, path: &'static str, pause: u64, until: Instant) -> Vec<String> {
    let mut statuses = Vec::new();
    while Instant::now() < until {
        let answer = kit::get(address, path).await;
        statuses.push(answer.split(' ').nth(1).unwrap_or_default().to_owned());
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    statuses
}

/// Sends requests while the database is down for this time. Returns how often the server was not ready.
async fn times_not_ready(server: &Server, down: Duration) -> usize {
    let pool = Pool::<Main>::builder(server.url().parse().expect("a URL"));
    let pool = pool.max(CONNECTIONS).wait(Duration::from_secs(1)).build();
    let (listener, address) = kit::listen().await;
    let serving = highball::serve(Api).state(AppState { pool: pool.clone() });
    let running = kit::run(serving.install(pool).listen(listener).quiet());
    let until = Instant::now() + Duration::from_millis(3500) + down;
    let mut load = JoinSet::new();
    for _ in 0..8 {
        load.spawn(poll(address, "/work", 5, until));
    }
    let alive = tokio::spawn(poll(address, "/livez", 20, until));
    let ready = tokio::spawn(poll(address, "/readyz", 20, until));
    tokio::time::sleep(Duration::from_millis(700)).await;
    match down.is_zero() {
        true => server.restart(Mode::Immediate).await,
        false => {
            server.kill().await;
            tokio::time::sleep(down).await;
            server.start_again().await;
        }
    }
    let alive = alive.await.expect("no panic");
    assert!(
        alive.len() > 50 && alive.iter().all(|status| status == "200"),
        "{alive:?}"
    );
    for served in load.join_all().await {
        let mut late = served.iter().rev().take(20);
        assert!(late.all(|status| status == "200"), "{served:?}");
    }
    let mut ready = ready.await.expect("no panic");
    assert!(ready.len() > 50, "{ready:?}");
    ready.dedup();
    eprintln!("down for {down:?}: {ready:?}");
    assert_eq!(ready.last().map(String::as_str), Some("200"));
    running.abort();
    ready.iter().filter(|status| *status == "503").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_gone_the_server_is_alive_and_not_ready_once() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    assert!(times_not_ready(&server, Duration::ZERO).await <= 1);
    assert_eq!(
        times_not_ready(&server, Duration::from_millis(1500)).await,
        1
    );
}

#[tokio::test]
async fn a_pool_whose_connections_have_ended_during_an_outage_is_filled_without_a_request() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let pool = Pool::<Main>::builder(server.url().parse().expect("a URL"));
    let pool = pool
        .min_idle(3)
        .lifetime(Duration::from_millis(500))
        .build();
    let (listener, address) = kit::listen().await;
    let serving = highball::serve(Api).state(AppState { pool: pool.clone() });
    let _server = kit::run(serving.install(pool.clone()).listen(listener).quiet());
    assert!(
        kit::get(address, "/livez")
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert!(pool.status().open >= 3);
    server.kill().await;
    wait_for(&pool, |open| open == 0).await;
    server.start_again().await;
    wait_for(&pool, |open| open == 3).await;
}

/// Waits for a number of open connections.
async fn wait_for(pool: &Pool<Main>, is_reached: fn(usize) -> bool) {
    let begun = Instant::now();
    while !is_reached(pool.status().open) {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{:?}",
            pool.status()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
