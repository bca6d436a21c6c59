//! Limits of requests over HTTP/3.

use highball::serve::server_counts;

use super::*;

#[tokio::test]
async fn limits_of_requests_apply() {
    let config = Config::default()
        .body_limit(10)
        .max_headers(5)
        .max_uri_len(50);
    let server = Server::start("limits", config).await;
    let mut client = server.connect().await;
    let post = || Request::post("https://localhost/echo");
    let large = post().body(()).expect("it is well formed");
    assert_eq!(client.send(large, &[b'x'; 11]).await.0, 413);
    let wrong = post()
        .header("content-length", "5")
        .body(())
        .expect("it is well formed");
    assert_eq!(client.send(wrong, b"four").await.0, 400);
    for lengths in [["4", "4"], ["4", "5"], ["+4", ""], ["four", ""]] {
        let headers = lengths.into_iter().filter(|length| !length.is_empty());
        let request = headers.fold(post(), |request, length| {
            request.header("content-length", length)
        });
        let wrong = request.body(()).expect("it is well formed");
        assert_eq!(client.send(wrong, b"four").await.0, 400, "{lengths:?}");
    }
    assert_eq!(client.get(&format!("/{}", "a".repeat(50))).await.0, 414);
    assert_eq!(client.get("/hello/b").await.0, 200);
    drop(client);
    server.stop().await;
}

/// h3 would buffer these frames completely: on the control stream, as a head, and as trailers.
#[tokio::test]
async fn too_long_frame_closes_the_connection() {
    let before = server_counts().cut_connections;
    let server = Server::start("frames", Config::default()).await;
    let endless = [0xff; 8];
    for (is_request, frames) in [
        (false, [&[0, 4, 0, 0x21][..], &endless].concat()),
        (true, [&[1][..], &endless].concat()),
        (true, [&[0x21][..], &endless].concat()),
    ] {
        let (_endpoint, connection) = server.quic(server.addr).await;
        let mut stream = match is_request {
            true => connection.open_bi().await.expect("it is open").0,
            false => connection.open_uni().await.expect("it is open"),
        };
        stream.write_all(&frames).await.expect("it is sent");
        let end = soon(connection.closed()).await;
        let quinn::ConnectionError::ApplicationClosed(close) = end else {
            panic!("{end}");
        };
        let code = h3::error::Code::H3_EXCESSIVE_LOAD.value();
        assert_eq!(close.error_code.into_inner(), code, "{close}");
    }
    server.stop().await;
    // Other tests of this program may add to the count.
    assert!(server_counts().cut_connections >= before + 3);
}

/// h3 reports an empty DATA frame in the same way as the end of a body.
#[tokio::test]
async fn empty_data_frame_does_not_end_a_body() {
    let server = Server::start("empty", Config::default()).await;
    let mut client = server.connect().await;
    let post = Request::post("https://localhost/echo").body(());
    let post = post.expect("it is well formed");
    let mut stream = client.sender.send_request(post).await.expect("it is sent");
    for piece in ["a=1", "", "&b=2"] {
        // The server may already have rejected the frame.
        let _ended = stream.send_data(Bytes::from_static(piece.as_bytes())).await;
    }
    let _ended = stream.finish().await;
    // h3 rejects a frame that it cannot read. The first piece alone would look like a complete body.
    if let Ok(response) = soon(stream.recv_response()).await {
        assert_ne!(response.status(), 200);
    }
    server.stop().await;
}
