//! Listeners: addresses, Unix sockets, custom listeners, limits of connections, and the PROXY protocol.

use std::{
    io,
    net::SocketAddr,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::PathBuf,
    time::Duration,
};

use highball::{
    Config,
    serve::{Incoming, Listener, Proxies},
    tokio,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    net::{TcpStream, UnixStream},
    sync::mpsc,
};

use crate::{Server, ask, bound, connect, until};

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("highball-{name}-{}.sock", std::process::id()))
}

#[tokio::test]
async fn several_listeners_are_served() {
    let ((one, first), (two, second)) = (bound().await, bound().await);
    let path = path("several");
    let unix = Listener::unix(&path).mode(0o600);
    let server = Server::start(|serve| serve.listen(one).listen(two).listen(unix));
    assert_eq!(ask(connect(first).await, b"", "/ping").await, "pong");
    assert_eq!(ask(connect(second).await, b"", "/ping").await, "pong");
    until("it is bound", async || {
        UnixStream::connect(&path).await.is_ok()
    })
    .await;
    let metadata = std::fs::metadata(&path).expect("it is there");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let stream = UnixStream::connect(&path).await.expect("it listens");
    assert_eq!(ask(stream, b"", "/peer").await, "nobody");
    server.stop().await.expect("it served");
    assert!(!path.exists(), "the file is removed");
}

#[tokio::test]
async fn ipv4_and_ipv6_share_a_port() {
    let (listener, addr) = bound().await;
    drop(listener);
    let v6: SocketAddr = format!("[::]:{}", addr.port()).parse().expect("an address");
    let v4: SocketAddr = format!("0.0.0.0:{}", addr.port())
        .parse()
        .expect("an address");
    let server = Server::start(|serve| serve.listen(v6).listen(v4));
    until("it listens", async || {
        TcpStream::connect(addr).await.is_ok()
    })
    .await;
    let seen = ask(connect(addr).await, b"", "/peer").await;
    assert!(seen.starts_with("127.0.0.1:"), "{seen}");
    let local = format!("[::1]:{}", addr.port())
        .parse()
        .expect("an address");
    let seen = ask(connect(local).await, b"", "/peer").await;
    assert!(seen.starts_with("[::1]:"), "{seen}");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn stale_unix_socket_is_replaced_but_not_a_live_one() {
    let path = path("stale");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("it can be bound"));
    assert!(path.exists());
    let server = Server::start(|serve| serve.listen(Listener::unix(&path)));
    until("it listens", async || {
        UnixStream::connect(&path).await.is_ok()
    })
    .await;
    let second = Server::start(|serve| serve.listen(Listener::unix(&path)));
    let error = second.ended().await.expect_err("another program listens");
    assert!(
        error.to_string().contains("another program listens there"),
        "{error}"
    );
    let stream = UnixStream::connect(&path).await.expect("it still listens");
    assert_eq!(ask(stream, b"", "/ping").await, "pong");
    server.stop().await.expect("it served");

    std::fs::write(&path, "mine").expect("it can be written");
    let third = Server::start(|serve| serve.listen(Listener::unix(&path)));
    let error = third.ended().await.expect_err("it is a file");
    assert!(
        error.to_string().contains("a file that is not a socket"),
        "{error}"
    );
    let kept = std::fs::metadata(&path).expect("it is there");
    assert!(!kept.file_type().is_socket());
    std::fs::remove_file(&path).expect("it is ours");
}

/// A listener that accepts the connections that a test sends to it.
struct Handed(mpsc::Receiver<DuplexStream>);

impl Incoming for Handed {
    type Stream = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some(stream) => Ok((stream, Some(([192, 0, 2, 1], 7).into()))),
            None => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn custom_listener_is_served() {
    for workers in [0, 2] {
        let (tx, rx) = mpsc::channel(1);
        let config = Config::default().workers(workers);
        let server = Server::start(|serve| serve.listen(Listener::own(Handed(rx))).config(config));
        let (near, far) = duplex(4096);
        tx.send(far).await.expect("it accepts");
        assert_eq!(ask(near, b"", "/peer").await, "192.0.2.1:7");
        server.stop().await.expect("it served");
    }
}

/// A listener whose `accept` fails immediately.
struct Broken;

impl Incoming for Broken {
    type Stream = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        Err(io::Error::other("it is broken"))
    }
}

