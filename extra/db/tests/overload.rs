//! An app that gets three times as many requests as its database can serve, in paused time.
#![cfg(feature = "sqlite")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use highball::{prelude::*, testing::TestSession, tokio};
use highball_db::{Conn, Pool, Sqlite, database};
use tokio::{task::JoinSet, time::Instant};

database!(Main: Sqlite);

/// As many as a pool has by default. With few of them, a critical request waits for long until the next one is free.
const CONNECTIONS: u32 = 20;

/// How long a request holds its connection, on average.
const WORK: Duration = Duration::from_millis(100);

/// Takes between 50 and 150 ms. With equal times, connections would become free together.
async fn work() {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let number = REQUESTS.fetch_add(1, Relaxed);
    tokio::time::sleep(Duration::from_millis(50 + number * 37 % 101)).await;
}

const TARGET: Duration = Duration::from_millis(40);

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

#[get("/pay", priority = critical)]
async fn pay(_conn: Conn<'_, Main>) {
    work().await;
}

#[get("/list")]
async fn list(_conn: Conn<'_, Main>) {
    work().await;
}

#[routes(app)]
struct Api(pay, list);

/// The time of each response, by path and status, the shortest first.
type Times = BTreeMap<(&'static str, u16), Vec<Duration>>;

/// Sends requests for ten seconds, of which each tenth is critical. Returns the times of those in the second half.
async fn load(session: &Arc<TestSession<Api>>, overload: f64) -> Times {
    let pause = (WORK / CONNECTIONS).div_f64(overload);
    let begun = Instant::now();
    let mut requests = JoinSet::new();
    for number in 0.. {
        tokio::time::sleep_until(begun + pause * number).await;
        let came = begun.elapsed();
        if came > Duration::from_secs(10) {
            break;
        }
        let session = Arc::clone(session);
        let path = if number % 10 == 0 { "/pay" } else { "/list" };
        requests.spawn(async move {
            let since = Instant::now();
            let answer = session.get(path).send().await;
            let status = answer.status().as_u16();
            assert!(status == 200 || answer.header("retry-after") == "1");
            (came, (path, status), since.elapsed())
        });
    }
    let mut times = Times::new();
    for (came, key, time) in requests.join_all().await {
        if came > Duration::from_secs(5) {
            times.entry(key).or_default().push(time);
        }
    }
    times.values_mut().for_each(|times| times.sort_unstable());
    times
}

fn p99(times: &Times, path: &'static str) -> Duration {
    let times = &times[&(path, 200)];
    times[times.len() * 99 / 100]
}

#[tokio::test]
async fn critical_routes_are_as_fast_as_without_load_and_the_others_are_shed() {
    let folder = std::env::temp_dir().join(format!("highball-db-overload-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a directory");
    let connections = CONNECTIONS as usize;
    let pool = Pool::<Main>::file(folder.join("test.db"))
        .max(connections)
        .min_idle(connections);
    // In paused time, a connection must not be checked: the answer of a thread takes no time of the clock.
    let pool = pool
        .shed_after(TARGET)
        .check_after(Duration::from_secs(3600))
        .build();
    pool.open().await.expect("an open pool");
    tokio::time::pause();
    let session = Arc::new(Api.test().state(AppState { pool: pool.clone() }).start());

    let unloaded = p99(&load(&session, 0.5).await, "/pay");
    let times = load(&session, 3.0).await;
    let (loaded, served) = (p99(&times, "/pay"), &times[&("/list", 200)]);
    let rejected = &times[&("/list", 503)];
    eprintln!("p99 of critical: {loaded:?}, unloaded: {unloaded:?}");
    eprintln!("others: {} served within {:?}", served.len(), served.last());
    eprintln!(
        "others: {} rejected within {:?}",
        rejected.len(),
        rejected.last()
    );
    assert!(loaded <= unloaded.mul_f64(1.5), "{loaded:?} {unloaded:?}");
    assert!(!times.contains_key(&("/pay", 503)));
    // The wait, and the longest work; timers have milliseconds.
    let longest = TARGET * 2 + WORK * 3 / 2 + Duration::from_millis(5);
    assert!(served.last() <= Some(&longest));
    assert!(rejected.last() < Some(&Duration::from_millis(100)));
    // No connection is idle: 200 requests a second, of which 60 are critical.
    assert!((650..750).contains(&served.len()), "{}", served.len());
    assert_eq!((pool.status().used, pool.status().waiting), (0, 0));
    std::fs::remove_dir_all(folder).ok();
}
