//! Shutdown waits until the clients have received the responses.

use std::net::SocketAddr;

use tokio::net::UdpSocket;

use super::*;

#[get("/events")]
pub(crate) async fn events() -> highball::sse::Sse {
    highball::sse::Sse::new(highball::body::produce(|events| async move {
        events.send(highball::sse::Event::data("first")).await;
        std::future::pending::<()>().await;
    }))
}

#[tokio::test]
async fn shutdown_ends_events() {
    let server = Server::start("events", Config::default()).await;
    let mut client = server.connect().await;
    let mut stream = client.begin("/events").await;
    let mut piece = soon(stream.recv_data())
        .await
        .expect("it goes on")
        .expect("a piece");
    assert_eq!(piece.copy_to_bytes(piece.remaining()), "data: first\n\n");
    let begun = std::time::Instant::now();
    let stopping = tokio::spawn(server.stop());
    let mut piece = soon(stream.recv_data())
        .await
        .expect("it goes on")
        .expect("a piece");
    assert_eq!(piece.copy_to_bytes(piece.remaining()), "retry: 1000\n\n");
    assert!(
        soon(stream.recv_data())
            .await
            .expect("it ends well")
            .is_none()
    );
    drop(stream);
    soon(stopping).await.expect("it stops");
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn shutdown_finishes_open_requests() {
    let server = Server::start("stop", Config::default()).await;
    let mut client = server.connect().await;
    let request = Request::get("https://localhost/wait")
        .body(())
        .expect("it is well formed");
    let mut stream = client
        .sender
        .send_request(request)
        .await
        .expect("it is sent");
    stream.finish().await.expect("it is sent");
    soon(WAITING.notified()).await;
    let stopping = tokio::spawn(server.stop());
    tokio::task::yield_now().await;
    GO_ON.notify_one();
    let response = soon(stream.recv_response()).await.expect("it is answered");
    assert_eq!(response.status(), 200);
    let mut piece = soon(stream.recv_data())
        .await
        .expect("it goes on")
        .expect("a body");
    assert_eq!(piece.copy_to_bytes(piece.remaining()), "waited");
    drop(stream);
    soon(stopping).await.expect("it stops");
    soon(client.driving).await.expect("the connection ends");
}

/// Starts a proxy that drops some packets of the server, and returns its address.
async fn lossy(server: SocketAddr) -> SocketAddr {
    let near = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let far = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    far.connect(server).await.expect("an address");
    let addr = near.local_addr().expect("it is bound");
    tokio::spawn(async move {
        let (mut one, mut other) = ([0; 2048], [0; 2048]);
        let (mut client, mut count) = (addr, 0);
        loop {
            tokio::select! {
                Ok((len, from)) = near.recv_from(&mut one) => {
                    client = from;
                    let _lost = far.send(&one[..len]).await;
                }
                Ok(len) = far.recv(&mut other) => {
                    count += 1;
                    if count % 7 != 0 {
                        let _lost = near.send_to(&other[..len], client).await;
                    }
                }
            }
        }
    });
    addr
}

#[tokio::test]
async fn shutdown_waits_for_lost_packets() {
    let server = Server::start("taken", Config::default()).await;
    let mut client = server.connect_to(lossy(server.addr).await).await;
    let mut stream = client.begin("/large").await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(rest(&mut stream).await.expect("it goes on"), LARGE);
    drop(stream);
    soon(stopping).await.expect("it stops");
    // The end of the connection is not checked, since the packet with CONNECTION_CLOSE may be lost.
}

#[tokio::test]
async fn shutdown_waits_for_a_paused_client() {
    let server = Server::start("pauses", Config::default()).await;
    let mut client = server.connect().await;
    let mut stream = client.begin("/large").await;
    let stopping = tokio::spawn(server.stop());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(rest(&mut stream).await.expect("it goes on"), LARGE);
    drop(stream);
    soon(stopping).await.expect("it stops");
}
