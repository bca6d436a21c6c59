//! Heap allocations of the server: none for a request on a kept HTTP/1 connection.
//!
//! The client is a blocking socket with fixed buffers on the test's own thread, so that all that
//! is counted is the server's: hyper, tokio and Highball together. `cargo test -p highball-tests
//! --test alloc` prints the counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use highball::server::{Answer, Connection, Limits, run, when};
use highball::{Body, RequestBody, pool};
use http::{HeaderValue, Request, Response, header};

/// The most workers that a case has.
const WORKERS: u64 = 2;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Answers as an application does that hands the request's header map back.
struct App;

impl Answer for App {
    async fn answer(_: Arc<Connection<Self>>, request: Request<RequestBody>) -> Response<Body> {
        let (mut parts, mut body) = request.into_parts();
        let answer = match parts.uri.path() {
            "/static" => Body::from("hello"),
            "/pooled" => pooled(b"hello"),
            "/pending" => {
                tokio::task::yield_now().await;
                pooled(b"hello")
            }
            "/read" => body
                .read(1024)
                .await
                .map_or_else(|_| Body::empty(), Body::from),
            _ => Body::empty(),
        };
        parts.headers.clear();
        let text = HeaderValue::from_static("text/plain");
        parts.headers.insert(header::CONTENT_TYPE, text);
        let mut response = Response::new(answer);
        *response.headers_mut() = parts.headers;
        response
    }
}

fn pooled(bytes: &[u8]) -> Body {
    let mut buffer = pool::buffer();
    buffer.extend_from_slice(bytes);
    buffer.into()
}

/// Starts a server on a thread of its own, which ends with the process.
fn start(workers: usize) -> SocketAddr {
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
            sender
                .send(listener.local_addr().expect("it is bound"))
                .expect("it is awaited");
            run(
                Arc::new(App),
                listener,
                Limits::default(),
                when(std::future::pending()),
            )
            .await
        })
    });
    receiver.recv().expect("the server starts")
}

/// Sends the request so often, and reads as many bytes as the first answer had each time.
fn send(stream: &mut TcpStream, request: &[u8], answer_len: usize, times: u32) {
    let mut answer = [0; 16 * 1024];
    for _ in 0..times {
        stream.write_all(request).expect("it is sent");
        stream
            .read_exact(&mut answer[..answer_len])
            .expect("it is answered");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
}

/// Counts the allocations of requests 100 to 1100 on one connection.
fn count(address: SocketAddr, request: &str, batch: usize) -> u64 {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_nodelay(true).expect("it is set");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let answer_len = stream.read(&mut [0; 4096]).expect("it is answered") * batch;
    let request = request.repeat(batch);
    send(&mut stream, request.as_bytes(), answer_len, 100);
    let before = ALLOCATIONS.load(Relaxed);
    send(&mut stream, request.as_bytes(), answer_len, 1000);
    ALLOCATIONS.load(Relaxed) - before
}

fn get(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: test/1.0\r\naccept: */*\r\n\
         accept-encoding: gzip, br\r\ncookie: session=0123456789abcdef\r\n\r\n"
    )
}

/// Not a `#[test]`: the harness has a thread of its own, and the counter counts all threads.
fn main() {
    let post = "POST /read HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nbody";
    check(start(1), "static", &get("/static"), 1, 0);
    check(start(1), "pooled", &get("/pooled"), 1, 0);
    check(start(1), "pending once", &get("/pending"), 1, 0);
    check(start(1), "pipelined by 16", &get("/pooled"), 16, 0);
    // hyper's channel between the connection and a body that is read.
    check(start(1), "body read", post, 1, 1000);
    // A task that moves to another worker finds that worker's pool empty, once or twice.
    check(
        start(2),
        "pending once, on two workers",
        &get("/pending"),
        1,
        64,
    );
}

/// Checks that a thousand requests, or batches of them, allocate at most so often.
fn check(address: SocketAddr, name: &str, request: &str, batch: usize, most: u64) {
    let begun = Instant::now();
    let allocations = count(address, request, batch);
    println!(
        "{name}: {allocations} allocations in {} requests",
        1000 * batch
    );
    // With HTTP/2 on, every worker has hyper's `Date` in a new header value once a second.
    let dates = WORKERS * (begun.elapsed().as_secs() + 1);
    assert!(allocations <= most + dates, "{name}: {allocations}");
}
