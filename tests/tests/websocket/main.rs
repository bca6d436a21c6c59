//! WebSockets over real sockets.

mod frames;

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use highball::{middleware::millis, prelude::*, ws::WebSocketUpgrade};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

#[get("/echo")]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message(10).on(|mut socket| async move {
        while let Ok(message) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

#[get("/shop")]
async fn shop(upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .origins(&["https://shop.example"])
        .on(|socket| socket.close(1000, ""))
}

#[get("/open")]
async fn open(upgrade: WebSocketUpgrade) -> Response {
    upgrade.any_origin().on(|socket| socket.close(1000, ""))
}

#[guard]
fn token(token: Bearer) -> Result<(), StatusCode> {
    match token.is("secret") {
        true => Ok(()),
        false => Err(StatusCode::FORBIDDEN),
    }
}

#[get("/guarded", with(token))]
async fn guarded(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|mut socket| async move {
        let _ = socket.send("welcome").await;
        socket.close(1000, "").await;
    })
}

#[routes(app)]
struct Api(echo, shop, open, guarded, spoken, full, asking);

#[get("/full")]
async fn full(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|socket| socket.close(4001, "the room is full"))
}

/// Sends pings after a short time, and records why the WebSocket has ended.
#[get("/asking/{patience}")]
async fn asking(patience: u64, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.keep_alive(millis(20), millis(patience));
    upgrade.on(|mut socket| async move {
        let closed = socket.recv().await.expect_err("nothing comes");
        let _ = ASKED.send_replace(closed.reason().to_owned());
    })
}

static ASKED: std::sync::LazyLock<tokio::sync::watch::Sender<String>> =
    std::sync::LazyLock::new(|| tokio::sync::watch::Sender::new(String::new()));

#[tokio::test]
async fn client_without_pongs_is_disconnected() {
    let server = start().await;
    let mut told = ASKED.subscribe();
    // This client responds to no ping, since it does not read.
    let silent = server.connect("/asking/50", &[]).await;
    let silent = silent.expect("a WebSocket");
    let waited = timeout(Duration::from_secs(20), told.changed()).await;
    waited.expect("a change in time").expect("it is there");
    assert_eq!(
        *told.borrow_and_update(),
        "the client did not respond to a ping"
    );
    drop(silent);
    // This client reads, and thus responds to each ping.
    let answering = server.connect("/asking/20000", &[]).await;
    let mut answering = answering.expect("a WebSocket");
    for _ in 0..5 {
        let ping = answering.next().await.expect("a ping").expect("it is open");
        assert!(ping.is_ping(), "{ping}");
    }
    assert!(!told.has_changed().expect("it is there"));
}

#[tokio::test]
async fn client_gets_the_close_code_and_reason() {
    let server = start().await;
    let mut socket = server.connect("/full", &[]).await.expect("a WebSocket");
    let Some(Ok(Message::Close(Some(frame)))) = socket.next().await else {
        panic!("no goodbye");
    };
    assert_eq!(u16::from(frame.code), 4001);
    assert_eq!(frame.reason.as_str(), "the room is full");
}

/// RFC 6455 §4.2.2: a server selects a protocol that the client offers, or omits the header.
#[tokio::test]
async fn protocol_that_is_not_offered_is_not_selected() {
    let session = Api.test().start();
    for (offers, chosen) in [
        (&[][..], None),
        (&["other"][..], None),
        (&["NEW"][..], None),
        (&["other", "old , x"][..], Some("old")),
        (&["old", "new"][..], Some("new")),
    ] {
        let mut request = session.get("/spoken");
        for offer in offers {
            request = request.header("sec-websocket-protocol", *offer);
        }
        let mut socket = request.websocket().await.expect("a WebSocket");
        assert_eq!(socket.protocol(), chosen, "{offers:?}");
        let said = socket.recv().await.expect("a message");
        assert_eq!(said, highball::ws::Message::from(chosen.unwrap_or("none")));
    }
}

