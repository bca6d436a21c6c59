//! Requests, one after another.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{self, Poll},
    time::Duration,
};

use futures_util::stream::iter;
use highball::{
    Body, Bytes,
    http::HeaderValue,
    prelude::*,
    sse::{Event, Sse},
    testing::TestResponse,
};
use highball_cache::responses::cached;
use http_body::{Frame, SizeHint};
use tokio::time::advance;

use crate::app::{AppState, Runs};

#[get("/list", cached(ttl = mins(1)))]
async fn list(runs: State<Runs>) -> String {
    format!("list {}", runs.begin())
}

#[get("/for/clients", cached(ttl = mins(1), client = secs(30)))]
async fn for_clients(runs: State<Runs>) -> String {
    format!("list {}", runs.begin())
}

#[get("/missing/{id}", cached(ttl = mins(1), missing = secs(5)))]
async fn missing(id: u64, runs: State<Runs>) -> Option<String> {
    runs.begin();
    (id == 1).then(|| "one".to_owned())
}

#[get("/refused", cached(ttl = mins(1)))]
async fn refused(runs: State<Runs>) -> StatusCode {
    runs.begin();
    StatusCode::CONFLICT
}

#[get("/cookie", cached(ttl = mins(1)))]
async fn cookie(runs: State<Runs>) -> impl IntoResponse {
    let id = runs.begin();
    ([("set-cookie", format!("id={id}"))], "a cookie")
}

#[get("/stream", cached(ttl = mins(1)))]
async fn stream(runs: State<Runs>) -> Sse {
    runs.begin();
    Sse::new(iter([Event::data("one")]))
}

/// Its head comes at once, and its body never.
#[get("/stalled", cached(ttl = mins(1)))]
async fn stalled() -> Response {
    Response::new(Body::new(Stalled))
}

struct Stalled;

impl http_body::Body for Stalled {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(7)
    }
}

#[get("/panic", cached(ttl = mins(1)))]
async fn panic(runs: State<Runs>) -> &'static str {
    panic!("a bug, run {}", runs.begin())
}

#[routes(cached(ttl = mins(1)))]
struct Group(of_group, change);

#[get("/group")]
async fn of_group(runs: State<Runs>) -> String {
    runs.begin().to_string()
}

#[post("/group")]
async fn change(runs: State<Runs>) -> String {
    runs.begin().to_string()
}

#[routes(app)]
struct Api(
    list,
    for_clients,
    missing,
    refused,
    cookie,
    stream,
    stalled,
    panic,
    Group,
);

fn page(rejection: &Rejection, cx: &Context<'_>) -> Response {
    let accept = cx.header("accept").unwrap_or_default();
    let mut response = Response::new(format!("no page for {accept}"));
    response.set_status(rejection.status());
    response
}

#[routes(app, rejection = page)]
struct OwnFormat(missing);

fn status_of(response: &TestResponse) -> &str {
    response.header("cache-status")
}

