//! Floods of cheap frames. The server ends each flood, or handles it at a bounded cost.

use std::sync::atomic::Ordering::Relaxed;

use highball::tokio;

use crate::{
    GAUGES, Server,
    client::{Client, Outcome},
    frame::{code::*, *},
    neighbor::{Neighbor, flood},
};

/// Floods a server that also serves another client, and returns the outcome.
async fn check(frames: impl Iterator<Item = Vec<u8>>, expected: &[Outcome]) {
    let server = Server::start().await;
    let neighbor = Neighbor::beside(&server).await;
    let client = Client::connect(server.addr).await;
    let outcome = flood(client, frames).await;
    assert!(expected.contains(&outcome), "{outcome:?}");
    neighbor.was_served().await;
    server.stop().await;
}

/// The outcomes for a client that sends too much. GOAWAY can be lost.
const CALMED: &[Outcome] = &[Outcome::GoAway(ENHANCE_YOUR_CALM), Outcome::Closed];
/// The outcomes for a client that also violates the protocol, for example by using a rejected stream.
const ENDED: &[Outcome] = &[
    Outcome::GoAway(ENHANCE_YOUR_CALM),
    Outcome::GoAway(PROTOCOL_ERROR),
    Outcome::Closed,
];
/// The connection stays open, and another stream gets a response.
const ANSWERED: &[Outcome] = &[Outcome::Answer(200)];

fn streams(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|nth| nth * 2 + 1)
}

/// CVE-2023-44487: a stream that is reset makes room for the next one immediately.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn immediate_resets_close_the_connection() {
    let frames = streams(20_000).map(|id| [get(id, "/hang/1"), reset(id, CANCEL)].concat());
    check(frames, CALMED).await;
    let most = GAUGES[1].most.load(Relaxed);
    assert!(most <= 200, "{most} requests ran at once");
    assert_eq!(GAUGES[1].now.load(Relaxed), 0, "none is left behind");
}

/// The same, but slow enough for each handler to start. The handler is dropped when the stream is reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handler_is_dropped_when_its_stream_is_reset() {
    let server = Server::start().await;
    let neighbor = Neighbor::beside(&server).await;
    let mut client = Client::connect(server.addr).await;
    for id in streams(500) {
        client
            .send(&[get(id, "/hang/2"), ping(b"begun it")].concat())
            .await;
        assert_eq!(client.input.outcome().await, Outcome::Pong);
        client.send(&reset(id, CANCEL)).await;
    }
    assert_eq!(
        flood(client, std::iter::empty()).await,
        Outcome::Answer(200)
    );
    let most = GAUGES[2].most.load(Relaxed);
    assert!((1..=128).contains(&most), "{most} requests ran at once");
    neighbor.was_served().await;
    server.stop().await;
    assert_eq!(GAUGES[2].now.load(Relaxed), 0, "none is left behind");
}

/// CVE-2025-8671: the client makes the server reset its streams, here with a window above the maximum. hyper's limit is
/// 1,024 during the lifetime of a connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn provoked_resets_close_the_connection() {
    let provoked = streams(20_000).map(|id| {
        let request = get(id, "/hang/3");
        [request, window_update(id, MAX_WINDOW)].concat()
    });
    check(provoked, CALMED).await;
    let most = GAUGES[3].most.load(Relaxed);
    assert!(most <= 1024, "{most} requests ran at once");
    assert_eq!(GAUGES[3].now.load(Relaxed), 0, "none is left behind");
}

/// CVE-2025-8671 with other frames: each request is followed by a frame that is a stream error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_provoke_resets_closes_the_connection() {
    type Provoke = fn(u32) -> Vec<u8>;
    let ways: [Provoke; 3] = [
        |id| [post(id, "/hang/0"), priority(id, id, 0)].concat(),
        |id| [post(id, "/hang/0"), post(id, "/hang/0")].concat(),
        |id| {
            let mut fields = request("POST", "/hang/0");
            fields.push(("content-length", "1"));
            [headers(END_HEADERS, id, &fields), data(NO_FLAGS, id, "xx")].concat()
        },
    ];
    for way in ways {
        check(streams(5_000).map(way), ENDED).await;
    }
    // h2 treats an increment of 0 as a connection error.
    let zero = streams(10).map(|id| [get(id, "/hang/0"), window_update(id, 0)].concat());
    check(zero, ENDED).await;
}

/// The server resets each stream over the limit, and h2 counts these resets as provoked by the client.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_over_the_limit_close_the_connection() {
    check(streams(20_000).map(|id| post(id, "/hang/0")), CALMED).await;
}

/// CVE-2024-27316: a header block that never ends, and that stays below the limit of its size.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_header_block_closes_the_connection() {
    for fields in [&[][..], &[("x-a", "b")]] {
        let begun = headers(END_STREAM, 1, &request("GET", "/ping"));
        let more = std::iter::repeat_n(continuation(NO_FLAGS, 1, fields), 20_000);
        check([begun].into_iter().chain(more), CALMED).await;
    }
}

/// CVE-2019-9518: empty frames. h2 accepts 100 of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn empty_data_frames_close_the_connection() {
    let begun = || [post(1, "/keep")].into_iter();
    let empty = std::iter::repeat_n(data(NO_FLAGS, 1, ""), 20_000);
    check(begun().chain(empty), CALMED).await;
    let padded = std::iter::repeat_n(data(PADDED, 1, "\x01\0"), 20_000);
    check(begun().chain(padded), CALMED).await;
}

/// Each unread byte takes 256 bytes of memory. h2 accepts about 2,000 unread bytes that are sent in this way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_body_in_single_bytes_closes_the_connection() {
    let begun = [post(1, "/keep")].into_iter();
    let bytes = std::iter::repeat_n(data(NO_FLAGS, 1, "x"), 20_000);
    check(begun.chain(bytes), CALMED).await;
}

/// CVE-2019-9516: h2 rejects a header without a name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_without_names_close_the_connection() {
    let mut fields = request("GET", "/hang/0");
    fields.extend([("", ""); 1000]);
    let frames = streams(1_000).map(move |id| headers(WHOLE, id, &fields));
    check(frames, ENDED).await;
}

/// CVE-2019-9513: h2 has no tree of priorities, so each frame is only parsed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn priorities_are_ignored() {
    let shuffled = (0..20_000).map(|nth| priority(nth % 100 * 2 + 1, nth % 7 * 2 + 201, 0));
    check(shuffled, ANSWERED).await;
}

/// CVE-2019-9511: a window that grows byte by byte. Each frame is only parsed, and the window has a maximum.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_window_updates_do_not_delay_others() {
    let begun = [get(1, "/hang/0")].into_iter();
    let updates = (0..20_000).map(|nth| window_update(nth % 2, 1));
    check(begun.chain(updates), ANSWERED).await;
}

/// Unknown frames are only parsed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_frames_do_not_delay_others() {
    let unknown = std::iter::repeat_n(frame(kind::UNKNOWN, NO_FLAGS, 0, [0; 100]), 20_000);
    check(unknown, ANSWERED).await;
}

/// CVE-2019-9512 and 9515: a client that reads the acknowledgments gets all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_pings_and_settings_do_not_delay_others() {
    check(std::iter::repeat_n(ping(b"whatever"), 10_000), ANSWERED).await;
    check(std::iter::repeat_n(settings(&[]), 10_000), ANSWERED).await;
}
