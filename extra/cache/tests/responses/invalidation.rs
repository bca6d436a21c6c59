//! Invalidation by tags: after a success only, and never undone by a computation that began before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use highball::prelude::*;
use highball_cache::{
    Tag,
    responses::{Changes, ResponseCache, cached, invalidates},
};
use tokio::time::{sleep, timeout};

/// A row in a database.
#[derive(Debug, Clone, Default)]
struct Row(Arc<AtomicUsize>);

#[derive(Clone, State)]
struct AppState {
    responses: ResponseCache,
    row: Row,
}

#[get("/rows/{id}", cached(ttl = mins(1), tags = ["row:{id}", "rows"]))]
async fn show(id: u64, row: State<Row>) -> String {
    let value = row.0.load(SeqCst);
    sleep(Duration::from_millis(50)).await;
    format!("{id}: {value}")
}

#[put("/rows/{id}", invalidates(tags = ["row:{id}"], unchecked = ["prices:{id}"]))]
async fn edit(id: u64, row: State<Row>) -> Result<NoContent, StatusCode> {
    if id == 0 {
        return Err(StatusCode::CONFLICT);
    }
    row.0.fetch_add(1, SeqCst);
    Ok(NoContent)
}

/// It is missing until the first change.
#[get("/maybe/{id}", cached(ttl = mins(1), tags = ["row:{id}"]))]
async fn maybe(id: u64, row: State<Row>) -> Option<String> {
    let value = row.0.load(SeqCst);
    (value > 0).then(|| format!("{id}: {value}"))
}

#[patch("/rows/{id}", invalidates(tags = ["row:{id}"]))]
async fn half(id: u64, row: State<Row>) -> StatusCode {
    let _ = id;
    row.0.fetch_add(1, SeqCst);
    StatusCode::INTERNAL_SERVER_ERROR
}

/// Its group stops it.
#[put("/slow/{id}", invalidates(tags = ["row:{id}"]))]
async fn slow(id: u64, row: State<Row>) {
    let _ = id;
    row.0.fetch_add(1, SeqCst);
    sleep(Duration::from_secs(60)).await;
}

/// The row is in the body.
#[post("/rows", invalidates())]
async fn edit_one(id: Json<u64>, changes: Local<'_, Changes>, row: State<Row>) -> StatusCode {
    changes.add(Tag::new("row", *id));
    if *id == 0 {
        return StatusCode::CONFLICT;
    }
    row.0.fetch_add(1, SeqCst);
    StatusCode::OK
}

#[delete("/rows", invalidates(tags = ["rows"]))]
async fn clear(row: State<Row>) {
    row.0.store(0, SeqCst);
}

#[routes(timeout = secs(1))]
struct Limited(slow);

#[routes(app)]
struct Api(show, maybe, edit, edit_one, half, clear, Limited);

fn state() -> AppState {
    AppState {
        responses: ResponseCache::new(),
        row: Row::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_invalidates_what_has_its_tag() {
    let client = Api.test().state(state()).start();
    let get = |path: &'static str| client.get(path).send();
    assert_eq!(get("/rows/1").await.text(), "1: 0");
    assert_eq!(get("/rows/2").await.text(), "2: 0");
    assert_eq!(client.put("/rows/1").send().await.status(), 204);
    assert_eq!(get("/rows/1").await.text(), "1: 1");
    assert_eq!(get("/rows/2").await.text(), "2: 0");
    client.delete("/rows").send().await;
    assert_eq!(
        get("/rows/2").await.header("cache-status"),
        "highball; fwd=uri-miss; stored"
    );
}

#[tokio::test(start_paused = true)]
async fn a_handler_adds_tags_that_do_not_follow_from_the_path() {
    let client = Api.test().state(state()).start();
    let status = |id: u64| {
        let sent = client.get(&format!("/rows/{id}")).send();
        async { sent.await.header("cache-status").contains("; hit") }
    };
    for id in [0, 1, 2] {
        status(id).await;
    }
    assert_eq!(client.post("/rows").json(&1).send().await.status(), 200);
    assert_eq!(client.post("/rows").json(&0).send().await.status(), 409);
    assert_eq!(
        (status(0).await, status(1).await, status(2).await),
        (true, false, true)
    );
}

#[tokio::test(start_paused = true)]
async fn a_stored_404_has_tags_too() {
    let client = Api.test().state(state()).start();
    for _ in 0..2 {
        assert_eq!(client.get("/maybe/1").send().await.status(), 404);
    }
    assert_eq!(client.put("/rows/1").send().await.status(), 204);
    assert_eq!(client.get("/maybe/1").send().await.text(), "1: 1");
}

#[tokio::test(start_paused = true)]
async fn a_refused_change_invalidates_nothing() {
    let client = Api.test().state(state()).start();
    client.get("/rows/0").send().await;
    assert_eq!(client.put("/rows/0").send().await.status(), 409);
    let again = client.get("/rows/0").send().await;
    assert!(again.header("cache-status").starts_with("highball; hit"));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_stopped_invalidates() {
    let client = Api.test().state(state()).start();
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 0");
    assert_eq!(client.put("/slow/1").send().await.status(), 503);
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 1");
    // A commit may have been under way, and the response may be from before it.
    sleep(Duration::from_secs(6)).await;
    let later = client.get("/rows/1").send().await;
    assert_eq!(
        later.header("cache-status"),
        "highball; fwd=uri-miss; stored"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_change_invalidates_because_a_part_may_be_done() {
    let client = Api.test().state(state()).start();
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 0");
    assert_eq!(client.patch("/rows/1").send().await.status(), 500);
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 1");
}

#[tokio::test(start_paused = true)]
async fn a_tag_has_the_value_and_not_its_spelling() {
    let client = Api.test().state(state()).start();
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 0");
    assert_eq!(client.put("/rows/01").send().await.status(), 204);
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 1");
    assert_eq!(client.post("/rows").json(&1).send().await.status(), 200);
    assert_eq!(client.get("/rows/001").send().await.text(), "1: 2");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_does_not_keep_a_change_from_invalidating() {
    let state = state();
    let client = Api.test().state(state.clone()).start();
    client.get("/rows/1").send().await;
    let left = timeout(Duration::from_millis(10), client.put("/slow/1").send()).await;
    assert!(left.is_err());
    sleep(Duration::from_secs(2)).await;
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 1");
}

#[tokio::test(start_paused = true)]
async fn a_computation_that_began_before_is_not_stored() {
    let state = state();
    let client = Api.test().state(state.clone()).start();
    let running = client.get("/rows/1").send();
    let change = async {
        sleep(Duration::from_millis(10)).await;
        state.row.0.store(7, SeqCst);
        state.responses.tags().invalidate(Tag::new("row", 1));
        // A request from now on must not join the computation.
        client.get("/rows/1").send().await.text().to_owned()
    };
    let (before, after) = tokio::join!(running, change);
    assert_eq!(before.text(), "1: 0");
    assert_eq!(after, "1: 7");
    assert_eq!(client.get("/rows/1").send().await.text(), "1: 7");
}
