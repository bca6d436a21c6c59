//! Responses that have expired: stale while they are computed again, or because that fails or takes long.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use highball::prelude::*;
use highball_cache::responses::cached;
use tokio::time::{advance, sleep};

use crate::app::{AppState, Runs};

/// How long the handler takes, in milliseconds.
static TAKES: AtomicUsize = AtomicUsize::new(0);
static FAILS: AtomicBool = AtomicBool::new(false);

#[get(
    "/rates",
    cached(ttl = mins(1), stale = mins(1), on_error = mins(10), soft = millis(100))
)]
async fn rates(
    runs: State<Runs>,
) -> Result<String, (StatusCode, [(&'static str, &'static str); 1])> {
    let run = runs.begin();
    sleep(Duration::from_millis(TAKES.load(Relaxed) as u64)).await;
    match FAILS.load(Relaxed) {
        // It must not remove the older response.
        true => Err((StatusCode::BAD_GATEWAY, [("cache-control", "no-store")])),
        false => Ok(format!("rates {run}")),
    }
}

#[routes(app)]
struct Api(rates);

/// One test, because the handler is controlled by statics.
#[tokio::test(start_paused = true)]
async fn an_old_response_is_better_than_none() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let get = || client.get("/rates").send();
    assert_eq!(get().await.text(), "rates 1");

    // Stale: it is sent at once, and computed in the background.
    advance(Duration::from_secs(61)).await;
    TAKES.store(5_000, Relaxed);
    let stale = get().await;
    assert_eq!(stale.text(), "rates 1");
    assert!(
        stale
            .header("cache-status")
            .starts_with("highball; hit; ttl=-")
    );
    assert_eq!(get().await.text(), "rates 1");
    sleep(Duration::from_millis(1)).await;
    assert_eq!(state.runs.count(), 2);
    sleep(Duration::from_secs(6)).await;
    assert_eq!(get().await.text(), "rates 2");

    // Older than that: it waits for the new one, but not for longer than the soft timeout.
    advance(Duration::from_secs(130)).await;
    assert_eq!(get().await.text(), "rates 2");
    sleep(Duration::from_secs(6)).await;
    assert_eq!(get().await.text(), "rates 3");
    TAKES.store(0, Relaxed);
    advance(Duration::from_secs(130)).await;
    assert_eq!(get().await.text(), "rates 4");

    // A failure: the old one, and soon another attempt.
    FAILS.store(true, Relaxed);
    advance(Duration::from_secs(130)).await;
    assert_eq!(get().await.text(), "rates 4");
    let runs = state.runs.count();
    for _ in 0..100 {
        assert_eq!(get().await.status(), 200);
    }
    assert_eq!(
        state.runs.count(),
        runs,
        "a failing handler is not asked each time"
    );
    advance(Duration::from_secs(30)).await;
    assert_eq!(get().await.text(), "rates 4");
    assert_eq!(state.runs.count(), runs + 1);

    // Too old: the failure itself.
    advance(Duration::from_secs(600)).await;
    assert_eq!(get().await.status(), 502);
    FAILS.store(false, Relaxed);
    assert!(get().await.text().starts_with("rates "));
}
