//! A request never sees data of another request, regardless of how that one ended.
//!
//! Each request contains a unique token in every part of the request, and its handler stores the token in every part of
//! the context. Between these requests are plain requests, which must not see a token, handlers that panic, clients
//! that disconnect, incomplete heads, and upgrades.

use std::{
    future::IntoFuture,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use highball::{prelude::*, tokio, ws::WebSocketUpgrade};

/// The default number of requests, which `CANARY_REQUESTS` replaces.
const REQUESTS: usize = 100_000;
/// The number of clients, and the number of requests that each sends before it reads.
const CLIENTS: usize = 4;
const BATCH: usize = 50;
/// The number of requests on a connection.
const PER_CONNECTION: usize = 20_000;

#[derive(Local)]
struct Token(String);

#[middleware]
async fn hand_on(cx: &mut Context<'_>, next: impl Next<Token>) -> Response {
    let token = cx.header("x-canary").unwrap_or("none").to_owned();
    cx.note("canary", &token);
    next.with(Token(token)).run(cx).await
}

#[post("/canary/{token}", with(hand_on))]
async fn canary(
    token: &str,
    local: Local<'_, Token>,
    body: String,
    cx: &mut Context<'_>,
) -> Response {
    if token.ends_with('7') {
        tokio::task::yield_now().await;
    }
    cx.status(201);
    cx.set_header("x-seen", token);
    let header = cx.header("x-canary").unwrap_or_default();
    let query = cx.uri().query().unwrap_or_default();
    format!("{token} {} {header} {query} {body}", local.0).into_response()
}

/// Returns everything that it finds, which must be nothing.
#[get("/bare")]
async fn bare(cx: &mut Context<'_>) -> String {
    let header = cx.header("x-canary").unwrap_or("none");
    let query = cx.uri().query().unwrap_or("none");
    let param = cx.param("token").unwrap_or("none");
    format!("{header} {query} {param}")
}

#[get("/panic/{token}")]
async fn panics(token: &str, cx: &mut Context<'_>) -> String {
    cx.status(202);
    cx.set_header("x-seen", token);
    cx.note("canary", token);
    // `resume_unwind` does not run the panic hook, which would print a message.
    std::panic::resume_unwind(Box::new("canary"))
}

#[get("/hang/{token}")]
async fn hang(token: &str, cx: &mut Context<'_>) -> String {
    cx.status(202);
    cx.set_header("x-seen", token);
    cx.note("canary", token);
    std::future::pending().await
}

#[get("/socket/{token}")]
async fn socket(token: &str, upgrade: WebSocketUpgrade, cx: &mut Context<'_>) -> Response {
    cx.set_header("x-socket", token);
    upgrade.on(|socket| async move { drop(socket) })
}

#[routes(app)]
struct Api(canary, bare, panics, hang, socket);

fn start() -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("a port is free");
            sender
                .send(listener.local_addr().expect("it is bound"))
                .expect("it is awaited");
            let serving = highball::serve(Api).listen(listener).quiet();
            serving.into_future().await
        })
    });
    receiver.recv().expect("it starts")
}

/// A kept connection, and the bytes that were read from it.
struct Client {
    addr: SocketAddr,
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).expect("it listens");
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).expect("it can be set");
        Self {
            addr,
            stream,
            read: Vec::new(),
        }
    }

    /// Reads the head and the body of a response.
    fn answer(&mut self) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.read);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let len = head.split_once("content-length: ").map_or(0, |(_, rest)| {
                    let digits = rest.split("\r\n").next().unwrap_or_default();
                    digits.parse().expect("a length")
                });
                if body.len() >= len {
                    let answer = text[..head.len() + 4 + len].to_owned();
                    self.read.drain(..answer.len());
                    return answer;
                }
            }
            let mut more = [0; 16 * 1024];
            let count = self.stream.read(&mut more).expect("it is answered");
            assert_ne!(count, 0, "the server closed");
            self.read.extend_from_slice(&more[..count]);
        }
    }

    /// Sends a request on a new connection, and disconnects.
    fn leave(&self, request: &str) {
        let mut stream = TcpStream::connect(self.addr).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it is sent");
    }

    /// Upgrades a new connection, and disconnects.
    fn upgrade(&self, token: &str) {
        let mut client = Self::connect(self.addr);
        let request = format!(
            "GET /socket/{token} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        client
            .stream
            .write_all(request.as_bytes())
            .expect("it is sent");
        let answer = client.answer();
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(
            answer.contains(&format!("x-socket: {token}\r\n")),
            "{answer}"
        );
        assert_eq!(answer.matches("x-").count(), 1, "{answer}");
    }
}

