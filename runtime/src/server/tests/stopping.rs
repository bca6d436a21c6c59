use tokio::task::JoinSet;
use tokio::time::Instant;

use super::*;

#[tokio::test]
async fn idle_connections_do_not_delay_the_stop() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client.get("/a").await;
    let report = server.stop().await;
    assert_eq!((report.accepted, report.cut), (1, 0));
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn open_request_is_answered_and_its_connection_closed() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client
        .send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbo")
        .await;
    while server.app.begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    server.stop.notify_one();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    client.send("dy").await;
    let answer = client.rest().await;
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    assert!(answer.ends_with("body"), "{answer}");
    assert_eq!(server.stopped().await.cut, 0);
}

#[tokio::test]
async fn stop_waits_a_short_time_for_half_a_head() {
    let server = start(Config::default()).await;
    let (mut rest, mut never) = (server.connect().await, server.connect().await);
    for client in [&mut rest, &mut never] {
        client.get("/a").await;
        client.send("GET /b HTTP/1.1\r\n").await;
    }
    // The server has read the halves once it has answered another client's later request.
    server.connect().await.get("/c").await;
    let began = Instant::now();
    server.stop.notify_one();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    rest.send("host: a\r\n\r\n").await;
    assert!(rest.rest().await.ends_with("/b"));
    assert_eq!(server.stopped().await.cut, 0);
    assert!(began.elapsed() < Config::default().head_timeout);
}

#[tokio::test]
async fn stuck_client_is_cut_at_the_deadline() {
    let server = start(Config::default().shutdown_timeout(Duration::from_millis(50))).await;
    let app = server.app.clone();
    let mut client = server.connect().await;
    client.send(&get("/wait")).await;
    soon(app.waiting.notified()).await;
    assert_eq!(server.stop().await.cut, 1);
    soon(app.dropped.notified()).await;
}

#[tokio::test]
async fn second_stop_cuts_at_once() {
    let server = start(Config::default().shutdown_timeout(PATIENCE * 2)).await;
    let mut client = server.connect().await;
    client.send(&get("/wait")).await;
    soon(server.app.waiting.notified()).await;
    server.stop.notify_one();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.stop().await.cut, 1);
}

/// Starts a background task and disconnects.
async fn begin_work(server: &Server) {
    let mut client = server.connect().await;
    client
        .send("GET /go-on HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(client.rest().await.ends_with("begun"));
}

#[tokio::test]
async fn background_work_shares_the_deadline() {
    let drain = Duration::from_millis(200);
    let server = start(Config::default().shutdown_timeout(drain)).await;
    begin_work(&server).await;
    let mut client = server.connect().await;
    client.send(&get("/wait")).await;
    soon(server.app.waiting.notified()).await;
    let begun = Instant::now();
    assert_eq!(server.stop().await.cut, 1);
    assert!(begun.elapsed() < drain * 2, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn second_stop_does_not_wait_for_background_work() {
    let server = start(Config::default().shutdown_timeout(PATIENCE * 2)).await;
    begin_work(&server).await;
    server.stop.notify_one();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.stop().await.cut, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stop_under_load_answers_every_started_request() {
    let server = start(Config::default()).await;
    let mut clients = JoinSet::new();
    for _ in 0..16 {
        let mut client = server.connect().await;
        clients.spawn(async move { answers_until_closed(&mut client).await });
    }
    while server.app.begun.load(Ordering::SeqCst) < 2_000 {
        tokio::task::yield_now().await;
    }
    let app = server.app.clone();
    assert_eq!(server.stop().await.cut, 0);
    let answers: usize = soon(clients.join_all()).await.iter().sum();
    assert_eq!(answers, app.begun.load(Ordering::SeqCst));
}

async fn answers_until_closed(client: &mut Client) -> usize {
    let mut answers = 0;
    while client
        .stream
        .write_all(get("/pause").as_bytes())
        .await
        .is_ok()
    {
        while whole_answer(&client.read).is_none() {
            match soon(client.stream.read_buf(&mut client.read)).await {
                Ok(count) if count > 0 => {}
                _ => return answers,
            }
        }
        client.read.clear();
        answers += 1;
    }
    answers
}

#[tokio::test]
async fn future_stops_once() {
    let mut stop = when(Box::pin(async {}));
    soon(stop.wait_for_stop()).await;
    let again = poll_fn(|cx| Poll::Ready(std::pin::pin!(stop.wait_for_stop()).poll(cx).is_ready()));
    assert!(!again.await);
}

#[cfg(unix)]
#[tokio::test]
async fn each_signal_stops_once() {
    let mut signals = signal().expect("handlers are installed");
    for name in ["-TERM", "-INT"] {
        let own = std::process::id().to_string();
        let sent = std::process::Command::new("kill")
            .args([name, &own])
            .status();
        assert!(sent.expect("kill runs").success());
        soon(signals.wait_for_stop()).await;
    }
}

#[tokio::test]
async fn queued_connections_are_served_after_the_stop() {
    let server = start(Config::default().max_connections(1)).await;
    let mut first = server.connect().await;
    first.get("/a").await;
    // More than tokio's budget lets a task accept without yielding.
    let mut waiting = Vec::new();
    for _ in 0..300 {
        let mut client = server.connect().await;
        client.send(&get("/b")).await;
        waiting.push(client);
    }
    let report = server.stop().await;
    assert_eq!((report.accepted, report.cut), (301, 0));
    for client in &mut waiting {
        assert!(client.rest().await.ends_with("/b"));
    }
}