#[tokio::test]
async fn failing_listener_does_not_delay_others() {
    let (listener, addr) = bound().await;
    let server = Server::start(|serve| serve.listen(listener).listen(Listener::own(Broken)));
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    let begun = std::time::Instant::now();
    for _ in 0..40 {
        assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    }
    // The server waits for 50 ms after each error of the broken listener.
    assert!(begun.elapsed() < Duration::from_millis(1_800));
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn connection_accepted_before_shutdown_is_served() {
    let (tx, rx) = mpsc::channel(8);
    let config = Config::default().max_connections(1);
    let server = Server::start(|serve| serve.listen(Listener::own(Handed(rx))).config(config));
    let (mut holding, far) = duplex(4096);
    tx.send(far).await.expect("it accepts");
    holding
        .write_all(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .expect("it is sent");
    holding.read_u8().await.expect("it is answered");
    let (waiting, far) = duplex(4096);
    tx.send(far).await.expect("there is room");
    // The listener has accepted this connection, but the server is at its limit.
    until("it is accepted", async || {
        tx.capacity() == tx.max_capacity()
    })
    .await;
    let asking = tokio::spawn(ask(waiting, b"", "/ping"));
    tokio::task::yield_now().await;
    drop(holding);
    server.stop().await.expect("it served");
    assert_eq!(asking.await.expect("it does not panic"), "pong");
}

/// A listener that fails once, and then accepts its connection.
struct Failing(Option<DuplexStream>, bool);

impl Incoming for Failing {
    type Stream = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        if std::mem::replace(&mut self.1, false) {
            return Err(io::Error::other("there is no room"));
        }
        match self.0.take() {
            Some(stream) => Ok((stream, None)),
            None => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn paused_listener_serves_accepted_connections() {
    let (near, far) = duplex(4096);
    let listener = Listener::own(Failing(Some(far), true));
    let server = Server::start(|serve| serve.listen(listener));
    let asking = tokio::spawn(ask(near, b"", "/ping"));
    // Less than the pause after an error, and enough time to accept.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    server.stop().await.expect("it served");
    assert_eq!(asking.await.expect("it does not panic"), "pong");
}

#[tokio::test]
async fn longest_durations_do_not_panic() {
    let (listener, addr) = bound().await;
    let forever = Duration::MAX;
    let config = Config::default()
        .head_timeout(forever)
        .body_timeout(forever)
        .idle_timeout(forever)
        .write_timeout(forever)
        .handshake_timeout(forever)
        .shutdown_timeout(forever);
    let server = Server::start(|serve| serve.listen(listener).config(config));
    let mut stream = connect(addr).await;
    stream
        .write_all(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .expect("it is sent");
    stream.read_u8().await.expect("it is answered");
    let answers = ask(stream, b"", "/ping").await;
    assert!(answers.ends_with("pong"), "{answers}");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn connections_of_an_address_are_limited() {
    let (tx, rx) = mpsc::channel(1);
    let config = Config::default().max_connections_per_address(2);
    let server = Server::start(|serve| serve.listen(Listener::own(Handed(rx))).config(config));
    let mut kept = Vec::new();
    for _ in 0..2 {
        let (mut near, far) = duplex(4096);
        tx.send(far).await.expect("it accepts");
        near.write_all(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .expect("it is sent");
        near.read_u8().await.expect("it is answered");
        kept.push(near);
    }
    let (near, far) = duplex(4096);
    tx.send(far).await.expect("it accepts");
    assert_eq!(ask(near, b"", "/ping").await, "");
    drop(kept);
    until("a place is free", async || {
        let (near, far) = duplex(4096);
        tx.send(far).await.expect("it accepts");
        ask(near, b"", "/ping").await == "pong"
    })
    .await;
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn proxy_protocol_determines_the_peer() {
    let (listener, addr) = bound().await;
    let from = Proxies::trust(["127.0.0.1"]).expect("an address");
    let listener = Listener::from(listener).proxy_protocol(from);
    let server = Server::start(|serve| serve.listen(listener));
    let header = b"PROXY TCP4 192.0.2.7 10.0.0.1 5000 80\r\n";
    assert_eq!(
        ask(connect(addr).await, header, "/peer").await,
        "192.0.2.7:5000"
    );
    let binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x08\x0a\0\0\x01\x13\x88\0\x50";
    assert_eq!(
        ask(connect(addr).await, binary, "/peer").await,
        "192.0.2.8:5000"
    );
    // A connection of a trusted proxy without the header is closed.
    assert_eq!(ask(connect(addr).await, b"", "/peer").await, "");
    server.stop().await.expect("it served");

    let (listener, addr) = bound().await;
    let from = Proxies::trust(["192.0.2.0/24"]).expect("a network");
    let listener = Listener::from(listener).proxy_protocol(from);
    let server = Server::start(|serve| serve.listen(listener));
    // From another address, the header is an invalid request.
    assert!(
        !ask(connect(addr).await, header, "/peer")
            .await
            .contains("192.0.2.7")
    );
    assert!(
        ask(connect(addr).await, b"", "/peer")
            .await
            .starts_with("127.0.0.1:")
    );
    server.stop().await.expect("it served");
}
