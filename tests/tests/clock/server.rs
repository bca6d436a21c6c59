//! Timeouts of connections and of the shutdown, over real sockets.

use std::{
    future::IntoFuture,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use highball::{
    Config,
    body::{BoxError, produce},
    prelude::*,
    serve::Serve,
    testing::Clock,
    tokio,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::{around, soon};

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

/// Never ends.
#[get("/stuck")]
async fn stuck() {
    std::future::pending().await
}

/// A stream without an end. It counts itself as cut when it is dropped.
#[get("/endless")]
async fn endless() -> Body {
    Body::stream(produce(|pieces| async move {
        let _cut = Cut;
        loop {
            pieces.send(Ok::<_, BoxError>(vec![b'x'; 16 * 1024])).await;
        }
    }))
}

struct Cut;

impl Drop for Cut {
    fn drop(&mut self) {
        CUT.fetch_add(1, SeqCst);
    }
}

static CUT: AtomicUsize = AtomicUsize::new(0);

#[routes(app)]
pub(crate) struct Api(ping, echo, stuck, endless, highball::serve::readyz);

pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    pub(crate) clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    pub(crate) async fn start(config: Config) -> Self {
        Self::with(|serve| serve.config(config)).await
    }

    pub(crate) async fn with(change: impl FnOnce(Serve<Api>) -> Serve<Api>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let clock = Clock::new();
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api).quiet().clock(&clock).listen(listener);
        let serving = change(serving).stop(async {
            let _ = stopped.await;
        });
        Self {
            addr,
            clock,
            stop: Some(stop),
            task: tokio::spawn(serving.into_future()),
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.addr).await.expect("it listens"))
    }

    /// Requests a stop, and lets the server notice it.
    pub(crate) async fn begin_stop(&mut self) {
        let stop = self.stop.take().expect("the first stop");
        stop.send(()).expect("it runs");
        self.clock.advance(Duration::ZERO).await;
    }

    pub(crate) async fn ended(self) -> highball::Result {
        soon(self.task).await.expect("no panic")
    }
}

pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("it is sent");
    }

    /// Sends a GET and reads its response, which ends with this text.
    pub(crate) async fn get(&mut self, path: &str, end: &str) -> String {
        self.send(&get(path)).await;
        let mut answer = Vec::new();
        while !answer.ends_with(end.as_bytes()) {
            let read = soon(self.0.read_buf(&mut answer))
                .await
                .expect("it is open");
            assert!(read > 0, "{}", answer.escape_ascii());
        }
        String::from_utf8(answer).expect("it is text")
    }

    /// Reads in a task until the server closes.
    fn rest(mut self) -> JoinHandle<String> {
        tokio::spawn(async move {
            let mut answer = Vec::new();
            // A reset ends it, too.
            let _ = self.0.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        })
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")
}

/// Asserts that a connection is closed after exactly this time, and returns what was sent before.
async fn closed_after(server: &Server, client: Client, time: Duration) -> String {
    let rest = client.rest();
    let closed = around(&server.clock, time, || rest.is_finished()).await;
    assert_eq!(closed, [false, true]);
    rest.await.expect("no panic")
}

#[tokio::test]
async fn a_client_that_sends_nothing_is_disconnected() {
    let server = Server::start(Config::default().head_timeout(secs(10))).await;
    let client = server.connect().await;
    assert_eq!(closed_after(&server, client, secs(10)).await, "");
}

/// The time counts from the first byte, so that a client cannot extend it by single bytes.
#[tokio::test]
async fn a_slow_head_is_408() {
    let server = Server::start(Config::default().head_timeout(secs(10))).await;
    let mut client = server.connect().await;
    client.get("/ping", "pong").await;
    server.clock.advance(secs(60)).await;
    for piece in ["GET", " /ping", " HTTP/1.1\r\n"] {
        client.send(piece).await;
        server.clock.advance(secs(3)).await;
    }
    let answer = closed_after(&server, client, secs(1)).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Server::start(Config::default().idle_timeout(secs(75))).await;
    let mut client = server.connect().await;
    // Each request begins the time again. After 3 s the connection drops its state, and makes it again.
    for pause in [1, 2, 74] {
        client.get("/ping", "pong").await;
        server.clock.advance(secs(pause)).await;
    }
    client.get("/ping", "pong").await;
    assert_eq!(closed_after(&server, client, secs(75)).await, "");
}

#[tokio::test]
async fn an_idle_http2_connection_is_closed() {
    let config = Config::default()
        .idle_timeout(secs(75))
        .head_timeout(secs(10));
    let server = Server::start(config).await;
    let mut client = server.connect().await;
    // The preface with empty settings, and the acknowledgement of the server's.
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0];
    client.0.write_all(&settings).await.expect("it is sent");
    server.clock.advance(Duration::ZERO).await;
    let rest = client.rest();
    // GOAWAY comes after the idle time. A client that does not close then is closed later.
    let closed = around(&server.clock, secs(75), || rest.is_finished()).await;
    assert_eq!(closed, [false, false]);
    assert_eq!(
        around(&server.clock, secs(10), || rest.is_finished()).await,
        [false, true]
    );
}

