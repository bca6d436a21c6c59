//! Too many connections, slow clients and large requests: their memory is limited, and other clients are not affected.

mod support;

use std::{
    io::{Read, Write},
    net::Shutdown,
    thread,
    time::{Duration, Instant},
};

use support::{Client, Fortress};

/// The number of idle connections. Each one has sent a request before.
const IDLE: u64 = 10_000;
/// The maximum memory of an idle connection, in bytes.
const MAX_IDLE: u64 = 14 * 1024;
/// The maximum memory of a silent connection, if they are opened in four waves.
const MAX_SILENT: u64 = 10 * 1024;
/// Longer than the time after which a connection counts as silent.
const SILENCE: Duration = Duration::from_millis(3500);

#[test]
fn idle_connections_take_little_memory() {
    // The server inherits the limit. If the system allows fewer descriptors, fewer connections are opened.
    let limit = rlimit::increase_nofile_limit(IDLE + 500).expect("the limit is known");
    let idle = IDLE.min(limit - 300);
    let server = Fortress::start(&[]);
    let open = |count: u64| -> Vec<Client> {
        let clients = (0..count).map(|_| {
            let mut client = server.connect();
            assert_eq!(client.get("/").status, 200);
            client
        });
        clients.collect()
    };
    let _first = open(100);
    let before = server.memory();
    let _idle = open(idle);
    let each = (server.memory() - before) * 1024 / idle;
    println!("each of {idle} idle connections takes {each} bytes");
    assert!(each <= MAX_IDLE, "an idle connection takes {each} bytes");
}

/// A silent connection frees the memory that its next request needs, and later connections reuse it.
#[test]
fn silent_connections_take_less_memory() {
    let limit = rlimit::increase_nofile_limit(IDLE + 500).expect("the limit is known");
    let wave = IDLE.min(limit - 300) / 4;
    let server = Fortress::start(&[]);
    server.status("/");
    let before = server.memory();
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.extend((0..wave).map(|_| {
            let mut client = server.connect();
            assert_eq!(client.get("/").status, 200);
            client
        }));
        thread::sleep(SILENCE);
    }
    let each = (server.memory() - before) * 1024 / (4 * wave);
    println!("each of {} silent connections takes {each} bytes", 4 * wave);
    assert!(each <= MAX_SILENT, "a silent connection takes {each} bytes");
    let last = silent.last_mut().expect("there are some");
    assert_eq!(last.get("/").status, 200);
}

#[test]
fn pipelining_without_reading_takes_bounded_memory() {
    let server = Fortress::start(&[]);
    server.status("/");
    let before = server.memory();
    let mut greedy = server.connect();
    let batch = "GET /static/hello.txt HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1_000);
    let begun = Instant::now();
    greedy
        .stream
        .set_write_timeout(Some(Duration::from_millis(300)))
        .expect("it can be set");
    let mut batches = 0;
    // Writing fails when the server stops reading, which it does because its responses are not read.
    while begun.elapsed() < Duration::from_secs(3)
        && greedy.stream.write_all(batch.as_bytes()).is_ok()
    {
        batches += 1;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "the server has read {batches} batches"
    );
    let grown = server.memory().saturating_sub(before);
    println!("unread pipelining takes {grown} KiB after {batches},000 requests");
    assert!(grown < 2 * 1024, "the memory has grown by {grown} KiB");
    assert_eq!(server.status("/"), 200);
}

#[test]
fn large_bodies_are_rejected_unread() {
    let server = Fortress::start(&[]);
    server.status("/");
    let before = server.memory();
    let size = 64 << 20;
    let head = format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {size}\r\n\r\n");
    let piece = vec![b'x'; 64 * 1024];
    thread::scope(|scope| {
        for _ in 0..16 {
            let mut client = server.connect();
            let (head, piece) = (&head, &piece);
            scope.spawn(move || {
                client.send(head);
                let mut sent = 0;
                while sent < size && client.stream.write_all(piece).is_ok() {
                    sent += piece.len();
                }
                // The buffers of the sockets take a part of the body, although the server does not read it.
                assert!(sent < size, "the server has read the whole body");
                let answer = client.rest();
                assert!(
                    answer.starts_with("HTTP/1.1 413 ") || answer.is_empty(),
                    "{answer}"
                );
            });
        }
        let mut polite = server.connect();
        polite.send(&head);
        let answer = polite.answer().expect("a response before the body is sent");
        assert_eq!(answer.status, 413);
    });
    let grown = server.memory().saturating_sub(before);
    println!("16 bodies of 64 MiB take {grown} KiB");
    assert!(grown < 4 * 1024, "the memory has grown by {grown} KiB");
}

#[test]
fn connections_beyond_the_descriptor_limit_wait() {
    let server = Fortress::start_in_shell("ulimit -n 64; exec \"$0\"", &[]);
    let mut clients: Vec<_> = (0..150).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    }
    let cpu = server.cpu_time();
    thread::sleep(Duration::from_millis(500));
    let used = server.cpu_time() - cpu;
    assert!(
        used < Duration::from_millis(250),
        "the server used {used:?} of 500 ms, so it polls without waiting"
    );
    // Each connection that closes frees a descriptor for another one.
    for client in &mut clients {
        assert_eq!(client.answer().expect("it is answered").status, 200);
        client.stream.shutdown(Shutdown::Both).expect("it is ours");
    }
    assert_eq!(server.status("/"), 200);
}

#[test]
fn panics_do_not_affect_other_requests() {
    let server = Fortress::start(&[]);
    let mut other = server.connect();
    let mut client = server.connect();
    client.send(
        &"GET /panic HTTP/1.1\r\nhost: a\r\n\r\nGET /hello/b HTTP/1.1\r\nhost: a\r\n\r\n"
            .repeat(20),
    );
    for _ in 0..20 {
        assert_eq!(client.answer().expect("it is answered").status, 500);
        assert_eq!(client.answer().expect("it is answered").body, b"hello b\n");
    }
    assert_eq!(other.get("/").status, 200);
    let reported = server
        .errors
        .try_iter()
        .filter(|line| line.contains("a requested panic"))
        .count();
    assert!(reported >= 20, "{reported} panics were reported");
}

#[test]
fn incomplete_requests_time_out() {
    let server = Fortress::start(&[("HIGHBALL_HEAD_TIMEOUT", "200ms")]);
    let mut silent = server.connect();
    let mut half = server.connect();
    half.send("GET / HT");
    let mut left = Vec::new();
    silent.stream.read_to_end(&mut left).expect("it is closed");
    assert!(left.is_empty());
    assert!(half.rest().starts_with("HTTP/1.1 408 "));
}
