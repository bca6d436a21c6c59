//! An app over real sockets: pipelining, HEAD, limits and disconnects. Requests do not affect each other.

use std::{net::SocketAddr, time::Duration};

use highball::{prelude::*, tokio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[get("/users/{name}")]
async fn show(name: &str) -> String {
    format!("user {name}")
}

#[get("/marked")]
async fn marked(cx: &mut Context<'_>) -> &'static str {
    cx.status(202);
    cx.set_header("x-mark", "secret");
    "marked"
}

#[get("/panic")]
async fn panics(cx: &mut Context<'_>) -> &'static str {
    cx.set_header("x-mark", "secret");
    // `resume_unwind` does not run the panic hook, which would print a message.
    std::panic::resume_unwind(Box::new("stop"))
}

#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

#[get("/slow")]
async fn slow() -> &'static str {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    "slow"
}

#[routes(app)]
struct Api(ping, show, marked, panics, echo, slow);

/// A running server, and the channel that stops it.
struct Server {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api).listen(listener).quiet().stop(async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(serving.into_future());
        Self { addr, stop, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.expect("it listens")
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        let served = timeout(PATIENCE, self.task).await.expect("it stops");
        served.expect("it does not panic").expect("it serves");
    }
}

/// Sends the requests, the last of which closes the connection, and returns all responses.
async fn talk(server: &Server, text: &str) -> String {
    let mut stream = server.connect().await;
    stream.write_all(text.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.expect("it is answered").expect("it is text");
    answer
}

fn request(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: a\r\n{more}\r\n")
}

const CLOSE: &str = "connection: close\r\n";

/// Returns the status lines in order.
fn statuses(answer: &str) -> Vec<&str> {
    answer
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &answer[at + 9..at + 12])
        .collect()
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_around_a_panic() {
    let server = Server::start().await;
    let text = [
        request("GET", "/users/ann", ""),
        request("GET", "/panic", ""),
        request("GET", "/nowhere", ""),
        request("POST", "/ping", ""),
        request("POST", "/echo", "content-length: 4\r\n") + "body",
        request("GET", "/users/bob", CLOSE),
    ]
    .concat();
    let answer = talk(&server, &text).await;
    assert_eq!(
        statuses(&answer),
        ["200", "500", "404", "405", "200", "200"],
        "{answer}"
    );
    let places = [
        "user ann",
        "something went wrong",
        "nowhere",
        "body",
        "user bob",
    ];
    let places = places.map(|text| answer.find(text).expect(text));
    assert!(places.is_sorted(), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn request_leaves_nothing_for_the_next_one() {
    let server = Server::start().await;
    let text = request("GET", "/marked", "x-own: 1\r\n")
        + &request("GET", "/panic", "")
        + &request("GET", "/ping", CLOSE);
    let answer = talk(&server, &text).await;
    assert_eq!(statuses(&answer), ["202", "500", "200"], "{answer}");
    // Headers that a handler set before its panic are in its own response, and in no other.
    assert_eq!(answer.matches("x-mark").count(), 2, "{answer}");
    let last = answer.rfind("HTTP/1.1 200").expect("the last answer");
    assert!(!answer[last..].contains("x-mark"), "{answer}");
    assert!(!answer.contains("x-own"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn head_response_has_a_length_and_no_body() {
    let server = Server::start().await;
    let answer = talk(&server, &request("HEAD", "/ping", CLOSE)).await;
    assert!(answer.contains("content-length: 4\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn options_of_the_server_and_of_a_path_are_answered() {
    let server = Server::start().await;
    let text = request("OPTIONS", "*", "") + &request("OPTIONS", "/echo", CLOSE);
    let answer = talk(&server, &text).await;
    assert_eq!(statuses(&answer), ["204", "204"], "{answer}");
    assert!(answer.contains("allow: POST, OPTIONS\r\n"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn large_body_is_rejected_before_it_is_read() {
    let server = Server::start().await;
    let head = request("POST", "/echo", "content-length: 99000000\r\n");
    let answer = talk(&server, &head).await;
    assert_eq!(statuses(&answer), ["413"], "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn disconnect_does_not_affect_other_clients() {
    let server = Server::start().await;
    for text in [
        "GET /sl",
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf",
    ] {
        let mut stream = server.connect().await;
        stream.write_all(text.as_bytes()).await.expect("it is sent");
        drop(stream);
    }
    let mut waiting = server.connect().await;
    let text = request("GET", "/slow", "");
    waiting
        .write_all(text.as_bytes())
        .await
        .expect("it is sent");
    drop(waiting);
    let answer = talk(&server, &request("GET", "/ping", CLOSE)).await;
    assert!(answer.ends_with("pong"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn http2_works_with_prior_knowledge() {
    let server = Server::start().await;
    let io = hyper_util::rt::TokioIo::new(server.connect().await);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .expect("it speaks HTTP/2");
    let driver = tokio::spawn(connection);
    for (path, status) in [("/users/zo%C3%AB", 200), ("/nowhere", 404), ("/panic", 500)] {
        let uri = format!("http://a{path}");
        let body = http_body_util::Empty::<Bytes>::new();
        let request = http::Request::get(uri).body(body).expect("it is one");
        let response = sender.send_request(request).await.expect("it is answered");
        assert_eq!(response.status(), status, "{path}");
    }
    drop(sender);
    let _ = driver.await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_under_load_finishes_all_open_requests() {
    let server = Server::start().await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut stream = server.connect().await;
        clients.push(tokio::spawn(async move {
            let text = request("GET", "/slow", "");
            let mut answered = 0;
            loop {
                if stream.write_all(text.as_bytes()).await.is_err() {
                    return answered;
                }
                let mut answer = [0; 1024];
                match stream.read(&mut answer).await {
                    // The connection was closed between two requests: the handler of this one has never run.
                    Ok(0) | Err(_) => return answered,
                    Ok(len) => {
                        let answer = std::str::from_utf8(&answer[..len]).expect("it is text");
                        assert!(answer.ends_with("slow"), "half an answer: {answer}");
                        answered += 1;
                        if answer.contains("connection: close") {
                            return answered;
                        }
                    }
                }
            }
        }));
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop().await;
    let mut answered = 0;
    for client in clients {
        answered += timeout(PATIENCE, client)
            .await
            .expect("it ends")
            .expect("it passes");
    }
    assert!(answered >= 20, "only {answered} answers");
}
