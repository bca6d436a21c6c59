//! Request bodies that arrive too slowly, and a response body that panics.

use highball::{
    Body, Config,
    body::{BodyStream, BoxError, produce},
    prelude::*,
    tokio,
};
use tokio::{io::AsyncWriteExt, time::sleep};

use crate::{Server, ask, bound, connect, ping, rest};

#[tokio::test]
async fn slow_body_is_408_but_a_slow_handler_is_not() {
    let (listener, addr) = bound().await;
    let config = Config::default().body_timeout(millis(100));
    let serving = highball::serve(Bodies).state(()).listen(listener);
    let server = Server::of(serving.config(config));
    for path in ["/whole", "/pieces"] {
        let mut stream = connect(addr).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhalf"
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        assert!(
            answer.contains("the body arrived too slowly"),
            "{path}: {answer}"
        );
    }
    let mut stream = connect(addr).await;
    let head = "POST /late HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    stream.write_all(b"body").await.expect("it is sent");
    let answer = rest(stream).await;
    assert!(answer.ends_with("body"), "{answer}");
    server.stop().await.expect("it served");
}

#[post("/whole")]
async fn whole(body: Bytes) -> Bytes {
    body
}

#[post("/pieces")]
async fn pieces(mut body: BodyStream) -> Result<String, Rejection> {
    let mut count = 0;
    while let Some(piece) = body.chunk().await? {
        count += piece.len();
    }
    Ok(count.to_string())
}

#[post("/late")]
async fn late(mut body: BodyStream) -> Result<Bytes, Rejection> {
    sleep(millis(300)).await;
    Ok(body.chunk().await?.unwrap_or_default())
}

#[routes(app)]
struct Bodies(whole, pieces, late);

#[get("/breaks")]
async fn breaks() -> Body {
    Body::stream(produce(|pieces| async move {
        pieces.send(Ok::<_, BoxError>("piece")).await;
        sleep(millis(20)).await;
        // `resume_unwind` does not run the panic hook, which would print a message.
        std::panic::resume_unwind(Box::new("stop"));
    }))
}

#[routes(app)]
struct Broken(ping, breaks);

#[tokio::test]
async fn panicking_body_aborts_only_its_response() {
    let (listener, addr) = bound().await;
    let server = Server::of(highball::serve(Broken).state(()).listen(listener));
    let mut stream = connect(addr).await;
    let text =
        ["/ping", "/breaks", "/ping"].map(|path| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
    stream
        .write_all(text.concat().as_bytes())
        .await
        .expect("it is sent");
    let answer = rest(stream).await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    assert!(answer.contains("\r\n\r\npong"), "{answer}");
    // The last chunk is missing, which shows the client that the response is incomplete.
    assert!(
        answer.contains("piece") && !answer.ends_with("0\r\n\r\n"),
        "{answer}"
    );
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    server.stop().await.expect("it served");
}
