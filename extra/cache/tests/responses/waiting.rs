//! Many requests for one response.

use std::time::Duration;

use futures_util::future::join_all;
use highball::prelude::*;
use highball_cache::responses::cached;
use tokio::time::{Instant, sleep, timeout};

use crate::app::{AppState, Runs};

#[get("/slow", cached(ttl = mins(1)))]
async fn slow(runs: State<Runs>) -> String {
    let run = runs.begin();
    sleep(Duration::from_millis(300)).await;
    format!("run {run}")
}

#[get("/failing", cached(ttl = mins(1)))]
async fn failing(runs: State<Runs>) -> StatusCode {
    runs.begin();
    sleep(Duration::from_millis(300)).await;
    StatusCode::BAD_GATEWAY
}

#[get("/own", cached(ttl = mins(1)))]
async fn own(runs: State<Runs>) -> impl IntoResponse {
    let run = runs.begin();
    sleep(Duration::from_millis(300)).await;
    ([("cache-control", "private")], run.to_string())
}

#[get("/hangs", cached(ttl = mins(1)))]
async fn hangs() -> &'static str {
    std::future::pending().await
}

#[routes(app, timeout = secs(60))]
struct Api(slow, failing, own, hangs, Limited);

#[routes("/limited", timeout = millis(100))]
struct Limited(slow);

const CLIENTS: usize = 1_000;

#[tokio::test(start_paused = true)]
async fn clients_that_leave_break_nothing() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    for _ in 0..3 {
        let impatient =
            (0..CLIENTS).map(|_| timeout(Duration::from_millis(30), client.get("/slow").send()));
        let left = join_all(impatient)
            .await
            .iter()
            .filter(|sent| sent.is_err())
            .count();
        assert_eq!(left, CLIENTS);
    }
    sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    assert_eq!(client.get("/slow").send().await.text(), "run 1");
    assert!(start.elapsed() < Duration::from_millis(10));
    assert_eq!(state.runs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_around_the_route_does_not_stop_the_computation() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    assert_eq!(client.get("/limited/slow").send().await.status(), 503);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(client.get("/limited/slow").send().await.text(), "run 1");
}

#[tokio::test(start_paused = true)]
async fn all_that_wait_get_the_failure() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let all = join_all((0..CLIENTS).map(|_| client.get("/failing").send())).await;
    assert!(all.iter().all(|response| response.status() == 502));
    assert_eq!(state.runs.count(), 1);
    assert_eq!(client.get("/failing").send().await.status(), 502);
    assert_eq!(state.runs.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_response_for_one_client_is_not_shared_and_requests_do_not_queue() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let start = Instant::now();
    let all = join_all((0..50).map(|_| client.get("/own").send())).await;
    let mut runs: Vec<usize> = all
        .iter()
        .map(|response| response.text().parse().unwrap())
        .collect();
    runs.sort_unstable();
    assert_eq!(runs, (1..=50).collect::<Vec<_>>());
    // The first, and then all others at once.
    assert!(
        start.elapsed() < Duration::from_millis(700),
        "{:?}",
        start.elapsed()
    );
    // From now on they do not even wait for the first.
    let start = Instant::now();
    join_all((0..50).map(|_| client.get("/own").send())).await;
    assert!(
        start.elapsed() < Duration::from_millis(400),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_computation_that_never_ends_is_stopped() {
    let client = Api.test().state(AppState::new()).start();
    let response = client.get("/hangs").send().await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.header("retry-after"), "1");
}