#[tokio::test]
async fn a_body_that_stops_is_408() {
    let server = Server::start(Config::default()).await;
    let mut client = server.connect().await;
    client
        .send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf")
        .await;
    let rest = client.rest();
    server.clock.advance(secs(10) - millis(1)).await;
    assert!(!rest.is_finished());
    server.clock.advance(millis(1)).await;
    let answer = soon(rest).await.expect("no panic");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut() {
    let server = Server::start(Config::default().write_timeout(secs(30))).await;
    let mut client = server.connect().await;
    client.send(&get("/endless")).await;
    // The server fills the buffers of both sockets.
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    let before = CUT.load(SeqCst);
    let cut = around(&server.clock, secs(30), || CUT.load(SeqCst) > before).await;
    assert_eq!(cut, [false, true]);
}

#[tokio::test]
async fn a_handler_may_take_longer_than_the_timeouts_of_its_connection() {
    let server = Server::start(Config::default()).await;
    let mut client = server.connect().await;
    client.send(&get("/stuck")).await;
    let rest = client.rest();
    server.clock.advance(secs(7200)).await;
    assert!(!rest.is_finished());
}

#[tokio::test]
async fn results_of_checks_are_reused_for_a_second() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let server = Server::with(|serve| {
        serve.check("database", secs(1), move || {
            counted.fetch_add(1, SeqCst);
            async { Ok(()) }
        })
    })
    .await;
    let mut client = server.connect().await;
    for (pause, expected) in [(0, 1), (999, 1), (1, 2), (500, 2), (1000, 3)] {
        server.clock.advance(millis(pause)).await;
        client.get("/readyz", "}").await;
        assert_eq!(calls.load(SeqCst), expected, "{pause}");
    }
}

#[tokio::test]
async fn a_check_fails_after_its_time() {
    let server = Server::with(|serve| serve.check("slow", secs(2), std::future::pending)).await;
    let mut client = server.connect().await;
    let asking = tokio::spawn(async move { client.get("/readyz", "}").await });
    let answered = around(&server.clock, secs(2), || asking.is_finished()).await;
    assert_eq!(answered, [false, true]);
    let answer = asking.await.expect("no panic");
    assert!(answer.contains(r#""slow":"failed""#), "{answer}");
}

#[tokio::test]
async fn requests_are_accepted_until_the_shutdown_delay_is_over() {
    let config = Config::default().shutdown_delay(secs(15));
    let mut server = Server::start(config).await;
    let mut client = server.connect().await;
    client.get("/ping", "pong").await;
    server.begin_stop().await;
    assert!(
        client
            .get("/readyz", "}")
            .await
            .starts_with("HTTP/1.1 503 ")
    );
    assert_eq!(closed_after(&server, client, secs(15)).await, "");
    server.ended().await.expect("it served");
}

/// A request that arrives while the server closes an idle connection is lost, so kept connections end before that.
#[tokio::test]
async fn responses_close_connections_in_the_second_half_of_the_delay() {
    let mut server = Server::start(Config::default().shutdown_delay(secs(10))).await;
    let (mut busy, mut last) = (server.connect().await, server.connect().await);
    server.begin_stop().await;
    server.clock.advance(millis(4_900)).await;
    let answer = busy.get("/ping", "pong").await;
    assert!(!answer.contains("connection: close"), "{answer}");
    server.clock.advance(millis(200)).await;
    for client in [&mut busy, &mut last] {
        let answer = client.get("/ping", "pong").await;
        assert!(answer.contains("connection: close"), "{answer}");
    }
    // It still accepts connections.
    let answer = server.connect().await.get("/ping", "pong").await;
    assert!(answer.contains("connection: close"), "{answer}");
    server.clock.advance(secs(5)).await;
    server.ended().await.expect("it served");
}

#[tokio::test]
async fn a_shutdown_cuts_what_is_open_after_its_time() {
    let mut server = Server::start(Config::default().shutdown_timeout(secs(30))).await;
    let mut client = server.connect().await;
    client.send(&get("/stuck")).await;
    server.begin_stop().await;
    assert_eq!(closed_after(&server, client, secs(30)).await, "");
    server.ended().await.expect("it served");
}

/// At a stop, a connection without a request is closed after a second.
#[tokio::test]
async fn a_shutdown_waits_shortly_for_a_first_request() {
    let mut server = Server::start(Config::default()).await;
    let client = server.connect().await;
    server.begin_stop().await;
    assert_eq!(closed_after(&server, client, secs(1)).await, "");
    server.ended().await.expect("it served");
}

#[tokio::test]
async fn hooks_have_their_time() {
    let server =
        Server::with(|serve| serve.on_start("migrations", secs(9), std::future::pending())).await;
    let ended = around(&server.clock, secs(9), || server.task.is_finished()).await;
    assert_eq!(ended, [false, true]);
    let error = server.ended().await.expect_err("the hook takes too long");
    assert_eq!(
        error.to_string(),
        "the start hook `migrations` took longer than 9s"
    );
}
