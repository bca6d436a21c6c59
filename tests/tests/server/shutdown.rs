//! Shutdown with open streams: each stream ends in time, and no written data is lost.

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use futures_util::StreamExt;
use highball::{
    body::{BoxError, produce},
    prelude::*,
    sse::{Event, Sse},
    ws::WebSocketUpgrade,
};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, timeout},
};
use tower_http::compression::CompressionLayer;

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends one event, and then waits forever.
#[get("/events")]
async fn events() -> Sse {
    Sse::new(produce(|events| async move {
        events.send(Event::data("first")).await;
        std::future::pending::<()>().await;
    }))
}

/// Sends events forever, each of which is ready immediately.
#[get("/flood")]
async fn flood() -> Sse {
    Sse::new(produce(|events| async move {
        loop {
            events.send(Event::data("more").retry(secs(7))).await;
            tokio::task::yield_now().await;
        }
    }))
}

/// Sends events until the shutdown, and then ends the stream itself.
#[get("/whole")]
async fn whole() -> Sse {
    let events = produce(|events| async move {
        events.send(Event::data("first")).await;
        events.stopping().await;
        tokio::task::yield_now().await;
        events.send(Event::data("last")).await;
    });
    Sse::new(events).to_the_end()
}

#[get("/lines")]
async fn lines() -> Body {
    Body::stream(produce(|lines| async move {
        lines.send(Ok::<_, BoxError>("first\n")).await;
        lines.stopping().await;
        lines.send(Ok("last\n")).await;
    }))
}

/// Waits in the handler for the shutdown.
#[get("/poll")]
async fn poll(cx: &mut Context<'_>) -> &'static str {
    cx.stopping().await;
    "nothing new"
}

#[get("/socket")]
async fn socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|mut socket| async move {
        let _ = socket.send("first").await;
        while socket.recv().await.is_ok() {}
    })
}

/// Only sends messages, and ignores errors until the WebSocket is closed.
#[get("/sender")]
async fn sender(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|mut socket| async move {
        let closed = loop {
            if let Err(closed) = socket.send("tick").await {
                break closed;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(closed.code(), 1001);
    })
}

#[routes(app)]
struct Api(events, flood, whole, lines, poll, socket, sender, Layered);

/// The layer wraps bodies in its own type, even if it does not compress them.
#[routes("/layered", with(layer(CompressionLayer::new())))]
struct Layered(events, lines);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<highball::Result>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let server = highball::serve(Api).listen(listener).quiet().stop(async {
            let _ = stopped.await;
        });
        let ended = tokio::spawn(server.into_future());
        Self {
            address,
            stop,
            ended,
        }
    }

    /// Sends a request with HTTP/1.1, and reads until the response contains this text.
    async fn open(&self, path: &str, until: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut said = String::new();
        while !said.contains(until) {
            let mut piece = [0; 4096];
            let len = timeout(PATIENCE, stream.read(&mut piece)).await;
            let len = len.expect("it is answered").expect("it is open");
            assert!(len > 0, "{said}");
            said += std::str::from_utf8(&piece[..len]).expect("it is text");
        }
        (stream, said)
    }

    /// Stops the server, and asserts that this takes at most a second.
    async fn stop(self) {
        let begun = Instant::now();
        self.stop.send(()).expect("it runs");
        let ended = timeout(PATIENCE, self.ended).await.expect("it stops");
        ended.expect("no panic").expect("a clean stop");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

async fn rest(mut stream: TcpStream) -> String {
    let mut said = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut said)).await;
    read.expect("it ends").expect("it ends well");
    said
}

#[tokio::test]
async fn http1_streams_end_with_the_last_chunk() {
    let server = Server::start().await;
    let (events, _) = server.open("/events", "data: first\n\n").await;
    let (whole, _) = server.open("/whole", "data: first\n\n").await;
    let (lines, _) = server.open("/lines", "first\n").await;
    let mut poll = TcpStream::connect(server.address)
        .await
        .expect("it listens");
    let request = b"GET /poll HTTP/1.1\r\nhost: a\r\n\r\n";
    poll.write_all(request).await.expect("it is sent");
    // A response to a later request shows that the earlier request was read.
    server.open("/missing", "404").await;
    server.stop().await;
    assert_eq!(rest(events).await, "D\r\nretry: 1000\n\n\r\n0\r\n\r\n");
    assert_eq!(rest(whole).await, "C\r\ndata: last\n\n\r\n0\r\n\r\n");
    assert_eq!(rest(lines).await, "5\r\nlast\n\r\n0\r\n\r\n");
    let answer = rest(poll).await;
    assert!(answer.ends_with("\r\n\r\nnothing new"), "{answer}");
}

