//! RabbitMQ, by the first frame of AMQP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use highball_faults::rabbitmq_or_skip;

use crate::echo::connect;

/// Returns the first three bytes of the server: a method on channel 0.
fn greet(addr: SocketAddr) -> [u8; 3] {
    let mut stream = connect(addr);
    stream.write_all(b"AMQP\0\0\x09\x01").unwrap();
    let mut frame = [0; 3];
    stream.read_exact(&mut frame).unwrap();
    frame
}

#[tokio::test]
async fn rabbitmq_starts_again_after_a_kill_and_stops_in_order() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    assert_eq!(
        server.url(),
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", server.port())
    );
    assert_eq!(greet(server.addr()), [1, 0, 0]);

    server.kill().await;
    assert!(server.processes().await.is_empty());
    TcpStream::connect(server.addr()).expect_err("nothing should listen");

    server.start_again().await;
    assert_eq!(greet(server.addr()), [1, 0, 0]);
    server.stop().await;
    assert!(server.processes().await.is_empty());
    let log = server.log();
    assert!(
        log.contains("SIGTERM received") && !log.contains("BOOT FAILED"),
        "{log}"
    );
    assert!(log.contains("stopped TCP listener on 127.0.0.1"), "{log}");
}
