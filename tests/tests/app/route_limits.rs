//! Limits of routes (`timeout`, `body_limit`, `concurrency`), and handlers whose client has disconnected.

use std::{
    future::{Future, IntoFuture},
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::{Context as Task, Waker},
    time::Duration,
};

use highball::{http::Request, middleware::Concurrency, prelude::*};
use tokio::time::{Instant, sleep};

static DONE: AtomicUsize = AtomicUsize::new(0);
static DROPPED: AtomicUsize = AtomicUsize::new(0);
static SPAWNED: AtomicUsize = AtomicUsize::new(0);

#[get("/slow", timeout = millis(50))]
async fn slow() {
    sleep(secs(5)).await;
}

#[get("/slower")]
async fn slower() {
    sleep(secs(5)).await;
}

#[get("/extended", timeout = secs(3))]
async fn extended() {
    sleep(secs(5)).await;
}

#[post("/small", body_limit = 4)]
async fn small(body: String) -> String {
    body
}

#[post("/group")]
async fn of_group(body: String) -> String {
    body
}

#[get("/busy", with(highball::middleware::concurrency(Concurrency::new(1))))]
async fn busy() {
    sleep(secs(1)).await;
}

struct Counts(&'static AtomicUsize);

impl Drop for Counts {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[get("/cancel")]
async fn cancel() {
    let _dropped = Counts(&DROPPED);
    sleep(secs(1)).await;
}

static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
static RESET: tokio::sync::Notify = tokio::sync::Notify::const_new();

struct Tells(&'static tokio::sync::Notify);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[get("/reset")]
async fn reset() {
    let _dropped = Tells(&RESET);
    STARTED.notify_one();
    sleep(secs(3600)).await;
}

#[get("/finish", on_disconnect = finish)]
async fn finish(cx: &mut Context<'_>) -> &'static str {
    cx.note("finished", true);
    sleep(secs(1)).await;
    DONE.fetch_add(1, Relaxed);
    "done"
}

#[get("/inherits")]
async fn inherits() -> &'static str {
    sleep(secs(1)).await;
    DONE.fetch_add(1, Relaxed);
    "done"
}

#[get("/panics")]
async fn panics() -> &'static str {
    std::panic::resume_unwind(Box::new("a handler's mistake"))
}

#[post("/orders")]
async fn order(cx: &mut Context<'_>) -> StatusCode {
    cx.spawn(async {
        sleep(millis(200)).await;
        SPAWNED.fetch_add(1, Relaxed);
    });
    StatusCode::ACCEPTED
}

#[routes("/bounded", body_limit = 8, timeout = secs(1))]
struct Bounded(slower, extended, small, of_group);

#[routes("/kept", on_disconnect = finish)]
struct Kept(inherits, panics);

/// A middleware whose work must not be cut off by a client that leaves.
#[middleware(facts = Facts::FINISHES)]
async fn fills_a_cache(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/cached")]
async fn cached() -> &'static str {
    sleep(secs(1)).await;
    DONE.fetch_add(1, Relaxed);
    "done"
}

#[routes("/filled", on_disconnect = cancel, with(fills_a_cache))]
struct Filled(cached);

#[test]
fn a_part_can_require_that_handlers_finish() {
    let finishing = Api::ROUTES.iter().filter(|route| route.finishes());
    let finishing: Vec<_> = finishing.map(highball::Route::path).collect();
    let expected = [
        "/finish",
        "/kept/inherits",
        "/kept/panics",
        "/filled/cached",
    ];
    assert_eq!(finishing, expected);
}

#[routes(app)]
struct Api(
    slow,
    Bounded,
    busy,
    cancel,
    reset,
    finish,
    Kept,
    order,
    Filled,
);

#[tokio::test(start_paused = true)]
async fn timeout_responds_and_drops_the_handler() {
    let start = Instant::now();
    assert_eq!(Api.test().get("/slow").send().await.status(), 503);
    assert!(start.elapsed() < millis(100), "{:?}", start.elapsed());
    assert_eq!(Api.test().get("/bounded/slower").send().await.status(), 503);
    assert!(start.elapsed() < millis(1200), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn shortest_timeout_ends_the_request() {
    let start = Instant::now();
    let response = Api.test().get("/bounded/extended").send().await;
    assert_eq!(response.status(), 503);
    assert!(start.elapsed() < millis(1200), "{:?}", start.elapsed());
}

async fn check_body(path: &str, body: &'static str, expected: u16) {
    let response = Api.test().post(path).body(body).send().await;
    assert_eq!(response.status(), expected, "{path} {body}");
}

#[tokio::test]
async fn nearest_body_limit_applies() {
    check_body("/bounded/small", "four", 200).await;
    check_body("/bounded/small", "fiver", 413).await;
    check_body("/bounded/group", "eightish", 200).await;
    check_body("/bounded/group", "nine bytes", 413).await;
}

#[tokio::test(start_paused = true)]
async fn request_over_the_concurrency_limit_is_503() {
    let client = Api.test().start();
    let (first, second) = tokio::join!(client.get("/busy").send(), client.get("/busy").send());
    assert_eq!(
        (first.status(), second.status()),
        (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE)
    );
    assert_eq!(second.header(header::RETRY_AFTER), "1");
    assert_eq!(client.get("/busy").send().await.status(), 200);
}

/// Sends a request, waits until its handler runs, and disconnects.
async fn leave(path: &str) {
    let service = Api.service(());
    let request = Request::get(path).body(()).expect("a request");
    let mut call = pin!(service.call(request));
    let mut task = Task::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut task).is_pending());
    tokio::task::yield_now().await;
}

#[tokio::test(start_paused = true)]
async fn handler_is_cancelled_unless_on_disconnect_is_finish() {
    leave("/cancel").await;
    assert_eq!(DROPPED.load(Relaxed), 1);
    leave("/finish").await;
    leave("/kept/inherits").await;
    assert_eq!(DONE.load(Relaxed), 0);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(DONE.load(Relaxed), 2);
    assert_eq!(Api.test().get("/finish").send().await.text(), "done");
    assert_eq!(Api.test().get("/kept/panics").send().await.status(), 500);
}

#[tokio::test]
async fn shutdown_waits_for_spawned_tasks() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = highball::serve(Api).listen(listener).quiet().stop(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    tokio::io::AsyncWriteExt::write_all(
        &mut stream,
        b"POST /orders HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    )
    .await
    .expect("the request is sent");
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer)
        .await
        .expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(SPAWNED.load(Relaxed), 0);
    stop.send(()).expect("the server waits for it");
    server.await.expect("no panic").expect("a clean stop");
    assert_eq!(SPAWNED.load(Relaxed), 1);
}

#[tokio::test]
async fn reset_of_a_stream_cancels_its_handler() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(highball::serve(Api).listen(listener).quiet().into_future());
    let stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let executor = hyper_util::rt::TokioExecutor::new();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .expect("HTTP/2");
    tokio::spawn(connection);
    let request = Request::get(format!("http://{address}/reset"))
        .body(http_body_util::Empty::<Bytes>::new())
        .expect("a request");
    let answer = tokio::spawn(sender.send_request(request));
    STARTED.notified().await;
    answer.abort();
    let dropped = tokio::time::timeout(secs(5), RESET.notified()).await;
    assert!(dropped.is_ok(), "the handler goes on");
}
