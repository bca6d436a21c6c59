//! Redis, by its own protocol.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use highball_faults::{Mode, Server, redis_or_skip};

use crate::echo::{assert_silent, connect};

/// Sends a command, and returns the first bytes of the answer.
fn send(stream: &mut TcpStream, command: &str) -> io::Result<String> {
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut answer = [0; 256];
    let read = stream.read(&mut answer)?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
}

fn send_once(addr: SocketAddr, command: &str) -> String {
    send(&mut connect(addr), command).unwrap()
}

#[tokio::test]
async fn redis_answers_and_keeps_its_data_after_a_kill() {
    let Some(server) = redis_or_skip().await else {
        return;
    };
    assert_eq!(
        server.url(),
        format!("redis://127.0.0.1:{}/", server.port())
    );
    let mut stream = connect(server.addr());
    assert_eq!(send(&mut stream, "PING").unwrap(), "+PONG\r\n");
    assert_eq!(send(&mut stream, "SET a 7").unwrap(), "+OK\r\n");

    server.kill().await;
    assert!(!server.is_running());
    send(&mut stream, "PING").unwrap_err();
    TcpStream::connect(server.addr()).expect_err("nothing should listen");

    let port = server.port();
    server.start_again().await;
    assert_eq!(server.port(), port);
    assert_eq!(send_once(server.addr(), "GET a"), "$1\r\n7\r\n");
    assert!(server.log().matches("Ready to accept connections").count() == 2);
}

#[tokio::test]
async fn redis_stops_in_order_and_restarts() {
    let Some(server) = redis_or_skip().await else {
        return;
    };
    assert_eq!(send_once(server.addr(), "SET a 7"), "+OK\r\n");
    server.stop().await;
    assert!(!server.is_running());
    assert!(server.log().contains("bye bye"), "{}", server.log());
    server.start_again().await;
    for mode in [Mode::Fast, Mode::Immediate] {
        let before = server.processes().await;
        server.restart(mode).await;
        assert_ne!(server.processes().await, before);
        assert_eq!(send_once(server.addr(), "GET a"), "$1\r\n7\r\n");
    }
    // Only the stop and the fast restart were in order.
    assert_eq!(server.log().matches("bye bye").count(), 2);
}

#[tokio::test]
async fn paused_redis_accepts_and_does_not_answer() {
    let Some(server) = redis_or_skip().await else {
        return;
    };
    server.pause().await;
    assert!(server.is_running());
    let mut stream = connect(server.addr());
    stream.write_all(b"PING\r\n").unwrap();
    assert_silent(&mut stream);
    server.resume().await;
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+PONG\r\n");
}

#[tokio::test]
async fn options_of_redis_apply() {
    let builder = Server::redis()
        .setting("maxclients", "33")
        .password("sesame");
    let Some(server) = builder.start_or_skip().await else {
        return;
    };
    assert_eq!(
        server.url(),
        format!("redis://:sesame@127.0.0.1:{}/", server.port())
    );
    let mut stream = connect(server.addr());
    assert!(send(&mut stream, "PING").unwrap().starts_with("-NOAUTH"));
    assert_eq!(send(&mut stream, "AUTH sesame").unwrap(), "+OK\r\n");
    let answer = send(&mut stream, "CONFIG GET maxclients").unwrap();
    assert!(answer.contains("\r\n33\r\n"), "{answer}");
}

#[tokio::test]
async fn two_servers_run_at_once() {
    let (Some(one), Some(two)) = (redis_or_skip().await, redis_or_skip().await) else {
        return;
    };
    assert_eq!(send_once(one.addr(), "SET a 7"), "+OK\r\n");
    assert_eq!(send_once(two.addr(), "GET a"), "$-1\r\n");
    one.kill().await;
    assert_eq!(send_once(two.addr(), "PING"), "+PONG\r\n");
}
