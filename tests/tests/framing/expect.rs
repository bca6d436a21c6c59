//! `Expect: 100-continue`: a request that is rejected because of its head gets the response before its body is sent
//! (RFC 9110 §10.1.1).

use highball::{http::Request, tokio};

use crate::{app::Server, wire::Client};

/// The path, the headers, and the status that is sent before the body.
const REFUSED: &[(&str, &str, u16)] = &[
    // The content type.
    ("/json/1?page=1", "", 415),
    ("/json/1?page=1", "content-type: text/plain\r\n", 415),
    ("/form", "content-type: application/json\r\n", 415),
    ("/multipart", "content-type: multipart/form-data\r\n", 415),
    ("/bind", "content-type: text/plain\r\n", 415),
    ("/xml", "content-type: application/json\r\n", 415),
    ("/yaml", "content-type: application/json\r\n", 415),
    ("/toml", "content-type: application/json\r\n", 415),
    ("/msgpack", "content-type: application/json\r\n", 415),
    ("/protobuf", "content-type: application/json\r\n", 415),
    ("/valid", "content-type: text/plain\r\n", 415),
    ("/either", "content-type: text/plain\r\n", 415),
    ("/own", "content-type: text/plain\r\n", 415),
    ("/signed", "content-type: text/plain\r\n", 415),
    // The path, the query and other headers.
    ("/json/x?page=1", "content-type: application/json\r\n", 400),
    ("/json/1?page=x", "content-type: application/json\r\n", 400),
    ("/json/1", "content-type: application/json\r\n", 400),
    ("/fields/x", "", 400),
    ("/bearer", "", 401),
    ("/basic", "", 401),
    ("/session", "", 401),
    // Guards and middleware.
    ("/locked", "", 403),
    ("/nowhere", "", 404),
    ("/next", "", 405),
    // The length, which is more than 8 bytes.
    ("/text", "", 413),
];

/// Requests whose body the handler reads.
const WANTED: &[(&str, &str, &str)] = &[
    (
        "/json/1?page=2",
        "content-type: application/json\r\n",
        "[1,2,3,4,5]",
    ),
    (
        "/form",
        "content-type: application/x-www-form-urlencoded\r\n",
        "a=1&b=2&c=3",
    ),
    (
        "/either",
        "content-type: application/x-www-form-urlencoded\r\n",
        "a=1&b=2&c=3",
    ),
    ("/bind", "content-type: application/json\r\n", "[1,2,3,4,5]"),
    (
        "/signed",
        "content-type: application/json\r\n",
        "[1,2,3,4,5]",
    ),
    ("/session", "x-session: 1\r\n", "hello world"),
    // A handler that accepts the rejection as a value also reads the body.
    ("/result", "content-type: text/plain\r\n", "hello world"),
];

fn post(path: &str, headers: &str, more: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: a\r\n{headers}{more}\r\n")
}

#[tokio::test]
async fn rejection_is_sent_before_the_body() {
    let server = Server::start().await;
    for (path, headers, status) in REFUSED {
        for more in [
            "expect: 100-continue\r\ncontent-length: 11\r\n",
            // The server does not wait for a body that the client has not sent.
            "content-length: 11\r\n",
        ] {
            let mut client = Client::connect(server.addr).await;
            client.send(post(path, headers, more)).await;
            let answer = client.whole("POST").await;
            assert_eq!(
                answer.status, *status,
                "{path} {headers:?} {more:?}: {answer:?}"
            );
            assert!(answer.closes(), "{path} {headers:?} {more:?}: {answer:?}");
            assert!(client.has_ended().await, "{path}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn rejection_is_sent_before_chunks() {
    let server = Server::start().await;
    for (path, headers, status) in REFUSED.iter().filter(|(_, _, status)| *status != 413) {
        let mut client = Client::connect(server.addr).await;
        let more = "expect: 100-continue\r\ntransfer-encoding: chunked\r\n";
        client.send(post(path, headers, more)).await;
        assert_eq!(
            client.whole("POST").await.status,
            *status,
            "{path} {headers:?}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn continue_is_sent_if_the_handler_reads_the_body() {
    let server = Server::start().await;
    for (path, headers, body) in WANTED {
        let mut client = Client::connect(server.addr).await;
        let more = "expect: 100-continue\r\ncontent-length: 11\r\n";
        client.send(post(path, headers, more)).await;
        let interim = client.whole("POST").await;
        assert_eq!(interim.status, 100, "{path}: {interim:?}");
        client.send(body).await;
        let answer = client.whole("POST").await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert!(!answer.closes(), "{path}: {answer:?}");
    }
    server.stop().await;
}

/// The same over HTTP/2, where an unread stream does not block others.
#[tokio::test]
async fn http2_rejection_is_sent_before_the_body() {
    let server = Server::start().await;
    let mut sender = crate::answers::connect_http2(&server).await;
    for (path, headers, status) in REFUSED.iter().filter(|(_, _, status)| *status != 413) {
        let request = Request::post(format!("http://a{path}"));
        let request = headers.lines().fold(request, |request, line| {
            let (name, value) = line.split_once(": ").expect("a header");
            request.header(name, value)
        });
        let request = request
            .body(crate::answers::never())
            .expect("it is well formed");
        let response = sender.send_request(request).await.expect("it is answered");
        assert_eq!(response.status().as_u16(), *status, "{path} {headers:?}");
    }
    drop(sender);
    server.stop().await;
}
