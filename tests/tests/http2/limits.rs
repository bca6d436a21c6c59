//! Limits of the head of a request (RFC 9113, 6.5.2 and 10.5.1).

use highball::tokio;

use crate::{
    Server,
    case::{Expected::*, case, check},
    client::{Client, Outcome},
    frame::{code::*, *},
};

/// Splits a header block into frames of the default size. The last frame is empty.
fn split(stream: u32, block: &[u8]) -> Vec<u8> {
    let mut frames = headers(END_STREAM, stream, &[]);
    for part in block.chunks(MAX_FRAME) {
        frames.extend(frame(kind::CONTINUATION, NO_FLAGS, stream, part));
    }
    frames.extend(continuation(END_HEADERS, stream, &[]));
    frames
}

/// Returns a request with this number of additional bytes of headers.
fn with_headers(stream: u32, bytes: usize) -> Vec<u8> {
    let mut fields = request("GET", "/ping");
    let value = "x".repeat(1024 - "x-long".len() - 32);
    fields.extend((0..bytes / 1024).map(|_| ("x-long", &value[..])));
    split(stream, &block(&fields))
}

/// The default limit is 64 KiB.
#[tokio::test]
async fn head_over_the_limit_is_431_and_keeps_the_connection() {
    let server = Server::start().await;
    let mut client = Client::connect(server.addr).await;
    for (stream, kib, status) in [(1, 63, 200), (3, 64, 431)] {
        client.send(&with_headers(stream, kib * 1024)).await;
        assert_eq!(client.answer().await.0, status, "{kib} KiB");
    }
    client.send(&get(5, "/ping")).await;
    assert_eq!(client.answer().await, (200, "pong".to_owned()));
    drop(client);
    server.stop().await;
}

/// An HPACK bomb: one long field in the dynamic table, followed by many indices of it (RFC 7541, 7.3).
#[tokio::test]
async fn hpack_bomb_closes_the_connection() {
    let bomb = |copies| {
        let value = "x".repeat(3000);
        let mut block = block(&request("GET", "/ping"));
        // A literal with indexing, followed by the first index of the dynamic table.
        block.extend([0x40, 1, b'x', 0x7f, 0xb9, 0x16]);
        block.extend(value.as_bytes());
        block.extend(vec![0xbe; copies]);
        split(1, &block)
    };
    check([
        case("it unpacks to less", [bomb(19)], Answer(200)),
        case("it unpacks to more", [bomb(23)], Answer(431)),
        case(
            "it unpacks to much more",
            [bomb(10_000)],
            Connection(&[ENHANCE_YOUR_CALM]),
        ),
    ])
    .await;
}

/// The limit of the settings applies even if they are not acknowledged.
#[tokio::test]
async fn limit_applies_without_acknowledged_settings() {
    let server = Server::start().await;
    let mut client = Client::connect_deaf(server.addr, &[]).await;
    client.send(&with_headers(1, 80 * 1024)).await;
    assert_eq!(client.input.outcome().await, Outcome::Answer(431));
    drop(client);
    server.stop().await;
}

/// The default limit is 100.
#[tokio::test]
async fn more_headers_than_allowed_are_431() {
    let mut fields = request("GET", "/ping");
    fields.extend([("x", ""); 101]);
    let frames = [headers(WHOLE, 1, &fields)];
    check([case("101 headers", frames, Answer(431))]).await;
}
