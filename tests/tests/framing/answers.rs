//! The cases over HTTP/1 and HTTP/2, each followed by another request on the connection.

use std::convert::Infallible;

use futures_util::stream::pending;
use highball::{
    http::{HeaderMap, Request, Version},
    prelude::*,
    tokio,
};
use http_body_util::{BodyExt, Empty, StreamBody, combinators::BoxBody};
use hyper::{body::Frame, client::conn::http2::SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::{
    app::{Server, cause_of},
    cases::{CASES, Case, Want},
    wire::{Answer, Client},
};

/// Headers that frame a message or belong to the connection.
const FRAMING: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")
}

/// Asserts that the log names the handler.
fn check_log(path: &str, words: &str) {
    let cause = cause_of(path).unwrap_or_default();
    assert!(cause.contains(words), "{path}: {cause}");
    assert!(cause.contains("framing::app::"), "{path}: {cause}");
    assert!(cause.contains("app.rs:"), "{path}: {cause}");
}

/// Asserts that a response has these headers, and no other header that frames it.
fn check_headers(name: &str, answer: &Answer, wanted: &[(&str, &str)]) {
    for (header, value) in wanted {
        assert_eq!(
            answer.header(header).as_deref(),
            Some(*value),
            "{name}: {answer:?}"
        );
    }
    for header in FRAMING {
        let is_wanted = wanted.iter().any(|(own, _)| *own == header);
        // A stream is sent in chunks, which the client has decoded.
        let is_ours = header == "transfer-encoding";
        assert!(
            is_wanted || is_ours || answer.header(header).is_none(),
            "{name}: {answer:?}"
        );
    }
}

async fn check_http1(server: &Server, case: &Case, path: &str) {
    let mut client = Client::connect(server.addr).await;
    client.send(get(path) + &get("/next")).await;
    let answer = client.answer("GET").await;
    match case.want {
        Want::Cut => {
            assert!(!matches!(answer, Ok(Some(_))), "{path}: {answer:?}");
            return;
        }
        Want::Refused(words) => {
            let answer = answer.expect("it is whole").expect("it comes");
            assert_eq!(answer.status, 500, "{path}: {answer:?}");
            assert!(
                !answer.text.contains("content-length"),
                "{path}: {answer:?}"
            );
            check_headers(path, &answer, &[]);
            check_log(path, words);
        }
        Want::Answer(status, text, headers) => {
            let answer = answer.expect("it is whole").expect("it comes");
            assert_eq!(
                (answer.status, answer.text.as_str()),
                (status, text),
                "{path}"
            );
            check_headers(path, &answer, headers);
            let lengths = answer
                .headers
                .iter()
                .filter(|(name, _)| name == "content-length");
            assert!(lengths.count() <= 1, "{path}: {answer:?}");
            if matches!(status, 204 | 304) {
                assert_eq!(answer.header("content-length"), None, "{path}: {answer:?}");
            }
            if answer.closes() {
                assert!(client.has_ended().await, "{path}");
                return;
            }
        }
    }
    assert_eq!(client.whole("GET").await.text, "next", "{path}");
}

