//! Events that a server reports to its operator: each failure once, and all other events as counts.

use std::{
    env,
    process::{Command, Output},
    sync::{Arc, Mutex},
    time::Duration,
};

use highball::{Config, middleware::AccessLog, prelude::*, serve::server_counts, tokio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tracing::{Event, Metadata, Subscriber, field, span};

/// The name of the variable that makes this program the child.
const CHILD: &str = "TESTS_EVENTS_CHILD";

#[get("/fails")]
fn fails() -> Result<String, Rejection> {
    Err(Rejection::internal().with_cause("the disk is full"))
}

#[get("/panics")]
fn panics() -> String {
    panic!("an index is wrong")
}

#[post("/echo")]
async fn echo(body: String) -> String {
    body
}

#[routes(app)]
struct Plain(fails, panics, echo);

#[routes(app, with(AccessLog::line()))]
struct Logged(fails, panics);

/// Sends the requests. It does nothing unless this process is the child.
#[test]
fn child() {
    let Ok(app) = env::var(CHILD) else { return };
    highball::block_on(async {
        for path in ["/fails", "/panics"] {
            let status = if app == "plain" {
                Plain.test().get(path).send().await.status()
            } else {
                Logged.test().get(path).send().await.status()
            };
            assert_eq!(status, 500);
        }
        // A separate thread writes the access log.
        tokio::time::sleep(Duration::from_millis(300)).await;
    });
}

fn run_child(app: &str) -> Output {
    let program = env::current_exe().expect("this program");
    Command::new(program)
        .args(["child", "--exact", "--nocapture"])
        .env(CHILD, app)
        .output()
        .expect("it runs")
}

/// Asserts how often the text is on standard error and on standard output.
#[track_caller]
fn check(output: &Output, text: &str, expected: (usize, usize)) {
    let count = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches(text).count();
    let found = (count(&output.stderr), count(&output.stdout));
    assert_eq!(found, expected, "{text}: {output:?}");
}

#[test]
fn failure_is_reported_once() {
    let output = run_child("plain");
    check(&output, "500 at GET /fails: the disk is full", (1, 0));
    check(&output, "the disk is full", (1, 0));
    check(&output, "500 at GET /panics: it panicked", (1, 0));
    // By the panic hook.
    check(&output, "an index is wrong", (1, 0));
}

#[test]
fn failure_in_the_access_log_is_reported_there_only() {
    let output = run_child("logged");
    check(&output, "the disk is full", (0, 1));
    check(&output, "500 at GET", (0, 0));
    check(&output, "\"/panics\" (panicked)", (0, 1));
}

/// A subscriber that keeps the messages of events.
#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

impl field::Visit for Messages {
    fn record_debug(&mut self, field: &field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.lock().expect("no panic").push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "highball"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn subscriber_receives_the_events() {
    let messages = Messages::default();
    tracing::subscriber::with_default(messages.clone(), || {
        highball::block_on(async {
            let response = Plain.test().get("/fails").send().await;
            assert_eq!(response.status(), 500);
        });
    });
    let messages = messages.0.lock().expect("no panic");
    assert_eq!(*messages, ["500 at GET /fails: the disk is full"]);
}

#[tokio::test]
async fn failures_of_clients_are_counted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let moment = Duration::from_millis(50);
    let config = Config::default().head_timeout(moment).body_timeout(moment);
    let serving = highball::serve(Plain)
        .listen(listener)
        .config(config)
        .quiet();
    let server = tokio::spawn(serving);
    let before = server_counts();
    for text in [
        // Half a head.
        "GET /ec",
        // Half a body.
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf",
    ] {
        let mut stream = TcpStream::connect(addr).await.expect("it listens");
        stream.write_all(text.as_bytes()).await.expect("it reads");
        let mut answer = String::new();
        let _reset = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    let after = server_counts();
    assert_eq!(after.slow_bodies, before.slow_bodies + 1);
    assert!(after.cut_connections > before.cut_connections);
    server.abort();
}

/// The other tests of this program have a few connections each, so many of them are opened here.
#[tokio::test]
async fn open_connections_are_counted_until_they_end_or_the_server_is_dropped() {
    async fn wait_until(reached: impl Fn(u64) -> bool) {
        let waiting = async {
            while !reached(server_counts().open_connections) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let limit = Duration::from_secs(20);
        let waited = tokio::time::timeout(limit, waiting).await;
        waited.expect("the number changes");
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let server = tokio::spawn(
        highball::serve(Plain)
            .listen(listener)
            .quiet()
            .into_future(),
    );
    let before = server_counts();
    for ends_first in ["clients", "server"] {
        let mut clients = Vec::new();
        for _ in 0..60 {
            clients.push(TcpStream::connect(addr).await.expect("it listens"));
        }
        wait_until(|open| open >= before.open_connections + 40).await;
        match ends_first {
            "clients" => drop(clients),
            _ => server.abort(),
        }
        wait_until(|open| open < before.open_connections + 20).await;
    }
    let accepted = server_counts().accepted_connections;
    assert!(accepted >= before.accepted_connections + 120, "{accepted}");
}
