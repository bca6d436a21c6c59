//! Servers that pause, restart and run out of memory.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use highball_faults::{Mode, Proxy, Server};
use highball_session::{
    Key,
    store::{Data, Head, Put, Store},
};
use tokio::task::JoinSet;

use crate::{
    app::{App, Statuses},
    backends::{Keys, Schema},
};

/// The patience of `Sessions` is 2 seconds for each call, and a request to these routes has two.
const MOST: Duration = Duration::from_millis(4_500);
/// How long recovery may take.
const RECOVERY: Duration = Duration::from_secs(5);

/// Waits until the app answers with the session again.
async fn recovers(app: &App, id: &str) {
    let begun = Instant::now();
    while app.send("GET", "/counts", id).await.status() != 200 {
        assert!(begun.elapsed() < RECOVERY, "it does not recover");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("recovered after {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_of_redis_is_503_in_time_for_routes_with_a_session_only() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let app = App::start(Keys::at(&server.url()).store());
    let id = app.begin("/a").await;
    server.pause().await;
    let is_paused = AtomicBool::new(true);
    let with_session = async {
        let mut statuses = Statuses::default();
        for _ in 0..3 {
            let mut tasks = JoinSet::new();
            for _ in 0..16 {
                let (app, id) = (app.clone(), id.clone());
                tasks.spawn(async move { app.timed("POST", "/a", &id).await });
            }
            for outcome in tasks.join_all().await {
                statuses.count(outcome);
            }
        }
        is_paused.store(false, Relaxed);
        statuses
    };
    let without_session = async {
        let mut slowest = Duration::ZERO;
        while is_paused.load(Relaxed) {
            let (status, took) = app.timed("GET", "/plain", &id).await;
            assert_eq!(status, 200);
            slowest = slowest.max(took);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        slowest
    };
    let (with_session, slowest) = tokio::join!(with_session, without_session);
    println!("paused: {with_session:?}, without a session {slowest:?}");
    assert_eq!((with_session.done, with_session.unavailable), (0, 48));
    assert!(with_session.slowest < MOST);
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    server.resume().await;
    recovers(&app, &id).await;
    // A change that was not acknowledged may have been made.
    let (before, _) = app.counts(&id).await;
    app.send("POST", "/a", &id).await;
    assert_eq!(app.counts(&id).await.0, before + 1);
}

/// Changes a session while `disturb` runs, and checks that each acknowledged change is there afterwards.
async fn keeps_what_it_acknowledged(store: impl Store, disturb: impl Future<Output = ()>) {
    let app = App::start(store);
    let id = app.begin("/b").await;
    let (is_over, tried) = (AtomicBool::new(false), AtomicU64::new(0));
    let load = async {
        let mut statuses = Statuses::default();
        while !is_over.load(Relaxed) {
            let outcome = app.timed("POST", "/a", &id).await;
            statuses.count(outcome);
            tried.fetch_add(1, Relaxed);
            if outcome.0 == 503 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        statuses
    };
    let faults = async {
        reaches(&tried, 50).await;
        disturb.await;
        recovers(&app, &id).await;
        reaches(&tried, tried.load(Relaxed) + 50).await;
        is_over.store(true, Relaxed);
    };
    let (statuses, ()) = tokio::join!(load, faults);
    let (count, _) = app.counts(&id).await;
    println!("{statuses:?}, {count} in the store");
    assert!(statuses.done >= 50, "it works before and after");
    assert!(statuses.slowest < MOST);
    assert!(count >= statuses.done, "an acknowledged change is lost");
    assert!(
        count <= statuses.done + statuses.unavailable,
        "a change was made twice"
    );
}

async fn reaches(number: &AtomicU64, goal: u64) {
    while number.load(Relaxed) < goal {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_redis_loses_nothing() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let store = Keys::at(&server.url()).store();
    keeps_what_it_acknowledged(store, server.restart(Mode::Fast)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_redis_loses_nothing_if_it_writes_each_change() {
    let server = Server::redis().setting("appendfsync", "always");
    let Some(server) = server.start_or_skip().await else {
        return;
    };
    let store = Keys::at(&server.url()).store();
    keeps_what_it_acknowledged(store, server.restart(Mode::Immediate)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_and_crashes_of_postgres_lose_nothing() {
    let Some(server) = highball_faults::postgres_or_skip().await else {
        return;
    };
    let schema = Schema::at(&server.url()).await;
    for mode in [Mode::Fast, Mode::Immediate] {
        keeps_what_it_acknowledged(schema.store(), server.restart(mode)).await;
    }
}

/// A host that vanishes closes no connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_redis_that_never_answers_is_replaced() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let proxy = Proxy::start(server.addr());
    let keys = Keys::at(&server.url_at(proxy.addr()));
    let app = App::start(keys.store());
    let id = app.begin("/a").await;
    assert_eq!(proxy.connects().len(), 1, "all requests share a connection");
    proxy.stall();
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let (app, id) = (app.clone(), id.clone());
        tasks.spawn(async move { app.timed("GET", "/counts", &id).await });
    }
    for (status, took) in tasks.join_all().await {
        assert_eq!(status, 503);
        assert!(took < MOST);
    }
    app.send("GET", "/counts", &id).await;
    assert!(proxy.connects().len() > 1, "another connection is opened");
    proxy.pass();
    recovers(&app, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_is_an_error_and_changes_nothing() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let keys = Keys::at(&server.url());
    let store = keys.store();
    let [key, new, third] = [1, 2, 3].map(|number| Key::new([number; 32]));
    assert!(store.create(&key, &head()).await.expect("it has room"));
    let json = b"1".to_vec();
    let data = Data { schema: 1, json };
    let put = store.put(&key, "a", 0, &data).await;
    assert_eq!(put.expect("it has room"), Put::Done(1));
    let before = store.load(&key, 0).await.expect("it answers");

    keys.set("maxmemory", "1");
    let until = Some(3_600_000);
    let errors = [
        store.create(&third, &head()).await.map(drop),
        store.put(&key, "a", 1, &data).await.map(drop),
        store.touch(&key, 1, 3_600_000).await,
        store.replace(&key, &new, &head(), None).await.map(drop),
        store.replace(&key, &new, &head(), until).await.map(drop),
    ];
    for error in errors {
        let error = error.expect_err("there is no room").to_string();
        assert!(error.contains("maxmemory"), "{error}");
    }
    assert_eq!(store.load(&key, 0).await.expect("it reads"), before);
    for key in [new, third] {
        assert_eq!(store.load(&key, 0).await.expect("it reads"), None);
    }
    store
        .end(&key)
        .await
        .expect("to end a session needs no room");
    assert_eq!(store.load(&key, 0).await.expect("it reads"), None);
}

/// Returns the head of a session that lasts for an hour.
fn head() -> Head {
    let mut head = Head::default();
    head.expires = 3_600_000;
    head
}

/// A call that is given up does not give its answer to the next call.
async fn answers_fit_their_calls<S: Store>(store: S) {
    let store = std::sync::Arc::new(store);
    let keys = (1..=16_u8).map(|number| Key::new([number; 32]));
    for key in keys.clone() {
        let json = key.hex().into_bytes();
        assert!(store.create(&key, &head()).await.expect("it answers"));
        let data = Data { schema: 1, json };
        store.put(&key, "a", 0, &data).await.expect("it answers");
    }
    let mut tasks = JoinSet::new();
    for (number, key) in (0_u64..).zip(keys.cycle().take(1600)) {
        let store = store.clone();
        tasks.spawn(async move {
            let patience = Duration::from_micros(number * 37 % 4_000);
            let load = store.load(&key, 0);
            let Ok(loaded) = tokio::time::timeout(patience, load).await else {
                return false;
            };
            let loaded = loaded.expect("it answers").expect("it is there");
            assert_eq!(loaded.key, key);
            assert_eq!(loaded.slots[0].1.data.json, key.hex().into_bytes());
            true
        });
        if number % 16 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let done = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|done| *done)
        .count();
    println!("{done} of 1600 answered, the others given up");
    assert!(done > 0 && done < 1600, "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_given_up_do_not_disturb_others_in_redis() {
    let Some(keys) = Keys::new() else {
        return;
    };
    answers_fit_their_calls(keys.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_given_up_do_not_disturb_others_in_postgres() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    answers_fit_their_calls(schema.store()).await;
}
