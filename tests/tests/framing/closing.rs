//! `Connection: close` in responses of HTTP/1: it is sent if, and only if, the server closes the connection (RFC 9112
//! §9.6).

use std::time::Duration;

use highball::{Config, tokio};

use crate::{
    app::Server,
    wire::{Answer, Client},
};

const JSON: &str = "content-type: application/json\r\n";

fn post(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: a\r\n{headers}\r\n")
}

/// Sends the bytes, and asserts the status and whether the response contains `Connection: close`. The server must then
/// close the connection, or respond to another request.
async fn check(server: &Server, request: &str, status: u16, closes: bool) -> Answer {
    let mut client = Client::connect(server.addr).await;
    client.send(request).await;
    let answer = client.whole("POST").await;
    let shown: String = request.chars().take(120).collect();
    assert_eq!(
        (answer.status, answer.closes()),
        (status, closes),
        "{shown:?}: {answer:?}"
    );
    client
        .try_send("GET /next HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    if closes {
        assert!(client.has_ended().await, "{shown:?}");
    } else {
        assert_eq!(client.whole("GET").await.text, "next", "{shown:?}");
    }
    answer
}

#[tokio::test]
async fn rejection_before_the_whole_body_closes_the_connection() {
    let server = Server::start().await;
    for (path, headers, status) in [
        ("/text", "content-length: 100\r\n", 413),
        ("/nowhere", "content-length: 100\r\n", 404),
        ("/next", "content-length: 100\r\n", 405),
        ("/form", "content-length: 100\r\n", 415),
        ("/locked", "content-length: 100\r\n", 403),
        ("/session", "content-length: 100\r\n", 401),
        ("/json/x?page=1", "content-length: 100\r\n", 400),
        ("/nowhere", "transfer-encoding: chunked\r\n", 404),
        ("/form", "transfer-encoding: chunked\r\n", 415),
    ] {
        check(&server, &post(path, headers), status, true).await;
        // The same with half of the body.
        let half = if headers.starts_with('t') {
            "5\r\nab"
        } else {
            "ab"
        };
        check(&server, &(post(path, headers) + half), status, true).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn received_body_is_skipped_and_the_connection_kept() {
    let server = Server::start().await;
    let body = "content-length: 4\r\n";
    for (path, status) in [("/nowhere", 404), ("/form", 415), ("/locked", 403)] {
        check(&server, &(post(path, body) + "body"), status, false).await;
    }
    // The whole body has arrived, so the server skips it and does not wait.
    check(
        &server,
        &(post("/text", "content-length: 9\r\n") + "too long."),
        413,
        false,
    )
    .await;
    // Without a body, the server has nothing to skip.
    check(&server, &post("/nowhere", ""), 404, false).await;
    check(
        &server,
        &post("/nowhere", "content-length: 0\r\n"),
        404,
        false,
    )
    .await;
    server.stop().await;
}

#[tokio::test]
async fn body_that_is_read_keeps_the_connection() {
    let server = Server::start().await;
    let chunks = "transfer-encoding: chunked\r\n";
    for (request, status) in [
        (post("/text", "content-length: 4\r\n") + "body", 200),
        (
            post("/text", chunks) + "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
            200,
        ),
        (post("/text", chunks) + "0\r\n\r\n", 200),
        (
            post("/json/1?page=1", &format!("{JSON}content-length: 2\r\n")) + "[x",
            400,
        ),
        (post("/one-piece", "content-length: 4\r\n") + "body", 200),
        (post("/back", "content-length: 4\r\n") + "body", 200),
        (
            post("/back", chunks) + "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
            200,
        ),
    ] {
        check(&server, &request, status, false).await;
    }
    server.stop().await;
}

/// A chunked body cannot be skipped, since its length is unknown.
#[tokio::test]
async fn unread_chunks_close_the_connection() {
    let server = Server::start().await;
    let chunks = "transfer-encoding: chunked\r\n";
    let body = "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n";
    check(&server, &(post("/nowhere", chunks) + body), 404, true).await;
    check(&server, &(post("/one-piece", chunks) + body), 200, true).await;
    let long = "9\r\ntoo long.\r\n0\r\n\r\n";
    check(&server, &(post("/text", chunks) + long), 413, true).await;
    server.stop().await;
}

/// A response can begin before the request has ended.
#[tokio::test]
async fn early_response_that_reads_the_body_keeps_the_connection() {
    let server = Server::start().await;
    let mut client = Client::connect(server.addr).await;
    let chunks = "transfer-encoding: chunked\r\n";
    client.send(post("/back", chunks) + "4\r\nbody\r\n").await;
    let head = client.head().await;
    assert!(!head.closes(), "{head:?}");
    assert_eq!(client.line().await.as_deref(), Ok("4\r\n"));
    client.send("4\r\nmore\r\n0\r\n\r\n").await;
    assert_eq!(client.chunks_behind("body\r\n").await, "more");
    client.send("GET /next HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(client.whole("GET").await.text, "next");
    server.stop().await;
}

#[tokio::test]
async fn last_response_contains_connection_close() {
    let server = Server::start_with(Config::default().max_requests_per_connection(2)).await;
    let mut client = Client::connect(server.addr).await;
    client
        .send("GET /next HTTP/1.1\r\nhost: a\r\n\r\n".repeat(3))
        .await;
    assert!(!client.whole("GET").await.closes());
    assert!(client.whole("GET").await.closes());
    assert!(client.has_ended().await);
    // `Connection` lists `upgrade` too.
    let mut client = Client::connect(server.addr).await;
    let request = "GET /case/required HTTP/1.1\r\nhost: a\r\n\r\n";
    client.send(request.repeat(2)).await;
    let options = client.whole("GET").await.header("connection");
    assert_eq!(options.as_deref(), Some("upgrade"));
    let options = client.whole("GET").await.header("connection");
    assert_eq!(options.as_deref(), Some("upgrade, close"));
    assert!(client.has_ended().await);
    server.stop().await;
}

#[tokio::test]
async fn slow_body_gets_connection_close() {
    let config = Config::default().body_timeout(Duration::from_millis(50));
    let server = Server::start_with(config).await;
    let answer = check(
        &server,
        &(post("/text", "content-length: 8\r\n") + "half"),
        408,
        true,
    )
    .await;
    assert!(answer.text.contains("too slowly"), "{answer:?}");
    server.stop().await;
}

/// A request that times out while its body arrives gets a response, and the rest of the body is not read.
#[tokio::test]
async fn timed_out_request_closes_the_connection() {
    let server = Server::start().await;
    check(
        &server,
        &(post("/late", "content-length: 8\r\n") + "half"),
        503,
        true,
    )
    .await;
    check(
        &server,
        &(post("/late", "content-length: 4\r\n") + "body"),
        200,
        false,
    )
    .await;
    server.stop().await;
}

/// hyper rejects these heads itself. It closes the connection, and its responses contain `Connection: close`.
#[tokio::test]
async fn invalid_head_closes_the_connection() {
    let server = Server::start().await;
    for (head, status) in [
        ("GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n", 400),
        ("GET /next HTTP/1.1\r\n\r\n", 400),
        (
            "GET /next HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
            400,
        ),
        ("GET /next HTTP/1.1\nhost: a\r\n\r\n", 400),
    ] {
        check(&server, head, status, true).await;
    }
    let long = format!(
        "GET /next HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
        "x".repeat(70_000)
    );
    check(&server, &long, 431, true).await;
    server.stop().await;
}