/// Sends the selected protocol, and then records the close frame.
#[get("/spoken")]
async fn spoken(upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.protocols(["new", "old"]);
    let chosen = upgrade.protocol().unwrap_or("none").to_owned();
    upgrade.on(|mut socket| async move {
        let _ = socket.send(chosen).await;
        let closed = socket.recv().await.expect_err("a goodbye");
        let _ = CLOSED.send_replace((closed.code(), closed.reason().to_owned()));
    })
}

static CLOSED: std::sync::LazyLock<tokio::sync::watch::Sender<(u16, String)>> =
    std::sync::LazyLock::new(|| tokio::sync::watch::Sender::new((0, String::new())));

#[tokio::test]
async fn protocols_are_selected_and_close_frames_returned() {
    let server = start().await;
    let name = "sec-websocket-protocol";
    for (offered, chosen) in [
        (vec![(name, "old, new")], "new"),
        (vec![(name, "other,old")], "old"),
    ] {
        let mut socket = server
            .connect("/spoken", &offered)
            .await
            .expect("a WebSocket");
        let said = socket.next().await.expect("an answer").expect("a message");
        assert_eq!(said, Message::text(chosen));
        let mut closed = CLOSED.subscribe();
        let frame = tokio_tungstenite::tungstenite::protocol::CloseFrame {
            code: CloseCode::Library(4001),
            reason: chosen.into(),
        };
        socket.close(Some(frame)).await.expect("a goodbye");
        let waited = closed.wait_for(|closed| *closed == (4001, chosen.to_owned()));
        let waited = timeout(Duration::from_secs(20), waited).await;
        drop(waited.expect("a change in time").expect("it is there"));
    }
}

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<highball::Result>,
}

