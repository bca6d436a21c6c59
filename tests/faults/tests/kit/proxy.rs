//! The counts of the proxy, and its end.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use highball_faults::Proxy;

use crate::echo::{self, assert_reset, connect, echo, eventually};

#[test]
fn connections_and_bytes_are_counted() {
    let proxy = Proxy::start(echo::start());
    let (mut one, mut two) = (connect(proxy.addr()), connect(proxy.addr()));
    echo(&mut one, "hello").unwrap();
    echo(&mut two, "hi").unwrap();
    let counts = proxy.counts();
    assert_eq!((counts.accepted, counts.open, counts.max_open), (2, 2, 2));
    assert_eq!(
        (counts.to_server, counts.refused, counts.dropped),
        (7, 0, 0)
    );

    drop(one);
    eventually(|| proxy.counts().open == 1);
    let mut three = connect(proxy.addr());
    echo(&mut three, "hello").unwrap();
    let counts = proxy.counts();
    assert_eq!((counts.accepted, counts.open, counts.max_open), (3, 2, 2));
}

#[test]
fn times_of_connects_show_how_many_are_made_at_once() {
    let proxy = Proxy::start(echo::start());
    for _ in 0..3 {
        echo(&mut connect(proxy.addr()), "one after the other").unwrap();
    }
    assert_eq!(proxy.max_connecting(), 1);

    proxy.delay(Duration::from_millis(200), Duration::ZERO);
    let mut streams = [(); 4].map(|()| connect(proxy.addr()));
    for stream in &mut streams {
        echo(stream, "all at once").unwrap();
    }
    assert_eq!(proxy.max_connecting(), 4);
    let connects = proxy.connects();
    assert_eq!(connects.len(), 7);
    assert!(connects.is_sorted_by_key(|connect| connect.accepted));
    let last = connects[6];
    assert!(last.answered.unwrap() - last.accepted >= Duration::from_millis(200));
    assert_eq!(last.closed, None);
}

#[test]
fn each_side_may_end_its_direction_alone() {
    let proxy = Proxy::start(echo::start());
    let mut stream = connect(proxy.addr());
    stream.write_all(b"the last words").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text, "the last words");
    eventually(|| proxy.counts().open == 0);
    assert!(proxy.connects()[0].closed.is_some());
}

#[test]
fn client_is_reset_if_nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap());
    drop(listener);
    assert_reset(&mut connect(proxy.addr()));
    assert_eq!(proxy.counts().accepted, 1);
}

#[test]
fn dropped_proxy_closes_its_connections_and_its_port() {
    let proxy = Proxy::start(echo::start());
    let addr = proxy.addr();
    let mut stream = connect(addr);
    echo(&mut stream, "hello").unwrap();
    drop(proxy);
    assert!(matches!(stream.read(&mut [0; 16]), Ok(0) | Err(_)));
    TcpStream::connect(addr).expect_err("nothing should listen");
}
