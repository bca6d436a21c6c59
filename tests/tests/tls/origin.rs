//! The origin of a request over TLS, with HTTP/1 and HTTP/2.

use std::{future::IntoFuture, net::SocketAddr};

use highball::{Bytes, prelude::*, serve::Listener, tokio, ws::WebSocketUpgrade};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::{certificate_authority::Authority, connect, soon};

#[get("/origin")]
async fn origin(cx: &Context<'_>) -> String {
    cx.origin()
        .map(|origin| origin.to_string())
        .unwrap_or_default()
}

#[get("/socket")]
async fn socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|socket| socket.close(1000, ""))
}

#[routes(app)]
struct Api(origin, socket);

async fn start(authority: &Authority) -> (SocketAddr, JoinHandle<highball::Result>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = highball::serve(Api)
        .listen(Listener::from(listener).tls(authority.tls()))
        .quiet()
        .stop(std::future::pending());
    (address, tokio::spawn(server.into_future()))
}

#[tokio::test]
async fn page_of_the_same_host_can_connect_over_tls() {
    let authority = Authority::new();
    let (address, server) = start(&authority).await;
    for (host, origin, status) in [
        ("a.example", "https://a.example", "101"),
        ("a.example:443", "https://a.example", "101"),
        ("A.Example", "https://a.example", "101"),
        ("a.example", "https://a.example:443", "101"),
        ("a.example:8443", "https://a.example:8443", "101"),
        ("a.example:8443", "https://a.example", "403"),
        ("a.example", "http://a.example", "403"),
        ("a.example:80", "https://a.example", "403"),
        ("a.example", "https://b.example", "403"),
    ] {
        let stream = connect(&authority, address, &["http/1.1"], None).await;
        let mut stream = stream.expect("a connection");
        let head = format!(
            "GET /socket HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = [0; 12];
        soon(stream.read_exact(&mut answer))
            .await
            .expect("an answer");
        assert_eq!(&answer[9..], status.as_bytes(), "{host} {origin}");
    }
    server.abort();
}

#[tokio::test]
async fn authority_of_http2_is_the_origin() {
    let authority = Authority::new();
    let (address, server) = start(&authority).await;
    let stream = connect(&authority, address, &["h2"], None).await;
    let io = TokioIo::new(stream.expect("a connection"));
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
    let (mut sender, connection) = handshake.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    for (target, expected) in [
        ("https://a.example/origin", "https://a.example"),
        ("https://A.example:443/origin", "https://a.example"),
        ("https://a.example:8443/origin", "https://a.example:8443"),
    ] {
        let request = http::Request::get(target).body(Empty::<Bytes>::new());
        let answer = soon(sender.send_request(request.expect("a request"))).await;
        let body = answer.expect("an answer").into_body().collect().await;
        assert_eq!(body.expect("a body").to_bytes(), expected, "{target}");
    }
    connection.abort();
    server.abort();
}
