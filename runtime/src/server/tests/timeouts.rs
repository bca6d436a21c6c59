use super::*;

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn slow_head_is_answered_with_408() {
    let server = start(Config::default().head_timeout(SHORT)).await;
    let mut first = server.connect().await;
    first.send("GET / HTTP/1.1\r\nhos").await;
    assert!(first.rest().await.starts_with("HTTP/1.1 408 "));

    let mut kept = server.connect().await;
    kept.get("/a").await;
    kept.send("GET").await;
    assert!(kept.rest().await.starts_with("HTTP/1.1 408 "));
    server.stop().await;
}

#[tokio::test]
async fn trickling_head_is_cut() {
    let server = start(Config::default().head_timeout(SHORT)).await;
    let mut client = server.connect().await;
    let trickle = async {
        while client.stream.write_all(b"a").await.is_ok() {
            tokio::task::yield_now().await;
            if client.stream.try_read(&mut [0; 256]).is_ok() {
                return;
            }
        }
    };
    soon(trickle).await;
    server.stop().await;
}

#[tokio::test]
async fn silent_client_is_cut_without_a_response() {
    let server = start(Config::default().head_timeout(SHORT)).await;
    assert_eq!(server.connect().await.rest().await, "");
    server.stop().await;
}

#[tokio::test]
async fn idle_connection_is_closed() {
    let server = start(Config::default().idle_timeout(SHORT)).await;
    let mut client = server.connect().await;
    client.get("/a").await;
    assert_eq!(client.rest().await, "");
    server.stop().await;
}

#[tokio::test]
async fn timeouts_do_not_end_a_running_handler() {
    let config = Config::default()
        .head_timeout(SHORT)
        .idle_timeout(SHORT)
        .write_timeout(SHORT);
    let server = start(config).await;
    let mut client = server.connect().await;
    client.send(&get("/wait")).await;
    soon(server.app.waiting.notified()).await;
    let early = tokio::time::timeout(SHORT * 6, server.app.dropped.notified()).await;
    assert!(early.is_err(), "the handler was dropped");
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn client_that_reads_nothing_is_cut() {
    let server = start(Config::default().write_timeout(SHORT)).await;
    let mut client = server.connect().await;
    client.send(&get("/endless")).await;
    soon(server.app.dropped.notified()).await;
    server.stop().await;
}

#[tokio::test]
async fn client_that_reads_slowly_is_not_cut() {
    let server = start(Config::default().write_timeout(SHORT)).await;
    let mut client = server.connect().await;
    client.send(&get("/endless")).await;
    let mut taken = vec![0; 1 << 20];
    for _ in 0..64 {
        soon(client.stream.read_exact(&mut taken))
            .await
            .expect("the response continues");
    }
    server.stop.notify_one();
    drop(client);
    server.stopped().await;
}
