//! The rules of each kind of frame (RFC 9113, 6 and 7).

use highball::tokio;

use crate::{
    Server,
    case::{Expected::*, case, check},
    client::{Client, Outcome},
    frame::{code::*, setting::*, *},
};

#[tokio::test]
async fn data_requires_an_open_stream_and_valid_padding() {
    check([
        case(
            "6.1: stream 0",
            [data(END_STREAM, 0, "x")],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.1: as much padding as payload",
            [post(1, "/echo"), data(END_STREAM | PADDED, 1, "\x05abcd")],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.1: no length of the padding",
            [post(1, "/echo"), data(END_STREAM | PADDED, 1, "")],
            Connection(&[PROTOCOL_ERROR, FRAME_SIZE_ERROR]),
        ),
        case(
            "6.1: padding",
            [post(1, "/echo"), data(END_STREAM | PADDED, 1, "\x03abcd")],
            Answer(200),
        ),
        case(
            "6.1: several frames",
            [
                post(1, "/echo"),
                data(NO_FLAGS, 1, "a"),
                data(END_STREAM, 1, "b"),
            ],
            Answer(200),
        ),
    ])
    .await;
}

#[tokio::test]
async fn headers_require_a_stream_and_valid_padding() {
    let fields = block(&request("GET", "/ping"));
    let padded = |by: u8, rest: &[u8]| {
        let payload = [&[by], &fields[..], rest].concat();
        frame(kind::HEADERS, WHOLE | PADDED, 1, payload)
    };
    let weighed = [&dependency(0, 255)[..], &fields].concat();
    let cut = frame(kind::HEADERS, WHOLE | WITH_PRIORITY, 1, [0; 4]);
    check([
        case(
            "6.2: stream 0",
            [get(0, "/ping")],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.2: more padding than payload",
            [padded(255, &[])],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case("6.2: padding", [padded(3, &[0; 3])], Answer(200)),
        case(
            "6.2: a priority",
            [frame(kind::HEADERS, WHOLE | WITH_PRIORITY, 1, weighed)],
            Answer(200),
        ),
        case(
            "6.2: half a priority",
            [cut],
            Connection(&[PROTOCOL_ERROR, FRAME_SIZE_ERROR]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn priority_and_reset_require_a_stream() {
    check([
        case(
            "6.3: PRIORITY of stream 0",
            [priority(0, 1, 255)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.4: RST_STREAM of stream 0",
            [reset(0, CANCEL)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "7: RST_STREAM with an unknown code",
            [post(1, "/hang/0"), reset(1, 0xff), get(3, "/ping")],
            Answer(200),
        ),
    ])
    .await;
}

#[tokio::test]
async fn settings_belong_to_the_connection_and_have_ranges() {
    check([
        case(
            "6.5: a stream",
            [frame(kind::SETTINGS, NO_FLAGS, 1, [])],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.5.2: ENABLE_PUSH of 2",
            [settings(&[(ENABLE_PUSH, 2)])],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.5.2: frames under the smallest",
            [settings(&[(MAX_FRAME_SIZE, 16383)])],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.5.2: frames over the largest",
            [settings(&[(MAX_FRAME_SIZE, 1 << 24)])],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.5.2: an unknown setting is ignored",
            [settings(&[(0xff, 1)]), ping(b"goes on.")],
            Pong,
        ),
    ])
    .await;
}

/// RFC 9113, 6.5.3.
#[tokio::test]
async fn settings_are_acknowledged_and_the_last_value_applies() {
    let server = Server::start().await;
    let mut client = Client::connect(server.addr).await;
    let values = [(INITIAL_WINDOW_SIZE, 100), (INITIAL_WINDOW_SIZE, 1)];
    client
        .send(&[settings(&values), get(1, "/ping")].concat())
        .await;
    assert_eq!(client.input.until(kind::SETTINGS).await.flags, ACK);
    assert_eq!(client.input.until(kind::DATA).await.payload, b"p");
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn ping_belongs_to_the_connection_and_is_echoed() {
    check([
        case("6.7: PING", [ping(b"whatever")], Pong),
        case(
            "6.7: an ACK of nothing is not answered",
            [frame(kind::PING, ACK, 0, b"whatever"), get(1, "/ping")],
            Answer(200),
        ),
        case(
            "6.7: a stream",
            [frame(kind::PING, NO_FLAGS, 1, b"whatever")],
            Connection(&[PROTOCOL_ERROR]),
        ),
    ])
    .await;
    let server = Server::start().await;
    let mut client = Client::connect(server.addr).await;
    client.send(&ping(b"01234567")).await;
    let pong = client.input.until(kind::PING).await;
    assert_eq!((pong.flags, &pong.payload[..]), (ACK, &b"01234567"[..]));
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn goaway_belongs_to_the_connection_and_closes_it_when_idle() {
    let going = |stream, code: u32| {
        let payload = [[0; 4], code.to_be_bytes()].concat();
        frame(kind::GOAWAY, NO_FLAGS, stream, payload)
    };
    check([
        case(
            "6.8: a stream",
            [going(1, NO_ERROR)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case("6.8: GOAWAY", [going(0, NO_ERROR)], Connection(&[NO_ERROR])),
        case(
            "7: an unknown code",
            [going(0, 0xff)],
            Connection(&[NO_ERROR]),
        ),
        case(
            "6.8: what is open is answered",
            [
                post(1, "/echo"),
                going(0, NO_ERROR),
                data(END_STREAM, 1, "x"),
            ],
            Answer(200),
        ),
        case(
            "8.4: a client has nothing to push",
            [
                get(1, "/hang/0"),
                frame(kind::PUSH_PROMISE, END_HEADERS, 1, [0, 0, 0, 2]),
            ],
            Connection(&[PROTOCOL_ERROR]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn window_increment_is_not_zero_and_does_not_overflow() {
    let huge = |stream| window_update(stream, MAX_WINDOW);
    check([
        case(
            "6.9: by 0",
            [window_update(0, 0)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.9: by 0, of a stream",
            [post(1, "/hang/0"), window_update(1, 0)],
            Stream(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.9.1: too far",
            [huge(0), huge(0)],
            Connection(&[FLOW_CONTROL_ERROR]),
        ),
        case(
            "6.9.1: too far, of a stream",
            [post(1, "/hang/0"), huge(1), huge(1)],
            Stream(&[FLOW_CONTROL_ERROR]),
        ),
        case(
            "6.9.2: too far, by the settings",
            [
                post(1, "/hang/0"),
                window_update(1, MAX_WINDOW - 65_535),
                settings(&[(INITIAL_WINDOW_SIZE, 65_536)]),
            ],
            Connection(&[FLOW_CONTROL_ERROR]),
        ),
    ])
    .await;
}

/// RFC 9113, 6.9.2: a window can become negative. It opens only when it is above zero again.
#[tokio::test]
async fn settings_can_make_a_window_negative() {
    let server = Server::start().await;
    let mut client = Client::connect_with(server.addr, &[(INITIAL_WINDOW_SIZE, 3)]).await;
    client.send(&get(1, "/ping")).await;
    assert_eq!(client.input.until(kind::DATA).await.payload, b"pon");
    let shrunk = settings(&[(INITIAL_WINDOW_SIZE, 1)]);
    client
        .send(&[shrunk, window_update(1, 2), ping(b"still 0.")].concat())
        .await;
    // If an increment of 2 had opened the window, the frame after the next one would contain the rest.
    assert_eq!(client.input.until(kind::PING).await.flags, ACK);
    client
        .send(&[ping(b"nothing."), window_update(1, 1)].concat())
        .await;
    assert_eq!(client.input.outcome().await, Outcome::Pong);
    let last = client.input.until(kind::DATA).await;
    assert_eq!((&last.payload[..], last.flags), (&b"g"[..], END_STREAM));
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn continuation_requires_an_unfinished_header_block() {
    let whole = || request("POST", "/echo");
    let begun = || headers(END_STREAM, 1, &request("GET", "/ping"));
    let more = |flags, stream| continuation(flags, stream, &[("x-a", "b")]);
    check([
        case(
            "6.10: several",
            [begun(), more(NO_FLAGS, 1), more(END_HEADERS, 1)],
            Answer(200),
        ),
        case(
            "6.10: after a whole block",
            [headers(END_HEADERS, 1, &whole()), more(END_HEADERS, 1)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.10: after the last of a block",
            [
                headers(NO_FLAGS, 1, &whole()),
                more(END_HEADERS, 1),
                more(END_HEADERS, 1),
            ],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.10: after DATA",
            [
                post(1, "/echo"),
                data(NO_FLAGS, 1, "x"),
                more(END_HEADERS, 1),
            ],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "6.10: stream 0",
            [begun(), more(END_HEADERS, 0)],
            Connection(&[PROTOCOL_ERROR]),
        ),
    ])
    .await;
}
