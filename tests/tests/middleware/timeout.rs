//! `Timeout`: a limit of time with a configured status, and the deadline that the chain inside of it can read.

use std::{pin::pin, time::Duration};

use highball::{middleware::Timeout, prelude::*, testing::Clock};
use tokio::time::Instant;

#[get("/", with(Timeout::<408>::after(millis(20))))]
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

#[get("/hour", timeout = secs(3600))]
async fn hour(cx: &mut Context<'_>) {
    cx.clock().sleep(secs(7200)).await;
}

#[routes(app)]
struct Slow(hour);

#[tokio::test]
async fn a_timeout_ends_at_its_time_of_a_moved_clock() {
    let clock = Clock::new();
    let mut request = pin!(Slow.test().clock(&clock).get("/hour").send());
    // Not a millisecond earlier.
    tokio::select! {
        biased;
        _ = &mut request => panic!("the time has not come"),
        () = clock.advance(secs(3600) - millis(1)) => {}
    }
    let (response, ()) = tokio::join!(request, clock.advance(millis(1)));
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_clock_moves_the_limits_of_a_served_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let clock = Clock::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let addr = listener.local_addr().expect("it is bound");
    let serving = highball::serve(Slow).listen(listener).clock(&clock).quiet();
    let server = tokio::spawn(serving.stop(std::future::pending()));
    let mut stream = tokio::net::TcpStream::connect(addr)
        .await
        .expect("it listens");
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n")
        .await
        .expect("it is sent");
    let mut answer = String::new();
    let reading = async {
        stream
            .read_to_string(&mut answer)
            .await
            .expect("it is text");
    };
    // The head is never complete: the server waits for it, by this clock alone.
    let moving = async {
        loop {
            clock.advance(secs(1)).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = reading => {}
        () = moving => {}
    }
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    server.abort();
}
