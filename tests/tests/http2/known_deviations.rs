//! Known deviations of the server from the RFC. A test that fails here is good news: move its cases to the other files.

use highball::tokio;

use crate::{
    case::{Expected::Today, case, check},
    client::Outcome::*,
    frame::{code::*, setting::*, *},
};

/// The RFC requires a specific code for each of these errors, but h2 sends PROTOCOL_ERROR for all of them.
///
/// This is harmless: the connection ends, as required, and the code is only useful in a log. Two of them are stream
/// errors (5.1 and 6.3), which RFC 9113, 5.4 permits to treat as connection errors.
const WRONG_CODE: crate::case::Expected = Today(GoAway(PROTOCOL_ERROR));

#[tokio::test]
async fn frame_of_invalid_length_is_a_protocol_error() {
    let short = |kind, stream| frame(kind, NO_FLAGS, stream, [0; 3]);
    check([
        // FRAME_SIZE_ERROR in RFC 9113.
        case("6.3: PRIORITY", [short(kind::PRIORITY, 1)], WRONG_CODE),
        case(
            "6.4: RST_STREAM",
            [post(1, "/echo"), short(kind::RST_STREAM, 1)],
            WRONG_CODE,
        ),
        case("6.5: SETTINGS", [short(kind::SETTINGS, 0)], WRONG_CODE),
        case(
            "6.5: ACK with a payload",
            [frame(kind::SETTINGS, ACK, 0, [0; 6])],
            WRONG_CODE,
        ),
        case("6.7: PING", [short(kind::PING, 0)], WRONG_CODE),
        case(
            "6.9: WINDOW_UPDATE",
            [short(kind::WINDOW_UPDATE, 0)],
            WRONG_CODE,
        ),
    ])
    .await;
}

#[tokio::test]
async fn window_overflow_and_closed_stream_are_protocol_errors() {
    let hangs = || get(1, "/hang/0");
    let too_large = settings(&[(INITIAL_WINDOW_SIZE, MAX_WINDOW + 1)]);
    check([
        // FLOW_CONTROL_ERROR in RFC 9113.
        case("6.5.2: a window", [too_large], WRONG_CODE),
        // STREAM_CLOSED in RFC 9113.
        case(
            "5.1: DATA after the end of a request",
            [hangs(), data(END_STREAM, 1, "x")],
            WRONG_CODE,
        ),
        case(
            "5.1: HEADERS after the end of a request",
            [hangs(), hangs()],
            WRONG_CODE,
        ),
        case(
            "5.1: HEADERS after RST_STREAM",
            [post(1, "/hang/0"), reset(1, CANCEL), hangs()],
            WRONG_CODE,
        ),
        case(
            "5.1: HEADERS after the answer",
            [get(1, "/ping")],
            WRONG_CODE,
        )
        .after(get(1, "/ping")),
    ])
    .await;
}

/// RFC 9113, 4.3 requires COMPRESSION_ERROR for these.
#[tokio::test]
async fn undecodable_header_block_is_a_protocol_error() {
    let size = [&[0x3f, 0xe2, 0x1f], &block(&request("GET", "/ping"))[..]].concat();
    let oversized = frame(kind::HEADERS, WHOLE, 1, size);
    let wrong = |name, end: &[u8]| {
        let payload = [&block(&request("GET", "/ping"))[..], end].concat();
        let request = frame(kind::HEADERS, WHOLE, 1, payload);
        case(name, [request], WRONG_CODE)
    };
    check([
        wrong("2.3.3: an index of nothing", &[0xff, 0x00]),
        wrong("2.3.3: a name's index of nothing", &[0x7f, 0x01, 1, b'x']),
        wrong("4.2: a size at the end", &[0x20]),
        wrong(
            "5.1: an integer without an end",
            &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ),
        wrong("5.2: a string over the end", &[0x00, 0x7f, 0x7f, b'x']),
        wrong(
            "5.2: more than seven bits of padding",
            b"\0\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff",
        ),
        wrong(
            "5.2: padding of zeros",
            b"\0\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90",
        ),
        wrong(
            "5.2: the end of a string as a symbol",
            b"\0\x85\xf2\xb2\x4a\x84\xff\x87\x49\x51\xff\xff\xff\xfa\x7f",
        ),
        wrong("6.1: the index 0", &[0x80]),
        wrong("6.2.1: half a field", &[0x40]),
        case("6.3: a size over the settings", [oversized], WRONG_CODE),
    ])
    .await;
}

/// RFC 9113, 8.1: h2 accepts this request.
#[tokio::test]
async fn pseudo_header_in_trailers_is_ignored() {
    let trailers = headers(WHOLE, 1, &[(":method", "GET")]);
    check([
        // h2 drops the pseudo-headers of trailers silently, so no handler sees them. This is harmless. Rejecting them
        // would require a second HPACK decoder.
        case(
            "8.1: a pseudo-header in trailers",
            [post(1, "/echo"), data(NO_FLAGS, 1, "x"), trailers],
            Today(Answer(200)),
        ),
    ])
    .await;
}

/// RFC 9113, 8.5 makes a malformed CONNECT a stream error, but hyper closes the connection with all its streams. Only
/// the client that sent it is affected.
#[tokio::test]
async fn malformed_connect_closes_the_connection() {
    let fields = [
        (":method", "CONNECT"),
        (":authority", "a:1"),
        ("content-length", "1"),
    ];
    check([case(
        "8.5",
        [get(1, "/hang/0"), headers(END_HEADERS, 3, &fields)],
        Today(Closed),
    )])
    .await;
}
