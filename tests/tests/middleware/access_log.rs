//! `AccessLog`: the content of a line, sampling, and overload. Requests never wait for the log.

use std::{
    future::IntoFuture,
    sync::{Condvar, Mutex, mpsc},
    time::Duration,
};

use highball::{middleware::AccessLog, prelude::*};

/// The lines that a log has written.
struct Written {
    text: Mutex<String>,
    more: Condvar,
}

impl Written {
    const fn new() -> Self {
        Self {
            text: Mutex::new(String::new()),
            more: Condvar::new(),
        }
    }

    fn add(&self, lines: &[u8]) {
        assert_eq!(lines.last(), Some(&b'\n'), "whole lines only");
        let text = std::str::from_utf8(lines).expect("text");
        self.text.lock().expect("no panic").push_str(text);
        self.more.notify_all();
    }

    /// Waits for this number of lines.
    fn lines(&self, count: usize) -> Vec<String> {
        self.until(|text| text.lines().count() >= count)
    }

    /// Waits until the condition holds, and returns the lines.
    fn until(&self, is_enough: impl Fn(&str) -> bool) -> Vec<String> {
        let text = self.text.lock().expect("no panic");
        let limit = Duration::from_secs(10);
        let (text, _) = self
            .more
            .wait_timeout_while(text, limit, |text| !is_enough(text))
            .expect("no panic");
        text.lines().map(str::to_owned).collect()
    }
}

static LINES: Written = Written::new();
static OBJECTS: Written = Written::new();
static SAMPLED: Written = Written::new();

#[get("/books/{id}")]
async fn book(id: u32, cx: &mut Context<'_>) -> String {
    cx.note("user", "zoe \"z\"\n");
    cx.note("session_token", "hush");
    id.to_string()
}

#[get("/fails")]
async fn fails() -> Rejection {
    Rejection::internal().with_cause("the disk is full")
}

#[get("/panics")]
async fn panics() -> &'static str {
    std::panic::resume_unwind(Box::new("a handler's mistake"))
}

#[get("/health")]
async fn health() {}

#[routes(app, with(AccessLog::line().mask(&["PIN"]).to(|lines| LINES.add(lines))))]
struct Api(book, fails, panics, health);

#[routes(app, with(AccessLog::json().to(|lines| OBJECTS.add(lines))))]
struct JsonApi(book, fails, panics, health);

#[routes(
    app,
    with(AccessLog::json().every(3).skip(&["/health"]).to(|lines| SAMPLED.add(lines)))
)]
struct Sampled(book, fails, panics, health);

fn ending(line: &str) -> &str {
    line.split_once("| GET").expect("the method").1.trim_start()
}

#[tokio::test]
async fn line_format_is_readable() {
    let client = Api.test().start();
    let path = "/books/7?a=1&Token=abc&pin=1234&to%6ben=x&b";
    assert_eq!(client.get(path).send().await.status(), 200);
    assert_eq!(client.get("/books/x").send().await.status(), 400);
    assert_eq!(client.get("/fails").send().await.status(), 500);
    assert_eq!(client.get("/panics").send().await.status(), 500);
    let lines = LINES.lines(4);
    let [fine, refused, failed, panicked] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(fine.starts_with("[highball] 20"), "{fine}");
    assert!(fine.contains("Z | 200 | "), "{fine}");
    assert_eq!(
        ending(fine),
        r#""/books/7?a=1&Token=***&pin=***&to%6ben=***&b" user=zoe \"z\"\n session_token=***"#
    );
    assert_eq!(
        ending(refused),
        r#""/books/x" error="the path parameter `id` must be a `u32`, not `x`""#
    );
    assert_eq!(
        ending(failed),
        r#""/fails" error="something went wrong on our side: the disk is full""#
    );
    assert_eq!(
        ending(panicked),
        r#""/panics" (panicked) error="something went wrong on our side: panicked: a handler's mistake""#
    );
}

#[tokio::test]
async fn json_format_has_one_object_per_line() {
    let client = JsonApi.test().start();
    client.get("/books/7?key=k&page=2").send().await;
    client.get("/fails").send().await;
    client.get("/nowhere").send().await;
    let lines = OBJECTS.lines(3);
    let objects: Vec<Value> = lines
        .iter()
        .map(|line| highball::serde_json::from_str(line).expect("an object"))
        .collect();
    let book = &objects[0];
    for (key, expected) in [
        ("method", json!("GET")),
        ("path", json!("/books/7")),
        ("query", json!("key=***&page=2")),
        ("route", json!("/books/{id}")),
        ("status", json!(200)),
        ("bytes", json!(1)),
        ("outcome", json!("complete")),
        (
            "notes",
            json!({ "user": "zoe \"z\"\n", "session_token": "***" }),
        ),
    ] {
        assert_eq!(book[key], expected, "{key}");
    }
    assert!(book["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{book}");
    assert_eq!(
        objects[1]["errors"],
        json!([{
            "status": 500,
            "detail": "something went wrong on our side",
            "cause": "the disk is full"
        }])
    );
    assert_eq!(objects[2]["status"], 404);
    assert!(objects[2].get("route").is_none());
}

#[tokio::test]
async fn sampling_keeps_every_failure() {
    let client = Sampled.test().start();
    for _ in 0..6 {
        client.get("/books/7").send().await;
        client.get("/health").send().await;
    }
    client.get("/fails").send().await;
    let lines = SAMPLED.lines(3);
    let failures = lines.iter().filter(|line| line.contains("/fails")).count();
    assert_eq!((lines.len(), failures), (3, 1), "{lines:?}");
}

static HELD: Mutex<Option<mpsc::Receiver<()>>> = Mutex::new(None);
static FLOODED: Written = Written::new();

/// A writer that blocks until the test permits it to write.
fn write_late(lines: &[u8]) {
    let held = HELD.lock().expect("no panic").take();
    if let Some(held) = held {
        held.recv().expect("it is let go");
    }
    FLOODED.add(lines);
}

#[routes(app, with(AccessLog::json().to(write_late)))]
struct Flooded(book);

#[tokio::test]
async fn lines_over_the_capacity_are_dropped_and_counted() {
    let (go, held) = mpsc::channel();
    *HELD.lock().expect("no panic") = Some(held);
    let client = Flooded.test().start();
    let path = format!("/books/7?{}", "a".repeat(8000));
    for _ in 0..300 {
        assert_eq!(client.get(&path).send().await.status(), 200);
    }
    go.send(()).expect("it waits");
    let lines = FLOODED.until(|text| text.contains("[highball]"));
    let notice = lines.iter().find(|line| line.starts_with("[highball]"));
    let notice = notice.expect("a line with the number of dropped lines");
    assert!(
        notice.ends_with("lines of the log were dropped: the queue was full"),
        "{notice}"
    );
}

static LAST: Written = Written::new();

fn write_slowly(lines: &[u8]) {
    std::thread::sleep(Duration::from_millis(200));
    LAST.add(lines);
}

#[routes(app, with(AccessLog::line().to(write_slowly)))]
struct Stopped(health);

#[tokio::test]
async fn shutdown_waits_for_the_last_lines() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let request = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("a connection");
        let request = b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
    });
    highball::serve(Stopped)
        .listen(listener)
        .quiet()
        .stop(async { request.await.expect("no panic") })
        .into_future()
        .await
        .expect("a clean stop");
    let text = LAST.text.lock().expect("no panic").clone();
    assert!(text.contains("\"/health\""), "{text}");
    assert!(text.contains("127.0.0.1"), "{text}");
}
