//! Timeouts, capacity, streams and cookies of an app, by the test client.

use std::sync::{Arc, Mutex};

use highball::{
    body::produce,
    prelude::*,
    serve::Capacity,
    sse::{Event, Sse},
    testing::{Clock, TestResponse},
    tokio,
    ws::WebSocketUpgrade,
};
use tokio::task::JoinHandle;

use crate::around;

/// Never ends.
#[get("/stuck", timeout = secs(5))]
async fn stuck() {
    std::future::pending().await
}

/// Ends after this time.
#[get("/busy/{seconds}")]
async fn busy(seconds: u64, cx: &mut Context<'_>) -> String {
    cx.clock().sleep(secs(seconds)).await;
    left(cx)
}

/// Reports how long the rest of the request may take.
#[middleware]
async fn report(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-after", left(cx));
    response
}

fn left(cx: &Context<'_>) -> String {
    let left = cx.deadline().map(|end| end - cx.clock().now());
    left.map_or("none".to_owned(), |left| left.as_millis().to_string())
}

#[routes("/inner", timeout = secs(5))]
struct Inner(busy);

#[routes("/outer", timeout = secs(30), with(report))]
struct Outer(Inner, busy);

/// Sends an event after a minute.
#[get("/news")]
async fn news(cx: &mut Context<'_>) -> Sse {
    let clock = cx.clock().clone();
    Sse::new(produce(|events| async move {
        clock.sleep(secs(60)).await;
        events.send(Event::data("it rains")).await;
        std::future::pending::<()>().await;
    }))
}

#[post("/login")]
async fn login() -> ([(&'static str, &'static str); 1], ()) {
    ([("set-cookie", "user=zoe; Path=/; Max-Age=3600")], ())
}

#[get("/me")]
async fn me(cx: &mut Context<'_>) -> String {
    cx.header("cookie").unwrap_or("no cookie").to_owned()
}

#[routes(app)]
struct Api(stuck, busy, Outer, news, login, me);

fn get(clock: &Clock, path: &str) -> JoinHandle<TestResponse> {
    let request = Api.test().clock(clock).get(path);
    tokio::spawn(request.send())
}

#[tokio::test]
async fn a_timeout_ends_at_its_time() {
    let clock = Clock::new();
    let request = get(&clock, "/stuck");
    let ended = around(&clock, secs(5), || request.is_finished()).await;
    assert_eq!(ended, [false, true]);
    assert_eq!(request.await.expect("no panic").status(), 503);
}

#[tokio::test]
async fn a_handler_that_ends_at_its_timeout_has_precedence() {
    let clock = Clock::new();
    for (path, status) in [("/outer/inner/busy/5", 200), ("/outer/inner/busy/6", 503)] {
        let request = get(&clock, path);
        clock.advance(secs(6)).await;
        assert_eq!(request.await.expect("no panic").status(), status, "{path}");
    }
}

#[tokio::test]
async fn nested_timeouts_end_at_the_nearest() {
    let clock = Clock::new();
    for (path, text, after) in [
        ("/busy/60", "none", None),
        ("/outer/busy/20", "10000", Some("10000")),
        ("/outer/inner/busy/2", "3000", Some("28000")),
    ] {
        let request = get(&clock, path);
        clock.advance(secs(60)).await;
        assert!(request.is_finished(), "{path}");
        let response = request.await.expect("no panic");
        assert_eq!(response.text(), text, "{path}");
        let header = response.headers().get("x-after");
        assert_eq!(
            header.map(|value| value.to_str().expect("text")),
            after,
            "{path}"
        );
    }
    let inner = get(&clock, "/outer/inner/busy/60");
    assert_eq!(
        around(&clock, secs(5), || inner.is_finished()).await,
        [false, true]
    );
    let response = inner.await.expect("no panic");
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["x-after"], "25000");
    let outer = get(&clock, "/outer/busy/60");
    assert_eq!(
        around(&clock, secs(30), || outer.is_finished()).await,
        [false, true]
    );
    assert_eq!(outer.await.expect("no panic").status(), 503);
}

