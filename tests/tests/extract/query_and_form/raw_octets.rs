//! Raw octets in queries and forms, which client libraries do not send.

use highball::{prelude::*, tokio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::app::Api;

/// Sends a request to a new server, and returns the status and the body of the response.
async fn ask(request: &[u8]) -> (u16, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async { highball::serve(Api).listen(listener).quiet().await });
    let mut stream = TcpStream::connect(addr).await.expect("it listens");
    stream.write_all(request).await.expect("it is sent");
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.expect("it is answered");
    server.abort();
    let text = String::from_utf8(read).expect("it is text");
    let (head, body) = text.split_once("\r\n\r\n").expect("it is whole");
    let status = head.split(' ').nth(1).expect("a status");
    let body = highball::serde_json::from_str(body).unwrap_or_default();
    (status.parse().expect("a number"), body)
}

fn get(target: &[u8]) -> Vec<u8> {
    let rest = b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    [b"GET ", target, rest].concat()
}

fn post(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /form HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn invalid_utf8_is_rejected_with_its_key() {
    for (request, place, name, detail) in [
        (
            get(b"/flat?q=%ff&size=1"),
            "query",
            "q",
            "the query parameter `q` is not valid percent-encoded UTF-8: `%ff`",
        ),
        (
            get(b"/flat?size=1&q=%e4%b8"),
            "query",
            "q",
            "the query parameter `q` is not valid percent-encoded UTF-8: `%e4%b8`",
        ),
        (
            get(b"/flat?size=1&q=100%"),
            "query",
            "q",
            "the query parameter `q` is not valid percent-encoded UTF-8: `100%`",
        ),
        (
            get(b"/flat?%c3=1&size=1"),
            "query",
            "%c3",
            "the query parameter `%c3` is not valid percent-encoded UTF-8: `%c3`",
        ),
        (
            post(b"size=1&q=caf\xe9"),
            "body",
            "q",
            "the form field `q` is not valid percent-encoded UTF-8: `caf\\xe9`",
        ),
        (
            post(b"gr\xfc\xdfe=1&q=a&size=1"),
            "body",
            "gr\\xfc\\xdfe",
            "the form field `gr\\xfc\\xdfe` is not valid percent-encoded UTF-8: `gr\\xfc\\xdfe`",
        ),
    ] {
        let (status, problem) = ask(&request).await;
        assert_eq!(status, 400, "{problem}");
        assert_eq!(problem["detail"], detail);
        assert_eq!(problem["errors"][0]["in"], place);
        assert_eq!(problem["errors"][0]["name"], name);
    }
}

#[tokio::test]
async fn raw_utf8_is_accepted() {
    let (status, _) = ask(&post("q=café&size=1".as_bytes())).await;
    assert_eq!(status, 200);
    let (status, _) = ask(&get("/flat?q=café&size=1".as_bytes())).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn raw_latin1_in_a_target_is_rejected() {
    let (status, _) = ask(&get(b"/flat?q=caf\xe9&size=1")).await;
    assert_eq!(status, 400);
}
