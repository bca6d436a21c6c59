//! Responses that a handler frames itself, over HTTP/3. The cases are those of HTTP/1 and HTTP/2.

use std::future::poll_fn;

use bytes::Buf;
use highball::{Config, bytes, http::HeaderMap, http::Request, prelude::*, tokio};

use super::{Client, Server, soon};

#[path = "../framing/cases.rs"]
mod cases;

use cases::{CASES, Want};

#[route("/case/{name}", methods = [GET, HEAD])]
pub(super) async fn given(name: &str) -> Response {
    cases::answer(name)
}

/// Sends a request, and returns the status, the headers, and the body if it is complete.
async fn ask(client: &mut Client, method: &str, path: &str) -> Option<(u16, HeaderMap, String)> {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://localhost{path}"));
    let request = request.body(()).expect("it is well formed");
    let mut stream = client
        .sender
        .send_request(request)
        .await
        .expect("it is sent");
    stream.finish().await.expect("it is sent");
    let head = soon(stream.recv_response()).await.ok()?;
    let mut text = Vec::new();
    while let Some(mut data) = soon(poll_fn(|cx| stream.poll_recv_data(cx))).await.ok()? {
        text.extend_from_slice(&data.copy_to_bytes(data.remaining()));
    }
    if let Some(trailers) = soon(stream.recv_trailers()).await.ok()? {
        assert!(
            !trailers.contains_key("content-length"),
            "{path}: {trailers:?}"
        );
        assert!(!trailers.contains_key("connection"), "{path}: {trailers:?}");
    }
    let length = head.headers().get("content-length");
    if let Some(length) = length.filter(|_| method == "GET" && head.status() != 304) {
        assert_eq!(
            length.to_str().expect("a number"),
            text.len().to_string(),
            "{path}"
        );
    }
    let text = String::from_utf8(text).expect("it is text");
    Some((head.status().as_u16(), head.headers().clone(), text))
}

#[tokio::test]
async fn streams_have_the_same_results() {
    let server = Server::start("framing", Config::default()).await;
    let mut client = server.connect().await;
    for case in CASES {
        let path = format!("/case/{}", case.name);
        let answer = ask(&mut client, "GET", &path).await;
        match case.want {
            Want::Cut => assert_eq!(answer, None, "{path}"),
            Want::Refused(words) => {
                let (status, _, body) = answer.expect("an answer");
                assert_eq!(status, 500, "{path}");
                assert!(!body.contains(words), "{path}: {body}");
            }
            Want::Answer(status, text, headers) => {
                let (got, of_answer, body) = answer.expect("an answer");
                assert_eq!((got, body.as_str()), (status, text), "{path}");
                for name in [
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "upgrade",
                    "transfer-encoding",
                ] {
                    assert!(!of_answer.contains_key(name), "{path}: {of_answer:?}");
                }
                let is_own = headers.iter().any(|(name, _)| *name == "x-own");
                assert_eq!(of_answer.contains_key("x-own"), is_own, "{path}");
            }
        }
        let head = ask(&mut client, "HEAD", &path).await.expect("an answer");
        assert_eq!(head.2, "", "{path}");
    }
    let next = ask(&mut client, "GET", "/hello/ann")
        .await
        .expect("an answer");
    assert_eq!(next.2, "hello ann true");
    drop(client);
    server.stop().await;
}