#[tokio::test]
async fn endless_events_are_ended_and_keep_their_retry() {
    let server = Server::start().await;
    let (flood, _) = server.open("/flood", "data: more\n").await;
    let reading = tokio::spawn(rest(flood));
    server.stop().await;
    let said = reading.await.expect("no panic");
    assert!(said.ends_with("data: more\nretry: 7000\n\n\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn http2_streams_end() {
    let server = Server::start().await;
    let stream = TcpStream::connect(server.address)
        .await
        .expect("it listens");
    let executor = TokioExecutor::new();
    let shaken = hyper::client::conn::http2::handshake(executor, TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.expect("they shake hands");
    let driving = tokio::spawn(connection);
    let mut open = Vec::new();
    for (path, first, last) in [
        ("/events", "data: first\n\n", "retry: 1000\n\n"),
        ("/whole", "data: first\n\n", "data: last\n\n"),
        ("/lines", "first\n", "last\n"),
    ] {
        let uri = format!("http://a{path}");
        let request = http::Request::get(uri).body(Empty::<Bytes>::new());
        let answer = sender.send_request(request.expect("a request")).await;
        let mut body = answer.expect("it is answered").into_body();
        let piece = body.frame().await.expect("a piece").expect("it is open");
        assert_eq!(piece.into_data().expect("data"), first);
        open.push((body, last));
    }
    let reading = tokio::spawn(async move {
        for (body, last) in open {
            // A stream that is reset would be an error here.
            let rest = timeout(PATIENCE, body.collect()).await.expect("it ends");
            assert_eq!(rest.expect("it ends well").to_bytes(), last);
        }
    });
    server.stop().await;
    reading.await.expect("no panic");
    driving.await.expect("no panic").expect("it is closed");
}

#[tokio::test]
async fn websockets_get_a_close_frame() {
    let server = Server::start().await;
    let url = format!("ws://{}/socket", server.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(url)
        .await
        .expect("a WebSocket");
    let first = socket.next().await.expect("a message").expect("it is open");
    assert_eq!(first.into_text().expect("text").as_str(), "first");
    let reading = tokio::spawn(async move {
        let close = socket.next().await.expect("a goodbye").expect("it is open");
        while let Some(Ok(_)) = socket.next().await {}
        close.to_string()
    });
    server.stop().await;
    assert_eq!(reading.await.expect("no panic"), "the server stops");
}

#[tokio::test]
async fn websocket_that_only_sends_is_closed() {
    let server = Server::start().await;
    let url = format!("ws://{}/sender", server.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(url)
        .await
        .expect("a WebSocket");
    let first = socket.next().await.expect("a message").expect("it is open");
    assert_eq!(first.into_text().expect("text").as_str(), "tick");
    let reading = tokio::spawn(async move {
        let mut last = None;
        while let Some(Ok(message)) = socket.next().await {
            last = Some(message);
        }
        last.expect("a goodbye").to_string()
    });
    server.stop().await;
    assert_eq!(reading.await.expect("no panic"), "the server stops");
}

/// The body of a layer forwards nothing except polls, so the signal must reach the stream in another way.
#[tokio::test]
async fn stream_inside_a_wrapped_body_is_ended() {
    let session = Api.test().start();
    for path in ["/layered/events", "/layered/lines"] {
        let request = session.get(path).header("accept-encoding", "gzip");
        let mut stream = request.send_streaming().await;
        let reading = tokio::spawn(async move {
            let mut read = 0;
            while let Some(piece) = stream.next_chunk().await {
                read += piece.len();
            }
            read
        });
        let other = Api.test().start();
        other.stop();
        assert!(!reading.is_finished(), "{path}");
        session.stop();
        let read = timeout(PATIENCE, reading).await.expect("it ends");
        assert!(read.expect("no panic") > 0, "{path}");
    }
}

/// A client that reads nothing sends no close frame, and receives none.
#[tokio::test]
async fn stalled_websockets_do_not_delay_shutdown() {
    let server = Server::start().await;
    let mut clients = Vec::new();
    for path in ["/socket", "/sender"] {
        let handshake = format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("it listens");
        stream
            .write_all(handshake.as_bytes())
            .await
            .expect("it is sent");
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("it is answered");
        assert_eq!(&head, b"HTTP/1.1 101");
        clients.push(stream);
    }
    server.stop().await;
    drop(clients);
}

#[tokio::test]
async fn test_client_can_stop_an_app() {
    let session = Api.test().start();
    let answer = session.get("/lines").send();
    let (answer, ()) = tokio::join!(answer, async { session.stop() });
    assert_eq!(answer.text(), "first\nlast\n");
    assert_eq!(session.get("/poll").send().await.text(), "nothing new");
}
