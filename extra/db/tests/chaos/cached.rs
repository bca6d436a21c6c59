//! Cached routes while the database is gone.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use highball::{prelude::*, tokio};
use highball_cache::responses::{ResponseCache, cached};
use highball_db::{Conn, Pool, sqlx};
use highball_faults::{Mode, Proxy, postgres_or_skip};
use tokio::task::JoinSet;

use super::{CONNECTIONS, Main, options};

#[derive(State)]
struct CachedState {
    pool: Pool<Main>,
    responses: ResponseCache,
}

#[get("/rows/{id}", cached(ttl = secs(1), on_error = hours(1), soft = millis(300)))]
async fn row(id: i64, mut conn: Conn<'_, Main>) -> highball::Result<String> {
    let doubled: i64 = sqlx::query_scalar("SELECT $1 * 2")
        .bind(id)
        .fetch_one(&mut *conn)
        .await?;
    Ok(doubled.to_string())
}

#[routes(app)]
struct CachedApi(row);

/// An answer: when it came, its status, whether it had expired, and its key.
type Answer = (Duration, u16, bool, usize);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cached_routes_survive_an_outage_of_the_database() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = Proxy::start(server.addr());
    let pool = Pool::<Main>::builder(options(&server, &proxy));
    let pool = pool.max(CONNECTIONS).wait(Duration::from_secs(1)).build();
    pool.open().await.expect("an open pool");
    let responses = ResponseCache::new();
    let session = Arc::new(
        CachedApi
            .test()
            .state(CachedState { pool, responses })
            .start(),
    );
    for id in 0..20 {
        assert_eq!(
            session.get(&format!("/rows/{id}")).send().await.status(),
            200
        );
    }
    let begun = Instant::now();
    let answers = Arc::new(Mutex::new(Vec::<Answer>::new()));
    let is_done = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for worker in 0..8_usize {
        let (session, answers) = (Arc::clone(&session), Arc::clone(&answers));
        let is_done = Arc::clone(&is_done);
        load.spawn(async move {
            let mut id = worker;
            while !is_done.load(Relaxed) {
                id = (id + 7) % 20;
                let response = session.get(&format!("/rows/{id}")).send().await;
                assert_eq!(response.text(), (id * 2).to_string());
                let has_expired = response.header("cache-status").contains("ttl=-");
                let answer = (begun.elapsed(), response.status().as_u16(), has_expired, id);
                answers.lock().expect("no panic").push(answer);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    proxy.refuse();
    server.restart(Mode::Immediate).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    proxy.pass();
    let back = begun.elapsed();
    // Each key is tried again some seconds after a failure.
    while !all_are_fresh(&answers.lock().expect("no panic"), back) {
        assert!(begun.elapsed() < back + Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let fresh = begun.elapsed() - back;
    is_done.store(true, Relaxed);
    while let Some(worker) = load.join_next().await {
        worker.expect("each response has its row");
    }
    let answers = answers.lock().expect("no panic");
    let expired = answers
        .iter()
        .filter(|(_, _, has_expired, _)| *has_expired)
        .count();
    eprintln!(
        "{} answers, {expired} after their time, the database was back after {back:?}, all were fresh {fresh:?} later",
        answers.len()
    );
    assert!(answers.len() > 1_000);
    assert!(answers.iter().all(|(_, status, ..)| *status == 200));
    assert!(expired > 100, "{expired} answers were old");
}

/// Returns whether the last answer of each key since a time was fresh.
fn all_are_fresh(answers: &[Answer], since: Duration) -> bool {
    let mut is_fresh = [false; 20];
    for (at, _, has_expired, id) in answers {
        if *at > since {
            is_fresh[*id] = !has_expired;
        }
    }
    is_fresh.iter().all(|is_fresh| *is_fresh)
}
