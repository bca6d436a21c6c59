//! The states and the numbers of streams (RFC 9113, 5).

use highball::tokio;

use crate::{
    Server,
    case::{Expected::*, case, check},
    client::{Client, Outcome},
    frame::{code::*, *},
};

#[tokio::test]
async fn only_headers_and_priority_open_an_idle_stream() {
    check([
        case(
            "5.1: DATA",
            [data(END_STREAM, 1, "x")],
            Connection(&[PROTOCOL_ERROR, STREAM_CLOSED]),
        ),
        case(
            "5.1: RST_STREAM",
            [reset(1, CANCEL)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "5.1: WINDOW_UPDATE",
            [window_update(1, 100)],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "5.1: CONTINUATION",
            [continuation(END_HEADERS, 1, &request("GET", "/ping"))],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "5.1: PRIORITY",
            [priority(1, 0, 255), get(1, "/ping")],
            Answer(200),
        ),
        case(
            "5.3: PRIORITY on a later stream",
            [priority(5, 0, 255), get(3, "/ping")],
            Answer(200),
        ),
    ])
    .await;
}

#[tokio::test]
async fn ended_request_accepts_no_more_frames() {
    let hangs = || get(1, "/hang/0");
    check([
        case(
            "5.1: CONTINUATION",
            [hangs(), continuation(END_HEADERS, 1, &[("x-a", "b")])],
            Connection(&[STREAM_CLOSED, PROTOCOL_ERROR]),
        ),
        case(
            "5.1: WINDOW_UPDATE, PRIORITY and RST_STREAM are no message",
            [
                hangs(),
                window_update(1, 100),
                priority(1, 0, 255),
                reset(1, CANCEL),
                ping(b"goes on."),
            ],
            Pong,
        ),
    ])
    .await;
}

#[tokio::test]
async fn stream_reset_by_the_client_accepts_no_more_frames() {
    let reset_one = || [post(1, "/hang/0"), reset(1, CANCEL)].concat();
    check([
        case(
            "5.1: DATA",
            [reset_one(), data(END_STREAM, 1, "x")],
            Stream(&[STREAM_CLOSED]),
        ),
        case(
            "5.1: CONTINUATION",
            [reset_one(), continuation(END_HEADERS, 1, &[("x-a", "b")])],
            Connection(&[STREAM_CLOSED, PROTOCOL_ERROR]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn finished_stream_accepts_no_more_frames() {
    check([
        case(
            "5.1: DATA",
            [data(END_STREAM, 1, "x")],
            Stream(&[STREAM_CLOSED]),
        )
        .after(get(1, "/ping")),
        case(
            "5.1: CONTINUATION",
            [continuation(END_HEADERS, 1, &[("x-a", "b")])],
            Connection(&[STREAM_CLOSED, PROTOCOL_ERROR]),
        )
        .after(get(1, "/ping")),
        case(
            "5.1: PRIORITY and WINDOW_UPDATE are no message",
            [
                priority(1, 0, 255),
                window_update(1, 100),
                ping(b"goes on."),
            ],
            Pong,
        )
        .after(get(1, "/ping")),
        case("6.1: the next request", [get(3, "/ping")], Answer(200)).after(get(1, "/ping")),
    ])
    .await;
}

#[tokio::test]
async fn stream_has_an_odd_number_higher_than_all_before() {
    check([
        case(
            "5.1.1: an even number",
            [get(2, "/ping")],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case(
            "5.1.1: a lower number",
            [get(5, "/ping"), get(3, "/ping")],
            Connection(&[PROTOCOL_ERROR]),
        ),
        case("5.1.1: a gap", [get(7, "/ping")], Answer(200)),
        case(
            "5.1.1: the highest number",
            [get(MAX_WINDOW, "/ping")],
            Answer(200),
        ),
        case(
            "5.1.1: none is left after the highest",
            [get(1, "/ping")],
            Connection(&[PROTOCOL_ERROR, STREAM_CLOSED]),
        )
        .after(get(MAX_WINDOW, "/ping")),
    ])
    .await;
}

#[tokio::test]
async fn stream_does_not_depend_on_itself() {
    let depends = [&dependency(1, 255)[..], &block(&request("GET", "/ping"))].concat();
    check([
        case(
            "5.3.1: HEADERS",
            [frame(kind::HEADERS, WHOLE | WITH_PRIORITY, 1, depends)],
            Stream(&[PROTOCOL_ERROR]),
        ),
        case(
            "5.3.1: PRIORITY",
            [priority(1, 1, 255)],
            Stream(&[PROTOCOL_ERROR]),
        ),
    ])
    .await;
}

/// RFC 9113, 5.1.2: the limit in the server's settings is 128.
#[tokio::test]
async fn streams_over_the_limit_are_refused_and_others_continue() {
    let server = Server::start().await;
    let mut client = Client::connect(server.addr).await;
    for nth in 0..128 {
        client.send(&post(nth * 2 + 1, "/echo")).await;
    }
    client.send(&post(257, "/echo")).await;
    let refused = client.input.until(kind::RST_STREAM).await;
    assert_eq!(refused.stream, 257);
    assert_eq!(refused.payload, REFUSED_STREAM.to_be_bytes());
    // A stream that ends makes room for another one.
    client.send(&data(END_STREAM, 1, "x")).await;
    client.until_end_of_stream().await;
    client.send(&get(259, "/ping")).await;
    assert_eq!(client.input.outcome().await, Outcome::Answer(200));
    drop(client);
    server.stop().await;
}