#[tokio::test(start_paused = true)]
async fn a_response_is_computed_once() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let first = client.get("/list").send().await;
    assert_eq!(first.text(), "list 1");
    assert_eq!(status_of(&first), "highball; fwd=uri-miss; stored");
    assert_eq!(first.headers().get("age"), None);
    assert_eq!(first.header("cache-control"), "no-cache");
    advance(Duration::from_secs(20)).await;
    let second = client.get("/list").send().await;
    assert_eq!(second.text(), "list 1");
    assert_eq!(second.header("age"), "20");
    assert_eq!(second.header("etag"), first.header("etag"));
    assert_eq!(second.header("content-type"), first.header("content-type"));
    assert!(status_of(&second).starts_with("highball; hit; ttl="));
    advance(Duration::from_secs(60)).await;
    assert_eq!(client.get("/list").send().await.text(), "list 2");
    let stats = state.responses.routes();
    assert_eq!((stats[0].hits, stats[0].misses), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn head_and_get_share_a_response() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let head = client.head("/list").send().await;
    assert_eq!((head.status().as_u16(), head.text()), (200, ""));
    assert_eq!(head.header("content-length"), "6");
    assert_eq!(client.get("/list").send().await.text(), "list 1");
    assert_eq!(
        client.head("/list").send().await.header("content-length"),
        "6"
    );
    assert_eq!(state.runs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_the_response_gets_304_without_a_computation() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let etag = client.get("/list").send().await.header("etag").to_owned();
    for tag in [etag.as_str(), "*", &format!("\"other\", {etag}")] {
        let again = client
            .get("/list")
            .header("if-none-match", tag)
            .send()
            .await;
        assert_eq!((again.status().as_u16(), again.text()), (304, ""), "{tag}");
        assert_eq!(again.header("etag"), etag);
        assert_eq!(again.header("cache-control"), "no-cache");
        assert_eq!(again.headers().get("content-type"), None);
    }
    let other = client
        .get("/list")
        .header("if-none-match", "\"other\"")
        .send()
        .await;
    assert_eq!(other.status(), 200);
    assert_eq!(state.runs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn conditions_and_ranges_of_the_first_request_do_not_reach_the_handler() {
    let client = Api.test().state(AppState::new()).start();
    let first = client
        .get("/list")
        .header("if-none-match", "\"other\"")
        .header("range", "bytes=0-1")
        .send()
        .await;
    assert_eq!((first.status().as_u16(), first.text()), (200, "list 1"));
}

#[tokio::test(start_paused = true)]
async fn clients_may_use_a_response_for_a_while_from_now() {
    let client = Api.test().state(AppState::new()).start();
    let first = client.get("/for/clients").send().await;
    assert_eq!(first.header("cache-control"), "max-age=30");
    advance(Duration::from_secs(40)).await;
    let second = client.get("/for/clients").send().await;
    assert_eq!(second.header("age"), "40");
    assert_eq!(second.header("cache-control"), "max-age=70");
}

#[tokio::test(start_paused = true)]
async fn a_404_is_stored_for_a_short_time() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    for _ in 0..3 {
        assert_eq!(client.get("/missing/2").send().await.status(), 404);
    }
    assert_eq!(state.runs.count(), 1);
    advance(Duration::from_secs(6)).await;
    assert_eq!(client.get("/missing/2").send().await.status(), 404);
    assert_eq!(state.runs.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn another_4xx_is_not_stored() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    for _ in 0..2 {
        assert_eq!(client.get("/refused").send().await.status(), 409);
    }
    assert_eq!(state.runs.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cookie_is_for_one_client() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    for id in 1..=3 {
        let response = client.get("/cookie").send().await;
        assert_eq!(
            response.headers().get("set-cookie"),
            Some(&HeaderValue::try_from(format!("id={id}")).unwrap())
        );
        assert_eq!(response.text(), "a cookie");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_not_stored() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    for _ in 0..2 {
        assert_eq!(client.get("/stream").send().await.text(), "data: one\n\n");
    }
    assert_eq!(state.runs.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_does_not_block_its_key() {
    let client = Api.test().state(AppState::new()).start();
    for _ in 0..2 {
        assert_eq!(client.get("/stalled").send().await.status(), 503);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejection_in_the_format_of_the_app_is_for_one_request() {
    let state = AppState::new();
    let client = OwnFormat.test().state(state.clone()).start();
    let get = |accept: &'static str| client.get("/missing/2").header("accept", accept).send();
    assert_eq!(get("a").await.text(), "no page for a");
    assert_eq!(get("b").await.text(), "no page for b");
    assert_eq!(state.runs.count(), 2);
    // The memory of a rejection is used again for other responses.
    for _ in 0..2 {
        assert_eq!(client.get("/missing/1").send().await.text(), "one");
    }
    assert_eq!(state.runs.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_500_and_is_not_stored() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    for _ in 0..2 {
        let response = client.get("/panic").send().await;
        assert_eq!(response.status(), 500);
        assert!(!response.text().contains("a bug"));
    }
    assert_eq!(state.runs.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_group_stores_its_gets_only() {
    let client = Api.test().state(AppState::new()).start();
    assert_eq!(client.get("/group").send().await.text(), "1");
    assert_eq!(client.get("/group").send().await.text(), "1");
    assert_eq!(client.post("/group").send().await.text(), "2");
    assert_eq!(client.post("/group").send().await.text(), "3");
    assert_eq!(client.get("/group").send().await.text(), "1");
}
