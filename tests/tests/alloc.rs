//! Heap allocations of the server: a request on a kept HTTP/1 connection causes none.
//!
//! The client is a blocking socket with fixed buffers on the thread of the test, so only the allocations of the server
//! are counted: those of hyper, tokio and Highball together.

mod counting;

use std::future::{Future, IntoFuture};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use std::time::Instant;

use counting::allocations;
use highball::{
    middleware::{AccessLog, SecurityHeaders},
    prelude::*,
    serve::Capacity,
};

/// The maximum number of workers in these tests.
const WORKERS: u64 = 2;
/// The number of allocations for the echo of an order.
const ECHO: u64 = 32;

#[derive(serde::Serialize)]
struct Pong {
    message: &'static str,
}

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { message: "pong" })
}

#[get("/plaintext")]
async fn plaintext() -> &'static str {
    "Hello, World!"
}

#[get("/users/{id}/{name}")]
async fn user(id: u64, name: &str, hits: State<AtomicU64>, cx: &mut Context<'_>) -> Response {
    hits.fetch_add(1, Relaxed);
    let value = header::HeaderValue::from_static("no-store");
    cx.set_header(header::CACHE_CONTROL, value);
    let value = (id, name);
    cx.json(200, &value)
}

#[get("/pending")]
async fn pending() -> Json<Pong> {
    tokio::task::yield_now().await;
    Json(Pong { message: "late" })
}

#[post("/read")]
async fn read(body: Bytes) -> Bytes {
    body
}

#[derive(serde::Deserialize)]
struct Words {
    q: String,
    size: u32,
}

#[get("/words")]
async fn words(words: Query<Words>) -> &'static str {
    assert_eq!((&*words.q, words.size), ("red ink", 7));
    "read"
}

#[derive(Local)]
struct Number(u64);

#[derive(Local)]
struct Doubled(u64);

#[middleware]
async fn hand_on(cx: &mut Context<'_>, next: impl Next<Number>) -> Response {
    next.with(Number(7)).run(cx).await
}

#[guard]
async fn guarded(number: Local<'_, Number>) -> Result<Doubled, StatusCode> {
    tokio::task::yield_now().await;
    Ok(Doubled(number.0 * 2))
}

#[guard]
async fn quota(#[config] most: u64, number: Local<'_, Number>) -> Result<(), StatusCode> {
    tokio::task::yield_now().await;
    if number.0 <= most {
        Ok(())
    } else {
        Err(StatusCode::TOO_MANY_REQUESTS)
    }
}

static SEEN: AtomicU64 = AtomicU64::new(0);

#[observer]
fn seen(exchange: &Exchange<'_>, hits: State<AtomicU64>) {
    let noted = exchange.notes().any(|note| note == ("number", "7"));
    hits.fetch_add(u64::from(noted), Relaxed);
    SEEN.fetch_add(u64::from(noted), Relaxed);
}

#[middleware]
async fn frame(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    let value = header::HeaderValue::from_static("DENY");
    response
        .headers_mut()
        .insert(header::X_FRAME_OPTIONS, value);
    response
}

#[get("/deep")]
async fn deep(
    cx: &mut Context<'_>,
    number: Local<'_, Number>,
    doubled: Local<'_, Doubled>,
) -> Json<u64> {
    cx.note("number", number.0);
    Json(number.0 + doubled.0)
}

static LOGGED: AtomicU64 = AtomicU64::new(0);

fn log(lines: &[u8]) {
    let lines = lines.iter().filter(|byte| **byte == b'\n').count();
    LOGGED.fetch_add(lines as u64, Relaxed);
}

#[routes(
    "/mw",
    with(
        AccessLog::json().to(log),
        SecurityHeaders::new(),
        seen,
        hand_on,
        frame,
        parallel(guarded, quota(9)),
        when(|cx| cx.path().len() > 1, frame),
        frame,
        frame,
        frame,
        frame,
        frame,
        frame
    )
)]
struct Wrapped(deep);

#[routes(app)]
struct Api(ping, plaintext, user, pending, read, words, Wrapped);

#[derive(State)]
struct AppState {
    hits: AtomicU64,
}

/// Starts the app of this file.
fn start(workers: usize) -> SocketAddr {
    start_with(workers, |listener| {
        let state = AppState {
            hits: AtomicU64::new(0),
        };
        highball::serve(Api)
            .state(state)
            .listen(listener)
            .quiet()
            .capacity(Capacity::of(64))
            .into_future()
    })
}

/// Starts the app of the benchmarks.
fn start_measured() -> SocketAddr {
    start_with(1, |listener| {
        let serving = highball::serve(bench_server::Api).listen(listener).quiet();
        serving.into_future()
    })
}

/// Starts a server on a separate thread, which runs until the process exits.
fn start_with<F>(workers: usize, serve: fn(tokio::net::TcpListener) -> F) -> SocketAddr
where
    F: Future<Output = highball::Result> + 'static,
{
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port");
            let address = listener.local_addr().expect("it is bound");
            sender.send(address).expect("it is awaited");
            serve(listener).await
        })
    });
    receiver.recv().expect("the server starts")
}