#[tokio::test]
async fn responses_of_handlers_keep_the_connection_in_sync() {
    let server = Server::start().await;
    for case in CASES {
        check_http1(&server, case, &format!("/case/{}", case.name)).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn responses_of_mounted_services_keep_the_connection_in_sync() {
    let server = Server::start().await;
    for case in CASES {
        check_http1(&server, case, &format!("/mounted/{}", case.name)).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn middleware_cannot_change_the_framing() {
    let server = Server::start().await;
    for path in ["/by-context", "/by-middleware", "/layered/by-layer"] {
        let mut client = Client::connect(server.addr).await;
        client.send(get(path) + &get("/next")).await;
        assert_eq!(client.whole("GET").await.status, 500, "{path}");
        assert_eq!(client.whole("GET").await.text, "next", "{path}");
        check_log(path, "`content-length: 100` is set on a body of 5 bytes");
    }
    let mut client = Client::connect(server.addr).await;
    client.send(get("/set-body") + &get("/next")).await;
    assert_eq!(client.whole("GET").await.text, "short");
    assert_eq!(client.whole("GET").await.text, "next");
    server.stop().await;
}

/// The server does not poll the body after the last declared byte.
#[tokio::test]
async fn stream_ends_after_its_declared_length() {
    let server = Server::start().await;
    let mut client = Client::connect(server.addr).await;
    client.send(get("/waits") + &get("/next")).await;
    assert_eq!(client.whole("GET").await.text, "abc");
    assert_eq!(client.whole("GET").await.text, "next");
    let mut sender = connect_http2(&server).await;
    let (_, _, text, _) = ask(&mut sender, "/waits").await;
    assert_eq!(text.as_deref(), Some("abc"));
    drop(sender);
    server.stop().await;
}

/// The response to HEAD is the response to GET without its body. Only for HEAD, a handler can set a length on an empty
/// body.
#[tokio::test]
async fn head_has_the_framing_of_get() {
    let server = Server::start().await;
    for case in CASES {
        let path = format!("/case/{}", case.name);
        let mut client = Client::connect(server.addr).await;
        client
            .send(get(&path).replace("GET", "HEAD") + &get("/next"))
            .await;
        let answer = client.whole("HEAD").await;
        let status = match case.want {
            Want::Refused(_) if case.name == "none" => 200,
            Want::Refused(_) => 500,
            Want::Answer(status, ..) => status,
            // The stream is never polled.
            Want::Cut => 200,
        };
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("transfer-encoding"), None, "{path}");
        match case.name {
            "none" => assert_eq!(answer.header("content-length").as_deref(), Some("2")),
            "stream-short" => assert_eq!(answer.header("content-length").as_deref(), Some("9")),
            _ => {}
        }
        if !answer.closes() {
            assert_eq!(client.whole("GET").await.text, "next", "{path}");
        }
    }
    server.stop().await;
}

/// A client of HTTP/1.0 can also see that an aborted response is incomplete.
#[tokio::test]
async fn http1_0_client_can_detect_an_incomplete_response() {
    let server = Server::start().await;
    for (name, whole) in [("short", true), ("stream", true), ("stream-more", false)] {
        let mut client = Client::connect(server.addr).await;
        let request = get(&format!("/case/{name}"));
        client.send(request.replace("HTTP/1.1", "HTTP/1.0")).await;
        let answer = client.answer("GET").await;
        assert_eq!(matches!(answer, Ok(Some(_))), whole, "{name}: {answer:?}");
    }
    server.stop().await;
}

type Sender = SendRequest<BoxBody<Bytes, Infallible>>;

/// Returns a body that never yields data.
pub(crate) fn never() -> BoxBody<Bytes, Infallible> {
    StreamBody::new(pending::<Result<Frame<Bytes>, Infallible>>()).boxed()
}

pub(crate) async fn connect_http2(server: &Server) -> Sender {
    let stream = TcpStream::connect(server.addr).await.expect("it listens");
    let io = TokioIo::new(stream);
    let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
    let (sender, connection) = shaken.await.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    sender
}

/// Sends a request, and returns the status, the headers, and the body if it is complete.
async fn ask(sender: &mut Sender, path: &str) -> (u16, HeaderMap, Option<String>, HeaderMap) {
    let request = Request::get(format!("http://a{path}")).version(Version::HTTP_2);
    let request = request
        .body(Empty::new().boxed())
        .expect("it is well formed");
    let Ok(response) = sender.send_request(request).await else {
        // A response that is aborted before any data can lack its head too.
        return (0, HeaderMap::new(), None, HeaderMap::new());
    };
    let (head, body) = response.into_parts();
    let body = body.collect().await.ok();
    let trailers = body.as_ref().and_then(|body| body.trailers().cloned());
    let text = body.map(|body| String::from_utf8(body.to_bytes().to_vec()).expect("it is text"));
    (
        head.status.as_u16(),
        head.headers,
        text,
        trailers.unwrap_or_default(),
    )
}

#[tokio::test]
async fn http2_streams_have_the_same_results() {
    let server = Server::start().await;
    let mut sender = connect_http2(&server).await;
    for case in CASES {
        let path = format!("/case/{}", case.name);
        let (status, headers, text, trailers) = ask(&mut sender, &path).await;
        match case.want {
            Want::Cut => assert_eq!(text, None, "{path}"),
            Want::Refused(words) => {
                assert_eq!(status, 500, "{path}");
                check_log(&path, words);
            }
            Want::Answer(wanted, body, _) => {
                assert_eq!((status, text.as_deref()), (wanted, Some(body)), "{path}");
            }
        }
        for name in FRAMING.iter().filter(|name| **name != "trailer") {
            assert!(!headers.contains_key(*name), "{path}: {headers:?}");
            assert!(!trailers.contains_key(*name), "{path}: {trailers:?}");
        }
        assert!(
            !trailers.contains_key("content-length"),
            "{path}: {trailers:?}"
        );
        assert_eq!(
            trailers.contains_key("x-sum"),
            case.name.starts_with("trailers"),
            "{path}"
        );
        let (_, _, next, _) = ask(&mut sender, "/next").await;
        assert_eq!(next.as_deref(), Some("next"), "{path}");
    }
    drop(sender);
    server.stop().await;
}
