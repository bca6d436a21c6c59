//! `Timeout`: a limit of time with a configured status, and the deadline that the chain inside of it can read.

use std::time::Duration;

use highball::{middleware::Timeout, prelude::*};
use tokio::time::Instant;

#[get("/", with(Timeout::after(millis(20)).status(StatusCode::REQUEST_TIMEOUT)))]
async fn slow() {
    tokio::time::sleep(secs(5)).await;
}

/// Reports how long the rest of the request may take, in a header.
#[middleware]
async fn report(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-after", left(cx));
    response
}

#[get("/without")]
async fn without(cx: &mut Context<'_>) -> String {
    left(cx)
}

#[get("/nearest", timeout = secs(5))]
async fn nearest(cx: &mut Context<'_>) -> String {
    tokio::time::sleep(secs(1)).await;
    left(cx)
}

#[get("/cannot-extend", timeout = secs(60))]
async fn cannot_extend(cx: &mut Context<'_>) -> String {
    left(cx)
}

#[get("/endless", timeout = Duration::MAX)]
async fn endless(cx: &mut Context<'_>) -> String {
    left(cx)
}

#[routes("/limited", timeout = secs(30), with(report))]
struct Limited(nearest, cannot_extend, endless);

#[routes(app)]
struct Api(slow, without, endless, Limited);

/// Returns the time to the deadline in milliseconds.
fn left(cx: &Context<'_>) -> String {
    let left = cx.deadline().map(|end| end.duration_since(Instant::now()));
    left.map_or("none".to_owned(), |left| left.as_millis().to_string())
}

#[tokio::test(start_paused = true)]
async fn timeout_has_the_configured_status() {
    assert_eq!(Api.test().get("/").send().await.status(), 408);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_that_of_the_first_timeout_to_end() {
    for (path, expected) in [
        ("/without", "none"),
        ("/endless", "none"),
        ("/limited/nearest", "4000"),
        ("/limited/cannot-extend", "30000"),
        ("/limited/endless", "30000"),
    ] {
        assert_eq!(Api.test().get(path).send().await.text(), expected, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_middleware_around_a_timeout_has_its_own_deadline() {
    let response = Api.test().get("/limited/nearest").send().await;
    assert_eq!(response.headers()["x-after"], "29000");
}

/// The memory of a request is pooled, so the deadline of one that was dropped must not be that of the next.
#[tokio::test(start_paused = true)]
async fn a_dropped_request_leaves_no_deadline() {
    let dropped = tokio::time::timeout(millis(10), Api.test().get("/limited/nearest").send());
    assert!(dropped.await.is_err());
    assert_eq!(Api.test().get("/without").send().await.text(), "none");
}
