//! Clients, against a tiny server.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use highball_faults::{Clients, Leave, Outcome, Part};

const MS: Duration = Duration::from_millis(1);

/// Starts a server that reads a request until it contains `until`, sends a response, and reports all that it has read
/// at the end of each connection.
fn serve(until: &'static str, response: &'static str) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sender = sender.clone();
            thread::spawn(move || sender.send(respond(stream, until, response)));
        }
    });
    (addr, receiver)
}

fn respond(mut stream: TcpStream, until: &str, response: &str) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 1024];
    let mut responded = false;
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        text.extend(&buffer[..read]);
        if !responded && String::from_utf8_lossy(&text).contains(until) {
            responded = true;
            let _left = stream.write_all(response.as_bytes());
        }
    }
    String::from_utf8(text).unwrap()
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn clients_that_stay_get_their_responses() {
    let (addr, requests) = serve("\r\n\r\n", OK);
    let clients = Clients::of(addr)
        .get("/a")
        .leave(Leave::Never)
        .concurrency(4);
    let outcome = clients.run(40).await;
    assert_eq!((outcome.sent, outcome.answered_with(200)), (40, 40));
    assert_eq!((outcome.left, outcome.closed, outcome.failed), (0, 0, 0));
    for request in requests.iter().take(40) {
        assert!(
            request.starts_with("GET /a HTTP/1.1\r\nHost: 127.0.0.1:"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn clients_leave_a_server_that_does_not_respond() {
    let (addr, requests) = serve("never", OK);
    let leave = Leave::Between(20 * MS, 60 * MS);
    let clients = Clients::of(addr).leave(leave).concurrency(10).seed(1);
    let start = Instant::now();
    let outcome = clients.run(50).await;
    // Ten at once: five rounds of 40 ms each, on average.
    assert!((100 * MS..1000 * MS).contains(&start.elapsed()));
    assert_eq!(
        (outcome.sent, outcome.left, outcome.left_in_response),
        (50, 50, 0)
    );
    assert_eq!(requests.iter().take(50).count(), 50);
}

#[tokio::test]
async fn clients_leave_in_the_middle_of_a_response() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
    let (addr, _requests) = serve("\r\n\r\n", half);
    let clients = Clients::of(addr)
        .leave(Leave::After(200 * MS))
        .concurrency(5);
    let outcome = clients.run(5).await;
    assert_eq!((outcome.left, outcome.left_in_response), (5, 5));
    assert!(outcome.answered.is_empty());
}

#[tokio::test]
async fn parts_of_a_request_are_sent() {
    let (addr, requests) = serve("never", OK);
    let clients = Clients::of(addr).bytes("POST / HTTP/1.1\r\n\r\nbody");
    let clients = clients.leave(Leave::After(MS));
    for (part, expected) in [
        (Part::HalfHead, "POST / HT"),
        (Part::HalfBody, "POST / HTTP/1.1\r\n\r\nbo"),
        (Part::Whole, "POST / HTTP/1.1\r\n\r\nbody"),
    ] {
        clients.clone().part(part).run(1).await;
        assert_eq!(requests.recv().unwrap(), expected);
    }
    clients.part(Part::Any).concurrency(8).run(60).await;
    let mut requests: Vec<String> = requests.iter().take(60).collect();
    requests.sort();
    requests.dedup();
    assert_eq!(requests.len(), 3);
}

#[tokio::test]
async fn plan_depends_on_the_seed_alone() {
    let clients = |seed| {
        Clients::of(([127, 0, 0, 1], 1).into())
            .part(Part::Any)
            .seed(seed)
    };
    assert_eq!(clients(1).plan(100), clients(1).concurrency(9).plan(100));
    assert_eq!(clients(1).plan(100)[..10], clients(1).plan(10));
    assert_ne!(clients(1).plan(100), clients(2).plan(100));
}

#[tokio::test]
async fn closed_and_refused_connections_are_counted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let closing = thread::spawn(move || drop(listener.accept()));
    let clients = Clients::of(addr).leave(Leave::Never);
    assert_eq!(count(&clients.run(1).await), (1, 1, 0));
    closing.join().unwrap();
    assert_eq!(count(&clients.run(3).await), (0, 0, 3));
}

fn count(outcome: &Outcome) -> (usize, usize, usize) {
    (outcome.sent, outcome.closed, outcome.failed)
}

#[tokio::test]
async fn clients_with_half_of_a_body_wait() {
    let (addr, requests) = serve("never", OK);
    let waiting = Clients::of(addr).post("/a", "12345678").half_body(20).await;
    assert_eq!(waiting.len(), 20);
    let error = requests.recv_timeout(100 * MS).expect_err("all wait");
    assert_eq!(error, mpsc::RecvTimeoutError::Timeout);
    drop(waiting);
    for request in requests.iter().take(20) {
        assert!(
            request.contains("Content-Length: 8\r\n\r\n1234"),
            "{request}"
        );
        assert!(!request.contains("12345"), "{request}");
    }
}

#[tokio::test]
async fn clients_with_half_of_a_body_read_the_response() {
    let timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n";
    let (addr, _requests) = serve("1234", timeout);
    let waiting = Clients::of(addr).post("/a", "12345678").half_body(5).await;
    let outcome = waiting.leave_after(Duration::from_secs(10)).await;
    assert_eq!(outcome.answered_with(408), 5);

    let (addr, _requests) = serve("never", timeout);
    let waiting = Clients::of(addr).post("/a", "12345678").half_body(5).await;
    assert_eq!(waiting.leave_after(50 * MS).await.left, 5);
}

#[test]
fn test_server_sees_the_end_of_a_connection() {
    let (addr, requests) = serve("never", OK);
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(b"a").unwrap();
    stream.set_read_timeout(Some(50 * MS)).unwrap();
    assert_eq!(
        stream.read(&mut [0]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    drop(stream);
    assert_eq!(requests.recv().unwrap(), "a");
}
