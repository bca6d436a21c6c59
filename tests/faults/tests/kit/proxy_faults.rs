//! Each fault of the proxy.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use highball_faults::{Direction, Proxy};

use crate::echo::{self, assert_reset, assert_silent, connect, echo, eventually};

const DELAY: Duration = Duration::from_millis(100);

#[test]
fn delay_applies_to_connects_and_to_each_direction() {
    let proxy = Proxy::start(echo::start());
    proxy.delay(3 * DELAY, Duration::ZERO);
    let start = Instant::now();
    let mut stream = connect(proxy.addr());
    echo(&mut stream, "hello").unwrap();
    assert!(start.elapsed() >= 3 * DELAY);

    // An open connection is delayed, too: the text passes the proxy twice.
    proxy.delay(Duration::ZERO, DELAY);
    let start = Instant::now();
    echo(&mut stream, "hello").unwrap();
    assert!(start.elapsed() >= 2 * DELAY);

    proxy.pass();
    let start = Instant::now();
    echo(&mut stream, "hello").unwrap();
    assert!(start.elapsed() < 2 * DELAY);
}

#[test]
fn refused_connections_are_reset_and_others_continue() {
    let proxy = Proxy::start(echo::start());
    let mut open = connect(proxy.addr());
    echo(&mut open, "hello").unwrap();
    proxy.refuse();
    assert_reset(&mut connect(proxy.addr()));
    echo(&mut open, "hello").unwrap();
    let counts = proxy.counts();
    assert_eq!((counts.accepted, counts.refused, counts.open), (2, 1, 1));
    proxy.pass();
    echo(&mut connect(proxy.addr()), "hello").unwrap();
}

#[test]
fn cut_resets_open_connections_and_no_later_ones() {
    let proxy = Proxy::start(echo::start());
    let mut streams = [(); 3].map(|()| connect(proxy.addr()));
    for stream in &mut streams {
        echo(stream, "hello").unwrap();
    }
    proxy.cut();
    streams.iter_mut().for_each(assert_reset);
    eventually(|| proxy.counts().open == 0);
    echo(&mut connect(proxy.addr()), "hello").unwrap();
}

#[test]
fn connection_is_cut_after_a_number_of_bytes_to_the_client() {
    let proxy = Proxy::start(echo::start());
    let mut open = connect(proxy.addr());
    echo(&mut open, "these bytes do not count").unwrap();
    proxy.cut_after(Direction::ToClient, 7);
    for mut stream in [open, connect(proxy.addr())] {
        echo(&mut stream, "12345").unwrap();
        stream.write_all(b"6789").unwrap();
        let mut rest = [0; 2];
        stream.read_exact(&mut rest).unwrap();
        assert_eq!(&rest, b"67");
        assert_reset(&mut stream);
    }
    proxy.pass();
    echo(&mut connect(proxy.addr()), "more than seven bytes").unwrap();
}

#[test]
fn connection_is_cut_after_a_number_of_bytes_to_the_server() {
    let proxy = Proxy::start(echo::start());
    proxy.cut_after(Direction::ToServer, 5);
    let mut stream = connect(proxy.addr());
    echo(&mut stream, "1234").unwrap();
    let before = proxy.counts().to_server;
    stream.write_all(b"5678").unwrap();
    while stream.read(&mut [0; 16]).is_ok() {}
    assert_eq!(proxy.counts().to_server, before + 1);
}

#[test]
fn stalled_proxy_passes_nothing_and_loses_nothing() {
    let proxy = Proxy::start(echo::start());
    let mut open = connect(proxy.addr());
    echo(&mut open, "hello").unwrap();
    proxy.stall();
    let mut later = connect(proxy.addr());
    for stream in [&mut open, &mut later] {
        stream.write_all(b"later").unwrap();
        assert_silent(stream);
    }
    assert_eq!((proxy.counts().to_server, proxy.counts().open), (5, 2));
    proxy.pass();
    for stream in [&mut open, &mut later] {
        let mut text = [0; 5];
        stream.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"later");
    }
}

#[test]
fn client_that_leaves_a_stalled_proxy_is_noticed() {
    let proxy = Proxy::start(echo::start());
    let mut open = connect(proxy.addr());
    echo(&mut open, "hello").unwrap();
    proxy.stall();
    let mut later = connect(proxy.addr());
    later.write_all(b"no answer").unwrap();
    eventually(|| proxy.counts().open == 2);
    drop((open, later));
    eventually(|| proxy.counts().open == 0);
}

#[test]
fn client_that_leaves_during_the_delay_of_its_connect_is_noticed() {
    let proxy = Proxy::start(echo::start());
    proxy.delay(Duration::from_secs(600), Duration::ZERO);
    let stream = connect(proxy.addr());
    eventually(|| proxy.counts().open == 1);
    drop(stream);
    eventually(|| proxy.counts().open == 0);
}

#[test]
fn blackhole_drops_the_bytes_of_one_direction() {
    let proxy = Proxy::start(echo::start());
    let mut stream = connect(proxy.addr());
    echo(&mut stream, "hello").unwrap();

    proxy.blackhole(Direction::ToClient);
    stream.write_all(b"answer").unwrap();
    assert_silent(&mut stream);
    let counts = proxy.counts();
    assert_eq!(
        (counts.to_server, counts.to_client, counts.dropped),
        (11, 5, 6)
    );

    proxy.blackhole(Direction::ToServer);
    stream.write_all(b"request").unwrap();
    assert_silent(&mut stream);
    let counts = proxy.counts();
    assert_eq!(
        (counts.to_server, counts.to_client, counts.dropped),
        (11, 5, 13)
    );

    proxy.pass();
    echo(&mut stream, "hello").unwrap();
}

#[test]
fn limited_proxy_keeps_its_rate() {
    let proxy = Proxy::start(echo::start());
    let mut stream = connect(proxy.addr());
    proxy.limit(10_000);
    let start = Instant::now();
    echo(&mut stream, &"x".repeat(5_000)).unwrap();
    let limited = start.elapsed();
    // The direction back begins with the first piece, so that both take little more than one.
    assert!(limited >= Duration::from_millis(500), "{limited:?}");
    assert!(limited < Duration::from_millis(2_000), "{limited:?}");

    proxy.pass();
    let start = Instant::now();
    echo(&mut stream, &"x".repeat(5_000)).unwrap();
    assert!(start.elapsed() < Duration::from_millis(400));
}
