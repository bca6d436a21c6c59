//! PostgreSQL, by the program `psql` and by the first message of its protocol.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output};

use highball_faults::{Mode, Proxy, Server, postgres_or_skip};
use tokio::task;

use crate::echo::{assert_silent, connect};

/// Runs a statement by `psql`, and returns its output.
async fn query(url: String, statement: &'static str) -> Result<String, String> {
    let run = move || {
        let mut command = Command::new("psql");
        command.args([
            "--no-psqlrc",
            "-At",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
            &url,
        ]);
        command.output().expect("`psql` is installed")
    };
    let Output {
        status,
        stdout,
        stderr,
    } = task::spawn_blocking(run).await.unwrap();
    if !status.success() {
        return Err(String::from_utf8(stderr).unwrap());
    }
    Ok(String::from_utf8(stdout).unwrap().trim().to_owned())
}

/// Sends the first message of a client.
fn greet(stream: &mut TcpStream) {
    let parameters = b"user\0highball\0\0";
    let mut message = (parameters.len() as u32 + 8).to_be_bytes().to_vec();
    message.extend(0x0003_0000_u32.to_be_bytes());
    message.extend(parameters);
    stream.write_all(&message).unwrap();
}

#[tokio::test]
async fn postgres_keeps_its_data_after_a_kill() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let inserted = query(server.url(), "create table t as select 7 as a").await;
    assert_eq!(inserted.unwrap(), "SELECT 1");
    let mut stream = connect(server.addr());

    server.kill().await;
    assert!(!server.is_running());
    assert!(server.processes().await.is_empty());
    // A process that outlives the first one for a moment may send a last message.
    let ended = stream.read_to_end(&mut Vec::new());
    assert!(!ended.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    query(server.url(), "select 1")
        .await
        .expect_err("it was killed");

    let port = server.port();
    server.start_again().await;
    assert_eq!(server.port(), port);
    assert_eq!(query(server.url(), "select a from t").await.unwrap(), "7");
    assert!(server.log().contains("was not properly shut down"));
}

#[tokio::test]
async fn postgres_stops_in_order_and_restarts() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    server.stop().await;
    assert!(server.log().contains("database system is shut down"));
    assert!(server.processes().await.is_empty());
    server.start_again().await;
    assert!(!server.log().contains("was not properly shut down"));

    let sleeping = task::spawn(query(server.url(), "select pg_sleep(600)"));
    let count = "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'";
    for _ in 0..100 {
        if query(server.url(), count).await.unwrap() == "1" {
            break;
        }
    }
    server.restart(Mode::Immediate).await;
    let error = sleeping.await.unwrap().expect_err("the query was cut");
    assert!(error.contains("terminating connection"), "{error}");
    assert!(server.log().contains("received immediate shutdown request"));
    assert!(server.log().contains("was not properly shut down"));

    server.restart(Mode::Fast).await;
    assert!(server.log().contains("received fast shutdown request"));
    assert_eq!(query(server.url(), "select 1").await.unwrap(), "1");
}

#[tokio::test]
async fn paused_postgres_accepts_and_does_not_answer() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    // The process of this connection has its own session, and is paused with the others.
    let mut open = connect(server.addr());
    greet(&mut open);
    let mut kind = [0; 1];
    open.read_exact(&mut kind).unwrap();
    assert_eq!(&kind, b"R");
    while open.read(&mut [0; 256]).unwrap() == 256 {}

    server.pause().await;
    let mut later = connect(server.addr());
    greet(&mut later);
    assert_silent(&mut later);
    // A wrong message: the process of the connection would answer with an error.
    open.write_all(b"Q\0\0\0\x05\0").unwrap();
    assert_silent(&mut open);

    server.resume().await;
    later.read_exact(&mut kind).unwrap();
    assert_eq!(&kind, b"R");
    open.read_exact(&mut kind).unwrap();
    assert_eq!(&kind, b"E");
}

#[tokio::test]
async fn options_of_postgres_apply() {
    let builder = Server::postgres()
        .setting("max_connections", "20")
        .password("sesame");
    let Some(server) = builder.start_or_skip().await else {
        return;
    };
    let url = server.url();
    assert_eq!(
        query(url.clone(), "show max_connections").await.unwrap(),
        "20"
    );
    assert_eq!(query(url.clone(), "show ssl").await.unwrap(), "off");
    let password = "select left(rolpassword, 13) from pg_authid where rolname = 'highball'";
    assert_eq!(query(url.clone(), password).await.unwrap(), "SCRAM-SHA-256");
    let error = query(url.replace("sesame", "wrong"), "select 1")
        .await
        .unwrap_err();
    assert!(error.contains("password authentication failed"), "{error}");
}

#[tokio::test]
async fn postgres_is_reached_through_a_proxy() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = Proxy::start(server.addr());
    let url = server.url_at(proxy.addr());
    assert_eq!(query(url.clone(), "select 1").await.unwrap(), "1");
    proxy.refuse();
    query(url, "select 1").await.expect_err("the proxy refuses");
    assert_eq!((proxy.counts().accepted, proxy.max_connecting()), (2, 1));
}

#[tokio::test]
#[should_panic(expected = "unrecognized configuration parameter")]
async fn wrong_setting_shows_the_log() {
    let builder = Server::postgres().setting("max_conections", "20");
    if builder.start_or_skip().await.is_none() {
        panic!("left out: unrecognized configuration parameter");
    }
}
