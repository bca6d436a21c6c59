use tokio::io::duplex;

use super::*;

const UPGRADE: &str =
    "GET /upgrade HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";

async fn upgrade(server: &Server) -> Client {
    let mut client = server.connect().await;
    client.send(UPGRADE).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(client.stream.read_u8()).await.expect("it is answered"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    client
}

#[tokio::test]
async fn upgraded_stream_sends_each_write() {
    let server = start(Config::default()).await;
    let mut client = upgrade(&server).await;
    for word in ["one", "two"] {
        client.send(word).await;
        let mut back = [0; 3];
        soon(client.stream.read_exact(&mut back))
            .await
            .expect("it is sent back");
        assert_eq!(back, word.as_bytes());
    }
    drop(client);
    assert_eq!(server.stop().await.cut, 0);
}

#[tokio::test]
async fn last_request_can_be_an_upgrade() {
    let server = start(Config::default().max_requests_per_connection(1)).await;
    let mut client = server.connect().await;
    client.send(UPGRADE).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(client.stream.read_u8()).await.expect("it is answered"));
    }
    let head = String::from_utf8_lossy(&head);
    assert!(head.contains("connection: upgrade\r\n"), "{head}");
    assert!(!head.contains("close"), "{head}");
    client.send("one").await;
    let mut back = [0; 3];
    let read = soon(client.stream.read_exact(&mut back)).await;
    assert_eq!((read.ok(), &back), (Some(3), b"one"));
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn upgraded_connection_counts_for_the_limit() {
    let server = start(Config::default().max_connections(1)).await;
    let upgraded = upgrade(&server).await;
    let mut second = server.connect().await;
    second.send(&get("/a")).await;
    let early = tokio::time::timeout(Duration::from_millis(100), second.answer()).await;
    assert!(early.is_err(), "there is room for one: {early:?}");
    drop(upgraded);
    assert!(second.answer().await.ends_with("/a"));
    assert_eq!(server.stop().await.cut, 0);
}

#[tokio::test]
async fn upgraded_connection_is_cut_at_the_deadline() {
    let server = start(Config::default().shutdown_timeout(Duration::from_millis(50))).await;
    let mut upgraded = upgrade(&server).await;
    assert_eq!(server.stop().await.cut, 1);
    assert_eq!(upgraded.rest().await, "");
}

#[tokio::test]
async fn upgraded_connection_ends_with_the_server() {
    let server = start(Config::default()).await;
    let mut upgraded = upgrade(&server).await;
    server.task.abort();
    assert_eq!(upgraded.rest().await, "");
}

#[tokio::test]
async fn upgrade_is_answered_on_a_stream_with_a_small_buffer() {
    // Less than the head of the response.
    let (mut near, far) = duplex(32);
    let accepted = Accepted::Stream(Socket::Boxed(Box::new(far)), Transport::default());
    let own: CustomListener = Box::new(|tx| {
        Box::pin(async move {
            let _stopped = tx.send(Ok(accepted)).await;
            pending::<()>().await;
        })
    });
    let server = start_on(
        ConnectionSource::CustomListener(own, "a test"),
        Config::default(),
    );
    near.write_all(UPGRADE.as_bytes())
        .await
        .expect("it is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(near.read_u8()).await.expect("it is answered"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    drop(near);
    assert_eq!(server.stop().await.cut, 0);
}