async fn start() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = highball::serve(Api).listen(listener).quiet().stop(async {
        let _ = stopped.await;
    });
    let ended = tokio::spawn(server.into_future());
    Server {
        address,
        stop,
        ended,
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Server {
    async fn connect(&self, path: &str, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
        let request = format!("ws://{}{path}", self.address).into_client_request();
        let mut request = request.expect("a request");
        for (name, value) in headers {
            let value = value.parse().expect("a value");
            request.headers_mut().insert(*name, value);
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Reads until the close frame, and returns its code.
async fn goodbye(socket: &mut Socket) -> Option<CloseCode> {
    let mut code = None;
    // The last read sends the client's own close frame.
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(Some(frame)) = message {
            code = Some(frame.code);
        }
    }
    code
}

#[tokio::test]
async fn messages_are_sent_and_received() {
    let server = start().await;
    let mut socket = server.connect("/echo", &[]).await.expect("a WebSocket");
    for message in [
        Message::text("hello"),
        Message::text(""),
        Message::binary(vec![0, 255]),
    ] {
        socket.send(message.clone()).await.expect("it is sent");
        assert_eq!(
            socket.next().await.expect("an answer").expect("a message"),
            message
        );
    }
    socket
        .send(Message::Ping(Bytes::from_static(b"p")))
        .await
        .expect("it is sent");
    let pong = socket.next().await.expect("an answer").expect("a message");
    assert_eq!(pong, Message::Pong(Bytes::from_static(b"p")));
    socket.close(None).await.expect("a goodbye");
    let last = socket.next().await;
    assert!(matches!(last, Some(Ok(Message::Close(_)))), "{last:?}");
}

#[tokio::test]
async fn too_long_message_closes_the_websocket() {
    let server = start().await;
    let mut socket = server.connect("/echo", &[]).await.expect("a WebSocket");
    socket
        .send(Message::text("12345678901"))
        .await
        .expect("it is sent");
    assert_eq!(goodbye(&mut socket).await, Some(CloseCode::Size));
}

#[tokio::test]
async fn only_allowed_origins_can_connect() {
    let server = start().await;
    let own = format!("http://{}", server.address);
    for (path, origin, expected) in [
        ("/echo", own.as_str(), Ok(())),
        ("/echo", "https://evil.example", Err(403)),
        ("/echo", "null", Err(403)),
        ("/shop", "https://shop.example", Ok(())),
        ("/shop", own.as_str(), Ok(())),
        ("/shop", "https://evil.example", Err(403)),
        ("/open", "https://evil.example", Ok(())),
    ] {
        let connected = server.connect(path, &[("origin", origin)]).await;
        assert_eq!(connected.map(|_| ()), expected, "{path} {origin}");
    }
    assert_eq!(server.connect("/guarded", &[]).await.map(|_| ()), Err(401));
    let token = [("authorization", "Bearer secret")];
    let mut socket = server
        .connect("/guarded", &token)
        .await
        .expect("a WebSocket");
    let welcome = socket.next().await.expect("an answer").expect("a message");
    assert_eq!(welcome, Message::text("welcome"));
    assert_eq!(goodbye(&mut socket).await, Some(CloseCode::Normal));
}

#[tokio::test]
async fn invalid_handshake_is_rejected_with_a_reason() {
    let server = start().await;
    let whole = "GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    for (from, to, status) in [
        ("", "", "101"),
        ("connection: upgrade\r\n", "", "426"),
        ("upgrade: websocket", "upgrade: h2c", "426"),
        ("version: 13", "version: 8", "426"),
        ("sec-websocket-version: 13\r\n", "", "426"),
        ("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA", "400"),
        ("sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", "", "400"),
        ("GET", "HEAD", "400"),
    ] {
        let request = whole.replacen(from, to, 1);
        let request = if from.is_empty() {
            whole.to_owned()
        } else {
            request
        };
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("a connection");
        let bytes = format!("{request}\r\n");
        stream
            .write_all(bytes.as_bytes())
            .await
            .expect("it is sent");
        let mut answer = [0; 256];
        let len = stream.read(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..len]);
        assert_eq!(answer.get(9..12), Some(status), "{from}: {answer}");
    }
    let response = Api.test().get("/echo").send().await;
    assert_eq!(response.status(), 426);
    assert_eq!(response.header(header::UPGRADE), "websocket");
}

#[tokio::test]
async fn shutdown_sends_a_close_frame() {
    let server = start().await;
    let mut socket = server.connect("/echo", &[]).await.expect("a WebSocket");
    socket
        .send(Message::text("hello"))
        .await
        .expect("it is sent");
    let echo = socket.next().await.expect("an answer").expect("a message");
    assert_eq!(echo, Message::text("hello"));
    server.stop.send(()).expect("the server runs");
    assert_eq!(goodbye(&mut socket).await, Some(CloseCode::Away));
    server.ended.await.expect("no panic").expect("a clean stop");
}

/// The server does not queue pongs without limit: it stops reading while it cannot write.
#[tokio::test]
async fn unread_pongs_stop_the_reading_of_pings() {
    let server = start().await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("it may be small");
    let mut stream = socket.connect(server.address).await.expect("it listens");
    let request = b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request).await.expect("it is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("it is answered"));
    }
    // A final ping of ten bytes with a mask of zeros.
    let ping = [&[0x89, 0x80 | 10, 0, 0, 0, 0][..], &[b'x'; 10]].concat();
    let batch = ping.repeat(4000);
    let (begun, mut sent) = (Instant::now(), 0);
    // The server stops reading once the buffers of both sockets are full.
    while let Ok(taken) = timeout(
        Duration::from_secs(1),
        stream.write(&batch[sent % ping.len()..]),
    )
    .await
    {
        sent += taken.expect("it is open");
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it reads for ever"
        );
    }
    drop(stream);
    server.stop.send(()).expect("the server runs");
    server.ended.await.expect("no panic").expect("a clean stop");
}