/// Sends the requests `times` times and reads the responses, without allocating.
fn send(stream: &mut TcpStream, requests: &[u8], batch: usize, times: u32) {
    let mut read = [0; 128 * 1024];
    let mut len = 0;
    for _ in 0..times {
        stream.write_all(requests).expect("they are sent");
        for _ in 0..batch {
            let whole = loop {
                if let Some(whole) = answer_len(&read[..len]) {
                    break whole;
                }
                let count = stream.read(&mut read[len..]).expect("it is answered");
                assert_ne!(count, 0, "the server closed");
                len += count;
            };
            let status: &[u8] = if requests.starts_with(b"GET /nope ") {
                b"HTTP/1.1 404 "
            } else {
                b"HTTP/1.1 200 "
            };
            assert!(read.starts_with(status));
            read.copy_within(whole..len, 0);
            len -= whole;
        }
    }
}

/// Returns the length of the first response, if it is complete.
fn answer_len(read: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let at = read[..head]
        .windows(LENGTH.len())
        .position(|name| name == LENGTH);
    let digits = &read[at? + LENGTH.len()..];
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    (read.len() >= head + body).then_some(head + body)
}

/// Counts the allocations of requests 100 to 1100 on one connection.
fn count(address: SocketAddr, request: &str, batch: usize) -> u64 {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_nodelay(true).expect("it is set");
    let requests = request.repeat(batch);
    send(&mut stream, requests.as_bytes(), batch, 100);
    let (before, pools) = (allocations(), highball::serve::pools());
    send(&mut stream, requests.as_bytes(), batch, 1000);
    let allocations = allocations() - before;
    assert_eq!(highball::serve::pools(), pools, "all come from the pools");
    assert!(pools.contexts().made() > 0 && pools.buffers().made() > 0);
    allocations
}

fn get(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: test/1.0\r\naccept: */*\r\n\
         accept-encoding: gzip, br\r\ncookie: session=0123456789abcdef\r\n\r\n"
    )
}

/// This is not a `#[test]`: the harness uses another thread, and the allocator counts all threads.
fn main() {
    let post = "POST /read HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nbody";
    for (name, path) in [
        ("JSON", "/ping"),
        ("text", "/plaintext"),
        ("two parameters, state and context", "/users/42/zoe"),
        ("an escape in a parameter", "/users/42/zo%C3%AB"),
        ("escapes in static text", "/%75sers/42/zo%c3%ab"),
        ("a byte that should be escaped", "/users/42/zoë|"),
        ("pending once", "/pending"),
        (
            "a chain of thirteen, with locals, guards in parallel, observers and a log",
            "/mw/deep",
        ),
    ] {
        check(start(1), name, &get(path), 1, 0);
    }
    assert!(SEEN.load(Relaxed) >= 1000, "the observer has run");
    assert!(LOGGED.load(Relaxed) >= 1000, "the log was written");
    check(start(1), "pipelined by 16", &get("/ping"), 16, 0);
    // hyper allocates a channel for a body that is read.
    check(start(1), "body read", post, 1, 1000);
    // The list of pairs, the decoded text and the `String`: as many as serde_html_form allocates.
    let query = get("/words?q=red+ink&size=7");
    check(start(1), "a query of two words", &query, 1, 3000);
    // The message and, in a debug build, the search for a similar path.
    check(start(1), "a path without a route", &get("/nope"), 1, 14_000);
    check_measured();
    // A task that moves to another worker finds an empty pool there, once or twice.
    check(
        start(2),
        "pending once, on two workers",
        &get("/pending"),
        1,
        64,
    );
}

/// Checks the exact number of allocations of each endpoint of the benchmarks.
fn check_measured() {
    let order = include_str!("../../examples/bench-server/src/order.json").trim();
    let order = format!(
        "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{order}",
        order.len()
    );
    let comments = get("/repos/rust-lang/rust/issues/1347/comments");
    let behind = get("/mw").replace("\r\n\r\n", "\r\nauthorization: Bearer secret-token\r\n\r\n");
    for (name, request, each) in [
        ("measured: /ping", &get("/ping"), 0),
        ("measured: /plaintext", &get("/plaintext"), 0),
        // The `String` of the handler.
        ("measured: /users/{id}", &get("/users/42"), 1),
        ("measured: three parameters", &comments, 0),
        // The values of two headers that the middleware creates.
        ("measured: five middlewares", &behind, 3),
        ("measured: /big", &get("/big"), 0),
        // Those of the order, and hyper's channel for a body.
        ("measured: /echo", &order, ECHO),
    ] {
        check(start_measured(), name, request, 1, each * 1000);
    }
}

/// Checks the maximum number of allocations for a thousand requests, or for a thousand batches of them.
fn check(address: SocketAddr, name: &str, request: &str, batch: usize, most: u64) {
    let begun = Instant::now();
    let allocations = count(address, request, batch);
    println!(
        "{name}: {allocations} allocations in {} requests",
        1000 * batch
    );
    // With the feature for HTTP/2, hyper allocates a new header value for `Date` once a second in each worker.
    let dates = WORKERS * (begun.elapsed().as_secs() + 1);
    assert!(allocations <= most + dates, "{name}: {allocations}");
}
