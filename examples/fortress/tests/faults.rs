//! Clients that are too many, too slow or too large, and what the others notice of them.

mod support;

use std::{
    io::{Read, Write},
    net::Shutdown,
    thread,
    time::{Duration, Instant},
};

use support::{Client, Fortress};

/// Each connection's first request is done: what it then holds is what an idle one costs.
const IDLE: u64 = 10_000;
/// The most that an idle connection may cost, in bytes.
const MOST_IDLE: u64 = 14 * 1024;
/// The most that a silent one may, where they come in four waves.
const MOST_SILENT: u64 = 10 * 1024;
/// Longer than it takes a connection to be silent.
const SILENCE: Duration = Duration::from_millis(3500);

#[test]
fn idle_connections_are_cheap() {
    // The server inherits it. Where the system allows fewer, as many are opened as it does.
    let most = rlimit::increase_nofile_limit(IDLE + 500).expect("it can be asked for");
    let idle = IDLE.min(most - 300);
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
    println!("each of {idle} idle connections costs {each} bytes");
    assert!(each <= MOST_IDLE, "an idle connection costs {each} bytes");
}

/// Silent connections let go what their next request needs, and the next ones take that.
#[test]
fn silent_connections_are_cheaper() {
    let most = rlimit::increase_nofile_limit(IDLE + 500).expect("it can be asked for");
    let wave = IDLE.min(most - 300) / 4;
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
    println!("each of {} silent connections costs {each} bytes", 4 * wave);
    assert!(
        each <= MOST_SILENT,
        "a silent connection costs {each} bytes"
    );
    let last = silent.last_mut().expect("there are some");
    assert_eq!(last.get("/").status, 200);
}

#[test]
fn unread_pipelining_stays_in_bounded_memory() {
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
    // It ends when the server takes no more, since its answers are not taken.
    while begun.elapsed() < Duration::from_secs(3)
        && greedy.stream.write_all(batch.as_bytes()).is_ok()
    {
        batches += 1;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "it has taken {batches} batches"
    );
    let grown = server.memory().saturating_sub(before);
    println!("unread pipelining costs {grown} KiB after {batches},000 requests");
    assert!(grown < 2 * 1024, "it has grown by {grown} KiB");
    assert_eq!(server.status("/"), 200);
}

#[test]
fn large_bodies_are_refused_unread() {
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
                // What the sockets hold between the two is not read by anyone.
                assert!(sent < size, "all of it was taken");
                let answer = client.rest();
                assert!(
                    answer.starts_with("HTTP/1.1 413 ") || answer.is_empty(),
                    "{answer}"
                );
            });
        }
        let mut polite = server.connect();
        polite.send(&head);
        let answer = polite
            .answer()
            .expect("it is answered before a byte is sent");
        assert_eq!(answer.status, 413);
    });
    let grown = server.memory().saturating_sub(before);
    println!("16 bodies of 64 MiB cost {grown} KiB");
    assert!(grown < 4 * 1024, "it has grown by {grown} KiB");
}

#[test]
fn few_descriptors_and_many_clients() {
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
        "it spins: {used:?} of 500 ms"
    );
    // Each that ends makes room for another.
    for client in &mut clients {
        assert_eq!(client.answer().expect("it is answered").status, 200);
        client.stream.shutdown(Shutdown::Both).expect("it is ours");
    }
    assert_eq!(server.status("/"), 200);
}

#[test]
fn panics_harm_no_other() {
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
    let said = server
        .errors
        .try_iter()
        .filter(|line| line.contains("asked to"))
        .count();
    assert!(said >= 20, "{said} panics were reported");
}

#[test]
fn half_open_sockets_end() {
    let server = Fortress::start(&[("HIGHBALL_HEAD_TIMEOUT", "200ms")]);
    let mut silent = server.connect();
    let mut half = server.connect();
    half.send("GET / HT");
    let mut left = Vec::new();
    silent.stream.read_to_end(&mut left).expect("it is closed");
    assert!(left.is_empty());
    assert!(half.rest().starts_with("HTTP/1.1 408 "));
}
