use super::*;

#[tokio::test]
async fn connection_is_kept_alive() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    for path in ["/a", "/b", "/pause"] {
        assert!(client.get(path).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    assert_eq!(server.stop().await.accepted, 1);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    let paths: Vec<_> = (0..16).map(|number| format!("/{number}")).collect();
    let batch: String = paths.iter().map(|path| get(path)).collect();
    client.send(&batch).await;
    for path in paths {
        assert!(client.answer().await.ends_with(&format!("\r\n\r\n{path}")));
    }
    server.stop().await;
}

#[tokio::test]
async fn answer_does_not_wait_for_the_rest_of_the_next_head() {
    let server = start(Config::default()).await;
    for rest in ["\r\n", "GET /b HT"] {
        let mut client = server.connect().await;
        client.send(&(get("/a") + rest)).await;
        assert!(client.answer().await.ends_with("/a"));
    }
    server.stop().await;
}

#[tokio::test]
async fn large_answer_follows_small_ones_whole() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    let body = "0123456789".repeat(30_000);
    let post = format!(
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    client.send(&(get("/a") + &get("/b") + &post + &body)).await;
    assert!(client.answer().await.ends_with("/a"));
    assert!(client.answer().await.ends_with("/b"));
    assert!(client.answer().await.ends_with(&body));
    server.stop().await;
}

#[tokio::test]
async fn head_is_answered_without_a_body() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client
        .send("HEAD /abc HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    let answer = client.rest().await;
    assert!(answer.contains("content-length: 4\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn continue_is_sent_when_the_body_is_read() {
    let server = start(Config::default()).await;
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: ";
    let mut client = server.connect().await;
    client.send(&format!("{head}4\r\n\r\n")).await;
    let mut interim = [0; 25];
    soon(client.stream.read_exact(&mut interim))
        .await
        .expect("it is read");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body").await;
    assert!(client.answer().await.ends_with("body"));

    let mut refused = server.connect().await;
    refused.send(&format!("{head}1048577\r\n\r\n")).await;
    assert!(refused.answer().await.starts_with("HTTP/1.1 413 "));
    server.stop().await;
}

#[tokio::test]
async fn rejection_reaches_a_client_that_is_still_sending() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client
        .send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4000000\r\n\r\n")
        .await;
    client.send(&"x".repeat(4_000_000)).await;
    assert!(client.answer().await.starts_with("HTTP/1.1 413 "));
    server.stop().await;
}

#[tokio::test]
async fn truncated_body_fails_to_read() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client
        .send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf")
        .await;
    client.stream.shutdown().await.expect("it is shut");
    soon(server.app.failed.notified()).await;
    server.stop().await;
}

#[tokio::test]
async fn handler_is_dropped_when_its_client_disconnects() {
    let server = start(Config::default()).await;
    for head in [
        get("/wait"),
        get("/wait").replace("GET", "POST") + "0\r\n\r\n",
    ] {
        let mut client = server.connect().await;
        client
            .send(&head.replace("a\r\n\r\n0", "a\r\ntransfer-encoding: chunked\r\n\r\n0"))
            .await;
        soon(server.app.waiting.notified()).await;
        drop(client);
        soon(server.app.dropped.notified()).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn pipelining_client_does_not_count_as_disconnected() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client.send(&(get("/pause") + &get("/a"))).await;
    assert!(client.answer().await.ends_with("paused"));
    assert!(client.answer().await.ends_with("/a"));
    server.stop().await;
}

#[tokio::test]
async fn half_closed_client_is_answered_when_cancelling_is_off() {
    let server = start(Config::default().cancel_on_disconnect(false)).await;
    let mut client = server.connect().await;
    client.send(&get("/pause")).await;
    client.stream.shutdown().await.expect("it is shut");
    assert!(client.rest().await.ends_with("paused"));
    server.stop().await;
}

#[tokio::test]
async fn ambiguous_request_is_rejected_and_nothing_after_it_is_read() {
    let cases = [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na",
        "GET / HTTP/1.1\nhost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n",
    ];
    let server = start(Config::default()).await;
    for case in cases {
        let mut client = server.connect().await;
        client.send(&(case.to_owned() + &get("/smuggled"))).await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{case:?}: {answer}");
        assert!(!answer.contains("/smuggled"), "{case:?}: {answer}");
    }
    assert_eq!(server.app.begun.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn connection_over_the_limit_waits_for_another_to_end() {
    let server = start(Config::default().max_connections(1)).await;
    let mut first = server.connect().await;
    assert!(first.get("/a").await.ends_with("/a"));
    let mut second = server.connect().await;
    second.send(&get("/b")).await;
    assert!(first.get("/c").await.ends_with("/c"));
    assert_eq!(server.app.begun.load(Ordering::SeqCst), 2);
    drop(first);
    assert!(second.answer().await.ends_with("/b"));
    server.stop().await;
}

#[tokio::test]
async fn invalid_head_after_valid_ones_is_rejected_when_it_comes_in_pieces() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    let echo = "POST /echo HTTP/1.1\r\nhost: a\r\n";
    let faulty = format!("{echo}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n");
    let chunked = format!("{echo}transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
    let text = get("/a") + &chunked + &faulty + &get("/smuggled");
    for byte in text.chars() {
        if client.stream.write_all(&[byte as u8]).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(client.answer().await.ends_with("/a"));
    assert!(client.answer().await.ends_with("ab"));
    let rest = client.rest().await;
    assert!(rest.starts_with("HTTP/1.1 400 "), "{rest}");
    assert_eq!(server.app.begun.load(Ordering::SeqCst), 2);
    server.stop().await;
}

#[tokio::test]
async fn connection_is_closed_after_its_last_request() {
    let server = start(Config::default().max_requests_per_connection(2)).await;
    let mut client = server.connect().await;
    assert!(!client.get("/a").await.contains("connection: close"));
    client.send(&(get("/b") + &get("/c"))).await;
    let rest = client.rest().await;
    assert!(
        rest.contains("connection: close\r\n") && rest.ends_with("/b"),
        "{rest}"
    );
    server.stop().await;
}

#[tokio::test]
async fn long_target_is_414() {
    let server = start(Config::default().max_uri_len(10)).await;
    assert!(server.connect().await.get("/a").await.ends_with("/a"));
    let mut client = server.connect().await;
    client.send(&get("/12345678901")).await;
    assert!(client.rest().await.starts_with("HTTP/1.1 414 "));
    server.stop().await;
}

#[tokio::test]
async fn rejected_head_is_read_to_its_end() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}", "x".repeat(7 << 20));
    // More than the system buffers for a process that does not read.
    client.send(&head).await;
    client.stream.shutdown().await.expect("all is sent");
    let mut answer = String::new();
    let read = soon(client.stream.read_to_string(&mut answer)).await;
    read.expect("the connection is not reset");
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    server.stop().await;
}

/// Without chunks the end of the connection marks the end of the response, so an aborted response
/// must end with a reset.
#[tokio::test]
async fn aborted_http10_response_does_not_look_complete() {
    let server = start(Config::default()).await;
    for (path, is_whole) in [("/pieces", true), ("/torn", false)] {
        let mut client = server.connect().await;
        client
            .send(&format!("GET {path} HTTP/1.0\r\nhost: a\r\n\r\n"))
            .await;
        let mut answer = Vec::new();
        let end = soon(client.stream.read_to_end(&mut answer)).await;
        assert_eq!(end.is_ok(), is_whole, "{path}: {end:?}");
        assert!(!is_whole || answer.ends_with(b"one, two"));
    }
    assert_eq!(server.stop().await.cut, 0);
}
