//! The start of a connection, and the format of frames (RFC 9113, 3 and 4).

use highball::tokio::{self, net::TcpStream};

use crate::{
    Server,
    case::{Expected::*, case, check},
    client::{Client, Outcome, PREFACE},
    frame::{code::*, *},
};

#[tokio::test]
async fn server_sends_settings_first() {
    let server = Server::start().await;
    let mut client = Client::of(TcpStream::connect(server.addr).await.expect("it listens"));
    client.send(&[PREFACE, &settings(&[])].concat()).await;
    let first = client.input.frame().await.expect("it is open");
    assert_eq!((first.kind, first.stream), (kind::SETTINGS, 0), "3.4");
    let max_streams = [0, 3, 0, 0, 0, 128];
    let mut settings = first.payload.chunks(6);
    assert!(settings.any(|setting| setting == max_streams), "{first:?}");
    drop(client);
    server.stop().await;
}

/// RFC 9113, 3.4: after an invalid preface, the server must not interpret the bytes as frames.
#[tokio::test]
async fn invalid_preface_closes_the_connection() {
    let server = Server::start().await;
    let mut client = Client::of(TcpStream::connect(server.addr).await.expect("it listens"));
    client.send(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n").await;
    assert_eq!(client.input.end().await, Outcome::Closed);
    server.stop().await;
}

/// RFC 9113, 3.4: the first frame of a client is SETTINGS.
#[tokio::test]
async fn client_must_send_settings_first() {
    let server = Server::start().await;
    let acknowledged = frame(kind::SETTINGS, ACK, 0, []);
    for (name, first) in [
        ("PING", ping(b"too soon")),
        ("a request", get(1, "/ping")),
        (
            "an unknown frame",
            frame(kind::UNKNOWN, NO_FLAGS, 0, [0; 8]),
        ),
        ("ACK of SETTINGS", acknowledged),
    ] {
        for in_pieces in [false, true] {
            let mut client = Client::of(TcpStream::connect(server.addr).await.expect("it listens"));
            let bytes = [PREFACE, &first, &settings(&[]), &get(1, "/ping")].concat();
            let size = if in_pieces { 1 } else { bytes.len() };
            for piece in bytes.chunks(size) {
                client.send(piece).await;
            }
            let end = client.input.end_or_answer(1).await;
            let is_error = matches!(end, Outcome::Closed | Outcome::GoAway(PROTOCOL_ERROR));
            assert!(is_error, "{name}: {end:?}");
        }
    }
    // A valid start is accepted, regardless of how it is split into pieces.
    let mut client = Client::of(TcpStream::connect(server.addr).await.expect("it listens"));
    for byte in [PREFACE, &settings(&[]), &ping(b"whatever")].concat() {
        client.send(&[byte]).await;
    }
    assert_eq!(client.input.outcome().await, Outcome::Pong);
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn invalid_start_gets_goaway() {
    let server = Server::start().await;
    let mut client = Client::of(TcpStream::connect(server.addr).await.expect("it listens"));
    client.send(&[PREFACE, &ping(b"too soon")].concat()).await;
    let first = client
        .input
        .frame()
        .await
        .expect("its own settings come first");
    assert_eq!((first.kind, first.flags), (kind::SETTINGS, NO_FLAGS));
    assert_eq!(client.input.end().await, Outcome::GoAway(PROTOCOL_ERROR));
    server.stop().await;
}

#[tokio::test]
async fn unknown_frames_and_flags_are_ignored() {
    let reserved = 1 << 31;
    check([
        case(
            "4.1: a frame of an unknown kind",
            [frame(kind::UNKNOWN, NO_FLAGS, 0, [0; 8]), ping(b"whatever")],
            Pong,
        ),
        case(
            "4.1: flags that are not defined",
            [frame(kind::PING, 0x16, 0, b"whatever")],
            Pong,
        ),
        case(
            "4.1: the reserved bit",
            [frame(kind::PING, NO_FLAGS, reserved, b"whatever")],
            Pong,
        ),
        case(
            "5.5: an unknown frame between others",
            [
                post(1, "/echo"),
                frame(kind::UNKNOWN, NO_FLAGS, 1, b"?"),
                data(END_STREAM, 1, "x"),
            ],
            Answer(200),
        ),
        case(
            "5.5: an unknown frame within a header block",
            [
                headers(END_STREAM, 1, &request("GET", "/ping")),
                frame(kind::UNKNOWN, NO_FLAGS, 0, [0; 8]),
                continuation(END_HEADERS, 1, &[("x-a", "b")]),
            ],
            Connection(&[PROTOCOL_ERROR]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn frame_size_is_limited_by_the_settings() {
    let long = "x".repeat(MAX_FRAME);
    let too_long = "x".repeat(MAX_FRAME + 1);
    let mut fields = request("GET", "/ping");
    fields.push(("x-long", &too_long));
    check([
        case(
            "4.2: DATA of 2^14 octets",
            [post(1, "/echo"), data(END_STREAM, 1, &long)],
            Answer(200),
        ),
        case(
            "4.2: DATA of one more",
            [post(1, "/echo"), data(END_STREAM, 1, &too_long)],
            Stream(&[FRAME_SIZE_ERROR]),
        ),
        case(
            "4.2: HEADERS of more",
            [headers(WHOLE, 1, &fields)],
            Connection(&[FRAME_SIZE_ERROR]),
        ),
        case(
            "4.2: SETTINGS of more",
            [frame(kind::SETTINGS, NO_FLAGS, 0, [0; 6 * 3000])],
            Connection(&[FRAME_SIZE_ERROR]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn header_block_cannot_be_interrupted() {
    let begun = || headers(END_STREAM, 1, &request("GET", "/ping"));
    let rest = || continuation(END_HEADERS, 1, &[("x-a", "b")]);
    check([
        case(
            "4.3: PRIORITY",
            [begun(), priority(1, 0, 255), rest()],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "4.3: HEADERS of another stream",
            [begun(), get(3, "/ping"), rest()],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.10: DATA",
            [begun(), data(END_STREAM, 1, "x"), rest()],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.10: CONTINUATION of another stream",
            [begun(), continuation(END_HEADERS, 3, &[("x-a", "b")])],
            Connection(&[PROTOCOL_ERROR]),
        ),
    ])
    .await;
}
