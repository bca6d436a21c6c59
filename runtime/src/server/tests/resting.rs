use super::*;

/// Longer than the idle time after which a connection drops hyper's state.
const LONG: Duration = Duration::from_millis(3300);

#[tokio::test]
async fn resting_connection_serves_further_requests() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    for _ in 0..2 {
        assert!(client.get("/a").await.ends_with("/a"));
        tokio::time::sleep(LONG).await;
    }
    client.send(&format!("{}{}", get("/b"), get("/c"))).await;
    assert!(client.answer().await.ends_with("/b"));
    assert!(client.answer().await.ends_with("/c"));
    assert_eq!(server.stop().await.cut, 0);
}

#[tokio::test]
async fn connection_with_half_a_head_does_not_rest() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    let second = get("/b");
    let (begin, end) = second.split_at(10);
    client.send(&format!("{}{begin}", get("/a"))).await;
    assert!(client.answer().await.ends_with("/a"));
    tokio::time::sleep(LONG).await;
    client.send(end).await;
    assert!(client.answer().await.ends_with("/b"));
    assert_eq!(server.stop().await.cut, 0);
}

#[tokio::test]
async fn resting_connection_is_closed_by_the_stop_and_by_its_timeout() {
    let server = start(Config::default().idle_timeout(LONG + Duration::from_millis(300))).await;
    let mut timed_out = server.connect().await;
    assert!(timed_out.get("/a").await.ends_with("/a"));
    let begun = std::time::Instant::now();
    assert_eq!(timed_out.rest().await, "");
    assert!(begun.elapsed() >= LONG);
    let mut stopped = server.connect().await;
    assert!(stopped.get("/a").await.ends_with("/a"));
    tokio::time::sleep(LONG).await;
    let begun = std::time::Instant::now();
    assert_eq!(server.stop().await.cut, 0);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(stopped.rest().await, "");
}

#[tokio::test]
async fn resting_connection_after_a_body_is_closed_at_once() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client
        .send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody")
        .await;
    assert!(client.answer().await.ends_with("body"));
    tokio::time::sleep(LONG).await;
    let begun = std::time::Instant::now();
    assert_eq!(server.stop().await.cut, 0);
    assert!(begun.elapsed() < Duration::from_millis(900));
    assert_eq!(client.rest().await, "");
}
