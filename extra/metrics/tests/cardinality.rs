//! Clients that invent paths and methods, over real connections. It is alone in its program, since it reads the memory.

mod common;

use common::{Running, series, value};
use highball::prelude::*;
use highball_metrics::{Exporter, measured, metrics};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The requests that are sent before a response is read.
const AT_ONCE: usize = 100;
const PATHS: usize = 100_000;
const METHODS: usize = 50;
/// Allocators keep some memory. A series for each path would take a hundred times as much.
const GROWTH: f64 = 8.0 * 1024.0 * 1024.0;

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

#[get("/users/{name}")]
async fn user(name: &str) -> String {
    name.to_owned()
}

#[routes(app, admin = exposed("a test"), with(measured))]
struct Api(user, metrics);

/// Sends requests with numbers in their paths and methods over one connection.
async fn send(running: &Running, numbers: std::ops::Range<usize>) {
    let mut stream = TcpStream::connect(running.addr).await.expect("it listens");
    let mut left = numbers.clone();
    let mut received = Vec::new();
    for _ in 0..numbers.len() / AT_ONCE {
        let requests = left.by_ref().take(AT_ONCE).map(|number| {
            let method = match number % 2 {
                0 => "GET".to_owned(),
                _ => format!("M{}", number % METHODS),
            };
            let path = match number % 3 {
                0 => format!("/users/{number}"),
                _ => format!("/{number}/.env?id={number}"),
            };
            format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
        });
        let requests: String = requests.collect();
        stream
            .write_all(requests.as_bytes())
            .await
            .expect("it reads");
        received.clear();
        while count(&received) < AT_ONCE {
            let size = stream.read_buf(&mut received).await.expect("it answers");
            assert!(size > 0, "the connection has ended");
        }
    }
}

/// Counts the status lines of responses.
fn count(received: &[u8]) -> usize {
    let line = b"HTTP/1.1 ";
    received
        .windows(line.len())
        .filter(|text| text == line)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invented_paths_and_methods_take_no_memory() {
    let exporter = Exporter::new().skip_probes();
    let state = AppState {
        exporter: exporter.clone(),
    };
    let running = Running::start(highball::serve(Api).state(state).install(exporter)).await;
    // Buffers and threads have their sizes after this.
    send(&running, 0..PATHS / 10).await;
    let before = running.send("GET /metrics").await;
    send(&running, PATHS / 10..PATHS + PATHS / 10).await;
    let after = running.send("GET /metrics").await;
    let all = |text: &str| text.lines().count();
    assert_eq!(all(&before), all(&after), "the number of series");
    let counts = series(&after, "http_server_request_duration_seconds_count");
    assert_eq!(counts.len(), 2, "one of the route, one of all others");
    let requests = common::sum(&after, "http_server_request_duration_seconds_count");
    assert_eq!(requests as usize, PATHS + PATHS / 10);
    if cfg!(target_os = "linux") {
        let rss = |text| value(text, "process_resident_memory_bytes");
        let grown = rss(&after) - rss(&before);
        println!("{PATHS} requests: {:.1} KiB more memory", grown / 1024.0);
        assert!(grown < GROWTH, "{grown} bytes more");
    }
    running.stop().await;
}
