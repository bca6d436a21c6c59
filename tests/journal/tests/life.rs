//! The journal in an app, from the start of the server to its end.

use std::{
    future::{Future, pending},
    net::SocketAddr,
    time::Duration,
};

use highball::{Config, prelude::*, serve::readyz, testing::Clock};
use journal::{Journal, Latest, Line, Lines, Reader, journaled};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(State)]
struct AppState {
    journal: Journal,
}

#[post("/lines/{line}")]
async fn add(lines: Lines<'_>, line: &str) -> Result<(), Rejection> {
    lines.add(line);
    match line {
        "bad" => Err(Rejection::new(StatusCode::BAD_REQUEST, "a bad line")),
        "panic" => panic!("on purpose"),
        _ => Ok(()),
    }
}

#[derive(Line)]
#[line("ordered {item} for {user}")]
struct Ordered<'r> {
    item: u32,
    user: &'r str,
}

#[post("/orders/{item}/{user}")]
async fn order(lines: Lines<'_>, item: u32, user: &str) {
    lines.add(&Ordered { item, user });
}

#[post("/slow", timeout = secs(5))]
async fn slow(lines: Lines<'_>) {
    lines.add("slow");
    pending::<()>().await;
}

/// The header has the number of lines.
#[guard]
fn reader(cx: &Context<'_>) -> Result<Reader, StatusCode> {
    let limit = cx.header("x-limit").and_then(|limit| limit.parse().ok());
    limit
        .map(|limit| Reader { limit })
        .ok_or(StatusCode::UNAUTHORIZED)
}

#[get("/latest", with(reader))]
async fn latest(latest: Latest) -> Json<Vec<String>> {
    Json(latest.0)
}

#[get("/route", journaled(kind = "route"))]
async fn on_a_route() {}

#[get("/fails/{status}")]
async fn fails(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

#[routes("/group", journaled(kind = "group", only_failures))]
struct Group(fails);

#[routes(app)]
struct Api(
    add,
    order,
    slow,
    latest,
    on_a_route,
    Group,
    #[journal::journaled(kind = "field")] fails,
    readyz,
);

/// A server of the app that has the journal.
struct Server {
    addr: SocketAddr,
    journal: Journal,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    async fn start(config: Config, starting: impl Future<Output = ()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (journal, (stop, stopped)) = (Journal::new(), oneshot::channel());
        let state = AppState {
            journal: journal.clone(),
        };
        let serving = highball::serve(Api)
            .state(state)
            .config(config)
            .install(journal.clone())
            .on_start("app", PATIENCE, async move {
                starting.await;
                Ok(())
            })
            .listen(listener)
            .quiet()
            .stop(async { drop(stopped.await) });
        Self {
            addr,
            journal,
            stop,
            task: tokio::spawn(serving.into_future()),
        }
    }

    /// Sends a request, and returns the response as text.
    async fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.addr).await.expect("it listens");
        let head = format!(
            "{request} HTTP/1.1\r\nhost: a\r\nx-limit: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("a response");
        text
    }

    async fn until_written(&self, line: &str) {
        until(async || self.journal.written().iter().any(|written| written == line)).await;
    }

    async fn end(self) -> Vec<String> {
        self.stop.send(()).ok();
        self.task.await.expect("no panic").expect("it served");
        assert!(!self.journal.is_open());
        self.journal.written()
    }
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("in time");
}

#[tokio::test]
async fn the_start_hook_runs_before_the_port_answers() {
    let (opens, opened) = oneshot::channel();
    let server = Server::start(Config::default(), async { drop(opened.await) }).await;
    let mut asking = Box::pin(server.ask("GET /readyz"));
    let soon = tokio::time::timeout(Duration::from_millis(50), &mut asking);
    assert!(soon.await.is_err(), "it waits for the hooks");
    opens.send(()).expect("it waits");
    let text = asking.await;
    assert!(text.contains("\"journal: store\""), "{text}");
    assert!(server.journal.is_open());
    server.end().await;
}

#[tokio::test]
async fn lines_of_successful_requests_are_written() {
    let server = Server::start(Config::default(), async {}).await;
    for (request, status) in [
        ("POST /lines/bad", "400"),
        ("POST /lines/panic", "500"),
        ("POST /lines/good", "200"),
        ("POST /orders/7/zoe", "200"),
    ] {
        let text = server.ask(request).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
    }
    server.until_written("ordered 7 for zoe").await;
    let text = server.ask("GET /latest").await;
    assert!(text.ends_with(r#"["good","ordered 7 for zoe"]"#), "{text}");
    assert_eq!(server.end().await, ["good", "ordered 7 for zoe", "stop"]);
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_draft() {
    let server = Server::start(Config::default(), async {}).await;
    let left = tokio::time::timeout(Duration::from_millis(50), server.ask("POST /slow")).await;
    assert!(left.is_err(), "it waits");
    server.ask("POST /lines/good").await;
    assert_eq!(server.end().await, ["good", "stop"]);
}

#[tokio::test]
async fn the_task_writes_nothing_new_when_a_stop_begins() {
    let config = Config::default().shutdown_delay(Duration::from_secs(1));
    let server = Server::start(config, async {}).await;
    server.ask("POST /lines/before").await;
    server.until_written("before").await;
    let Server { stop, .. } = server;
    stop.send(()).expect("it serves");
    let server = Server {
        stop: oneshot::channel().0,
        ..server
    };
    until(async || server.ask("GET /readyz").await.starts_with("HTTP/1.1 503 ")).await;
    // The server still accepts. The line stays, and is written at the end.
    let text = server.ask("POST /lines/during").await;
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    assert_eq!(server.journal.written(), ["before"]);
    assert_eq!(server.end().await, ["before", "stop", "during"]);
}

#[tokio::test]
async fn a_timeout_drops_the_draft_and_frees_its_place() {
    let (journal, clock) = (Journal::new(), Clock::new());
    let state = AppState {
        journal: journal.clone(),
    };
    let session = Api.test().state(state).clock(&clock).start();
    // All places are taken. The ninth request waits for half of its time.
    let slow = (0..9).map(|_| session.post("/slow").send());
    let slow: Vec<_> = slow
        .map(|request| tokio::spawn(request.into_future()))
        .collect();
    clock.advance(secs(5)).await;
    let mut busy = 0;
    for request in slow {
        let response = request.await.expect("no panic");
        assert_eq!(response.status(), 503);
        busy += usize::from(response.text().contains("the journal is busy"));
    }
    assert_eq!(busy, 1);
    assert_eq!(session.post("/lines/good").send().await.status(), 200);
}

#[tokio::test]
async fn the_option_is_on_a_route_a_group_and_a_field() {
    let server = Server::start(Config::default(), async {}).await;
    for request in [
        "GET /route",
        "GET /group/fails/200",
        "GET /group/fails/404",
        "GET /fails/204",
    ] {
        server.ask(request).await;
    }
    let lines = [
        "route /route 200",
        "group /group/fails/404 404",
        "field /fails/204 204",
    ];
    assert_eq!(server.end().await[..3], lines);
}

#[test]
fn the_facts_of_the_journal_are_in_the_routes() {
    let facts = |path: &str| {
        let route = Api::ROUTES.iter().find(|route| route.path() == path);
        route.expect("a route").facts()
    };
    assert!(facts("/lines/{line}").surely(Facts::SCOPE));
    assert!(facts("/route").may(Facts::FINISHES));
    assert!(!facts("/latest").may(Facts::WRITES));
}
