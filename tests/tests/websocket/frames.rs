//! Raw frames: a violation of RFC 6455 closes the WebSocket with the correct code.

use std::{future::IntoFuture, time::Duration};

use highball::{prelude::*, ws::WebSocketUpgrade};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

#[get("/echo")]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message(70_000).on(|mut socket| async move {
        while let Ok(message) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

#[routes(app)]
struct Api(echo);

/// Returns a frame with this head and a mask of zeros.
fn frame(head: &[u8], payload: &[u8]) -> Vec<u8> {
    [head, &[0; 4], payload].concat()
}

/// Sends frames, and returns the first byte of the response and the first two bytes of its payload.
async fn answer(address: std::net::SocketAddr, frames: &[u8]) -> (u8, u16) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request).await.expect("it is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("it is answered"));
    }
    stream.write_all(frames).await.expect("it is sent");
    let mut first = [0; 2];
    stream.read_exact(&mut first).await.expect("a frame");
    let skip = match first[1] {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    stream.read_exact(&mut vec![0; skip]).await.expect("a head");
    (first[0], stream.read_u16().await.expect("a payload"))
}

#[tokio::test]
async fn invalid_frames_close_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = highball::serve(Api).listen(listener).quiet();
    tokio::spawn(server.into_future());
    let text = u16::from_be_bytes(*b"xx");
    let long = 65_536_u64.to_be_bytes();
    let (close, x) = (0x88, [b'x'; 126]);
    for (name, frames, expected) in [
        ("short", frame(&[0x81, 0x82], b"xx"), (0x81, text)),
        (
            "126 by 16 bits",
            frame(&[0x81, 0xfe, 0, 126], &x),
            (0x81, text),
        ),
        (
            "65,536 by 64 bits",
            frame(&[&[0x81, 0xff][..], &long].concat(), &vec![b'x'; 65_536]),
            (0x81, text),
        ),
        (
            "2 by 16 bits",
            frame(&[0x81, 0xfe, 0, 2], b"xx"),
            (close, 1002),
        ),
        (
            "2 by 64 bits",
            frame(&[0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 2], b"xx"),
            (close, 1002),
        ),
        (
            "the top bit",
            frame(&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 2], b""),
            (close, 1002),
        ),
        ("a reserved bit", frame(&[0xc1, 0x82], b"xx"), (close, 1002)),
        (
            "a reserved opcode",
            frame(&[0x83, 0x82], b"xx"),
            (close, 1002),
        ),
        ("no mask", vec![0x81, 2, b'x', b'x'], (close, 1002)),
        (
            "a fragmented ping",
            frame(&[0x09, 0x82], b"xx"),
            (close, 1002),
        ),
        (
            "a ping of 126",
            frame(&[0x89, 0xfe, 0, 126], &x),
            (close, 1002),
        ),
        (
            "no UTF-8",
            frame(&[0x81, 0x82], &[0xff, 0xff]),
            (close, 1007),
        ),
        (
            "too long",
            frame(&[0x82, 0xff, 0, 0, 0, 0, 0, 2, 0, 0], b""),
            (close, 1009),
        ),
    ] {
        let got = timeout(PATIENCE, answer(address, &frames)).await;
        assert_eq!(got.expect("it is answered"), expected, "{name}");
    }
}