#[tokio::test]
async fn a_request_waits_for_capacity_until_its_time() {
    let clock = Clock::new();
    let client = Api
        .test()
        .clock(&clock)
        .capacity(Capacity::of(1).wait(millis(200)));
    let session = Arc::new(client.start());
    let send = |path: &'static str| {
        let session = Arc::clone(&session);
        tokio::spawn(async move { session.get(path).send().await })
    };
    let first = send("/busy/1");
    let second = send("/me");
    let ended = around(&clock, millis(200), || second.is_finished()).await;
    assert_eq!(ended, [false, true]);
    assert_eq!(second.await.expect("no panic").status(), 503);
    clock.advance(millis(700)).await;
    let third = send("/me");
    let ended = around(&clock, millis(100), || {
        first.is_finished() && third.is_finished()
    })
    .await;
    assert_eq!(ended, [false, true]);
    assert_eq!(third.await.expect("no panic").status(), 200);
}

#[tokio::test]
async fn events_are_kept_alive_by_the_clock() {
    let clock = Clock::new();
    let mut stream = Api.test().clock(&clock).get("/news").send_streaming().await;
    let (times, begun) = (clock.clone(), clock.now());
    let reading = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..5 {
            let event = stream.next_event().await.expect("an event");
            seen.push(((times.now() - begun).as_secs(), event.data));
        }
        seen
    });
    let ended = around(&clock, secs(75), || reading.is_finished()).await;
    assert_eq!(ended, [false, true]);
    let comment = |second: u64| (second, String::new());
    let expected = [
        comment(15),
        comment(30),
        comment(45),
        (60, "it rains".to_owned()),
        comment(75),
    ];
    assert_eq!(reading.await.expect("no panic"), expected);
}

#[tokio::test]
async fn a_silent_websocket_is_pinged_and_then_ended() {
    let (clock, ended) = (Clock::new(), Ended::default());
    let client = Chats.test().state(ChatState {
        ended: ended.clone(),
    });
    let session = client.clock(&clock).start();
    // A client that does not read does not respond to a ping.
    let silent = session.get("/chat").websocket().await.expect("a WebSocket");
    let has_ended = || ended.lock().expect("no panic").len() == 1;
    assert_eq!(around(&clock, secs(40), has_ended).await, [false, true]);
    let reasons = std::mem::take(&mut *ended.lock().expect("no panic"));
    assert_eq!(reasons, ["the client did not respond to a ping"]);
    drop(silent);

    let mut answering = session.get("/chat").websocket().await.expect("a WebSocket");
    let reading = tokio::spawn(async move { answering.recv().await });
    clock.advance(secs(3600)).await;
    assert!(!reading.is_finished() && ended.lock().expect("no panic").is_empty());
    reading.abort();
}

/// The reasons for which WebSockets have ended.
type Ended = Arc<Mutex<Vec<String>>>;

#[derive(State)]
struct ChatState {
    ended: Ended,
}

#[get("/chat")]
async fn chat(upgrade: WebSocketUpgrade, ended: State<Ended>) -> Response {
    let upgrade = upgrade.keep_alive(secs(30), secs(10));
    upgrade.on(async move |mut socket| {
        let closed = socket.recv().await.expect_err("the client sends nothing");
        let mut ended = ended.lock().expect("no panic");
        ended.push(closed.reason().to_owned());
    })
}

#[routes(app)]
struct Chats(chat);

#[tokio::test]
async fn cookies_of_a_session_expire_by_the_clock() {
    let clock = Clock::new();
    let session = Api.test().clock(&clock).start().keep_cookies();
    session.post("/login").send().await;
    clock.advance(secs(3599)).await;
    assert_eq!(session.get("/me").send().await.text(), "user=zoe");
    clock.advance(secs(1)).await;
    assert_eq!(session.get("/me").send().await.text(), "no cookie");
}