/// Returns a request and the required response: the status, the headers of the app, and the body.
fn request(token: &str, number: usize) -> (String, String) {
    match number % BATCH {
        // Panics are rare, since each one is reported with a line.
        0 if number.is_multiple_of(BATCH * 200) => (
            format!("GET /panic/{token} HTTP/1.1\r\nhost: a\r\nx-canary: {token}\r\n\r\n"),
            // Headers that the handler set before its panic are in its own response.
            format!("500 {token}"),
        ),
        1 => (
            format!("GET /missing/{token} HTTP/1.1\r\nhost: a\r\nx-canary: {token}\r\n\r\n"),
            "404".to_owned(),
        ),
        turn if turn.is_multiple_of(3) => (
            "GET /bare HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            "200 - none none none".to_owned(),
        ),
        _ => (
            format!(
                "POST /canary/{token}?q={token} HTTP/1.1\r\nhost: a\r\nx-canary: {token}\r\n\
                 content-length: {}\r\n\r\n{token}",
                token.len()
            ),
            format!("201 {token} {token} {token} {token} q={token} {token}"),
        ),
    }
}

/// Converts a response to the form of the required response.
fn seen(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = &head[9..12];
    if status == "404" {
        assert!(!head.contains("x-seen"), "{answer}");
        return status.to_owned();
    }
    let header = head.split_once("x-seen: ").map_or("-", |(_, rest)| {
        rest.split("\r\n").next().unwrap_or_default()
    });
    match status {
        "500" => format!("{status} {header}"),
        _ => format!("{status} {header} {body}"),
    }
}

fn run(addr: SocketAddr, nth: usize, requests: usize) {
    let mut client = Client::connect(addr);
    let mut number = 0;
    while number < requests {
        // The server closes a connection after `max_requests_per_connection` requests.
        if number.is_multiple_of(PER_CONNECTION) {
            client = Client::connect(addr);
        }
        let token = |number| format!("{nth}-{number}");
        let batch: Vec<_> = (number..number + BATCH)
            .map(|number| request(&token(number), number))
            .collect();
        let bytes: String = batch.iter().map(|(request, _)| request.as_str()).collect();
        client
            .stream
            .write_all(bytes.as_bytes())
            .expect("they are sent");
        for (request, expected) in &batch {
            assert_eq!(seen(&client.answer()), *expected, "{request}");
        }
        number += BATCH;
        match number / BATCH % 8 {
            0 => client.leave(&format!(
                "GET /hang/{} HTTP/1.1\r\nhost: a\r\nx-canary: left\r\n\r\n",
                token(number)
            )),
            2 => client.leave("POST /canary/left?q=left HTTP/1.1\r\nhost: a\r\nx-canary: left\r\n"),
            4 => client
                .leave("POST /canary/left HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nleft"),
            6 => client.upgrade(&token(number)),
            _ => {}
        }
    }
}

#[test]
fn no_request_sees_data_of_another() {
    let requests = std::env::var("CANARY_REQUESTS");
    let requests = requests.map_or(REQUESTS, |number| number.parse().expect("a number"));
    let addr = start();
    thread::scope(|scope| {
        for nth in 0..CLIENTS {
            scope.spawn(move || run(addr, nth, requests / CLIENTS));
        }
    });
}
