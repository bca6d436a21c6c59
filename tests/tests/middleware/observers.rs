//! Observers: the content of an exchange, and when observers run.

use std::{
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context as Task, Poll, Waker},
};

use highball::{
    http::{Method, Request},
    middleware::Outcome,
    prelude::*,
};
use http_body_util::BodyExt;
use hyper::body::Frame;

/// The exchanges that the observers have seen, one line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no panic while it is held").clone()
    }
}

#[derive(State)]
struct AppState {
    log: Log,
}

#[observer]
fn log(exchange: &Exchange<'_>, log: State<Log>) {
    let status = exchange.status().map_or(0, |status| status.as_u16());
    let mut line = format!(
        "{} {} {status} {} {:?}",
        exchange.method(),
        exchange.path(),
        exchange.bytes(),
        exchange.outcome()
    );
    for (key, value) in exchange.notes() {
        line += &format!(" {key}={value}");
    }
    for error in exchange.errors() {
        line += &format!(" [{}]", error.detail());
    }
    log.0.lock().expect("no panic while it is held").push(line);
}

#[observer]
fn tagged(#[config] tag: &'static str, _: &Exchange<'_>, log: State<Log>) {
    log.0
        .lock()
        .expect("no panic while it is held")
        .push(tag.to_owned());
}

#[observer]
fn broken(_: &Exchange<'_>) {
    std::panic::resume_unwind(Box::new("an observer's own mistake"));
}

#[get("/plain")]
async fn plain(cx: &mut Context<'_>) -> &'static str {
    cx.note("user", "zoe");
    cx.note("rows", 3);
    "hello"
}

#[get("/number/{number}")]
async fn number(number: u8) -> String {
    number.to_string()
}

#[get("/broken", with(broken))]
async fn behind_broken() -> &'static str {
    "fine"
}

#[get("/panic")]
async fn panics() -> &'static str {
    std::panic::resume_unwind(Box::new("a handler's mistake"))
}

#[get("/slow")]
async fn slow() {
    std::future::pending::<()>().await;
}

/// A body that arrives in pieces.
struct Pieces(std::vec::IntoIter<io::Result<Frame<Bytes>>>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Task<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.next())
    }
}

fn stream(pieces: Vec<io::Result<Frame<Bytes>>>) -> Response {
    Response::new(Body::new(Pieces(pieces.into_iter())))
}

fn piece(text: &'static str) -> io::Result<Frame<Bytes>> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

#[get("/streamed")]
async fn streamed() -> Response {
    stream(vec![piece("one"), piece("three")])
}

#[get("/failing")]
async fn failing() -> Response {
    let error = io::Error::other("the disk is gone");
    stream(vec![piece("one"), Err(error)])
}

#[routes("/group", with(tagged("group")))]
struct Group(number);

#[routes(app, with(log))]
struct Api(plain, behind_broken, panics, slow, streamed, failing, Group);

async fn check(method: Method, path: &str, expected: &[&str]) {
    let log = Log::default();
    let client = Api.test().state(AppState { log: log.clone() });
    let _response = client.request(method, path).send().await;
    assert_eq!(log.lines(), expected, "{path}");
}

#[tokio::test]
async fn finished_exchange_is_observed_once() {
    check(
        Method::GET,
        "/plain",
        &["GET /plain 200 5 Complete user=zoe rows=3"],
    )
    .await;
    check(
        Method::HEAD,
        "/plain",
        &["HEAD /plain 200 0 Complete user=zoe rows=3"],
    )
    .await;
    check(Method::GET, "/streamed", &["GET /streamed 200 8 Complete"]).await;
}

#[tokio::test]
async fn error_is_observed_once_with_its_cause() {
    let log = Log::default();
    let client = Api.test().state(AppState { log: log.clone() });
    let response = client.get("/group/number/x").send().await;
    let bytes = response.bytes().len();
    let said = "the path parameter `number` must be a `u8`, not `x`";
    let line = format!("GET /group/number/x 400 {bytes} Complete [{said}]");
    assert_eq!(log.lines(), [line.as_str(), "group"]);
}

#[tokio::test]
async fn miss_is_observed_by_its_group() {
    let log = Log::default();
    let client = Api.test().state(AppState { log: log.clone() }).start();
    assert_eq!(client.get("/nowhere").send().await.status(), 404);
    assert_eq!(client.get("/group/nowhere").send().await.status(), 404);
    assert_eq!(client.post("/group/number/1").send().await.status(), 405);
    assert_eq!(client.options("/group/number/1").send().await.status(), 204);
    let lines = log.lines();
    let tags: Vec<_> = lines
        .iter()
        .map(|line| line.contains("group") && !line.contains(' '))
        .collect();
    assert_eq!(
        tags,
        [false, false, true, false, true, false, true],
        "{lines:?}"
    );
}

#[tokio::test]
async fn panic_is_observed() {
    let log = Log::default();
    let client = Api.test().state(AppState { log: log.clone() });
    assert_eq!(client.get("/panic").send().await.status(), 500);
    let [line] = log.lines().try_into().expect("one line");
    assert!(line.starts_with("GET /panic 500 "), "{line}");
    assert!(line.contains("Panicked"), "{line}");
}

#[tokio::test]
async fn panic_of_an_observer_is_ignored() {
    let log = Log::default();
    let client = Api.test().state(AppState { log: log.clone() }).start();
    assert_eq!(client.get("/broken").send().await.text(), "fine");
    assert_eq!(client.get("/broken").send().await.text(), "fine");
    assert_eq!(log.lines(), ["GET /broken 200 4 Complete"; 2]);
}

#[tokio::test]
async fn failed_body_is_observed() {
    let log = Log::default();
    let service = Api.service(AppState { log: log.clone() });
    let request = Request::get("/failing").body(()).expect("a request");
    let response = service.call(request).await;
    assert!(response.into_body().collect(100).await.is_err());
    assert_eq!(log.lines(), ["GET /failing 200 3 Failed"]);
}

#[tokio::test]
async fn observers_run_after_the_end_of_the_body() {
    let log = Log::default();
    let service = Api.service(AppState { log: log.clone() });
    let request = Request::get("/streamed").body(()).expect("a request");
    let mut body = service.call(request).await.into_body();
    let first = body.frame().await.expect("a frame").expect("no error");
    assert!(first.is_data());
    assert_eq!(log.lines(), [""; 0]);
    drop(body);
    assert_eq!(log.lines(), ["GET /streamed 200 3 Cancelled"]);
}

#[test]
fn disconnect_before_the_response_is_observed() {
    let log = Log::default();
    let service = Api.service(AppState { log: log.clone() });
    let request = Request::get("/slow").body(()).expect("a request");
    {
        let mut call = pin!(service.call(request));
        let mut task = Task::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut task).is_pending());
        assert_eq!(log.lines(), [""; 0]);
    }
    let cancelled = format!("GET /slow 0 0 {:?}", Outcome::Cancelled);
    assert_eq!(log.lines(), [cancelled]);
}
