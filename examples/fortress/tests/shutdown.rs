//! Graceful shutdown, restart without refused connections, and notifications to systemd.

mod support;

use std::{
    net::TcpListener,
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use support::{Client, Fortress, PATIENCE};

#[test]
fn shutdown_under_load_loses_no_request() {
    let mut server = Fortress::start(&[]);
    let (sent, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..16 {
            let mut client = server.connect();
            let (sent, answered) = (&sent, &answered);
            scope.spawn(move || {
                loop {
                    sent.fetch_add(1, Relaxed);
                    client.send("GET /hello/a HTTP/1.1\r\nhost: a\r\n\r\n");
                    let Some(answer) = client.answer() else {
                        return;
                    };
                    assert_eq!(answer.status, 200);
                    answered.fetch_add(1, Relaxed);
                    if answer.head.contains("connection: close") {
                        return;
                    }
                }
            });
        }
        while answered.load(Relaxed) < 2_000 {
            thread::yield_now();
        }
        server.signal("-TERM");
    });
    let (code, said) = server.wait();
    assert_eq!(code, Some(0), "{said}");
    // A client can send a request while the server closes its idle connection (RFC 9112 §9.5). The server has never
    // read such a request.
    let lost = sent.load(Relaxed) - answered.load(Relaxed);
    assert!(lost <= 16, "{lost} requests had no response");
    assert!(!said.contains("were cut"), "{said}");
}

#[test]
fn shutdown_without_free_descriptors_loses_no_request() {
    let mut server = Fortress::start_in_shell("ulimit -n 64; exec \"$0\"", &[]);
    // More connections than descriptors: the rest waits in the accept queue of the system.
    let mut clients: Vec<_> = (0..100).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    }
    assert_eq!(clients[0].answer().expect("it is answered").status, 200);
    server.signal("-TERM");
    for client in &mut clients[1..] {
        assert_eq!(client.answer().expect("it is answered").status, 200);
    }
    let (code, said) = server.wait();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn open_requests_finish_and_new_connections_are_refused() {
    let mut server = Fortress::start(&[]);
    let mut slow = server.connect();
    slow.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n");
    // A response to a later request shows that the first one was read.
    server.status("/");
    server.signal("-TERM");
    let answer = slow.answer().expect("it is answered");
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"slow\n"[..])
    );
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn stuck_client_is_disconnected_at_the_deadline_and_counted() {
    let mut server = Fortress::start(&[("HIGHBALL_SHUTDOWN_TIMEOUT", "300ms")]);
    let mut stuck = server.connect();
    stuck.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf");
    server.status("/");
    let begun = Instant::now();
    server.signal("-TERM");
    let (code, said) = server.wait();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("1 connections were cut at the deadline"),
        "{said}"
    );
}

#[test]
fn second_signal_ends_the_delay_and_third_the_wait() {
    let mut server = Fortress::start(&[
        ("HIGHBALL_SHUTDOWN_TIMEOUT", "1h"),
        ("HIGHBALL_SHUTDOWN_DELAY", "1h"),
    ]);
    let mut stuck = server.connect();
    stuck.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf");
    server.status("/");
    server.signal("-TERM");
    until("it is not ready", || server.status("/readyz") == 503);
    // The second signal ends the delay, and the third one ends the wait for open requests.
    server.signal("-TERM");
    until("the listener is closed", || {
        std::net::TcpStream::connect(server.addr).is_err()
    });
    server.signal("-INT");
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn readiness_fails_before_the_listener_closes() {
    let mut server = Fortress::start(&[("HIGHBALL_SHUTDOWN_DELAY", "500ms")]);
    let ready = server.connect().get("/readyz");
    let said = String::from_utf8_lossy(&ready.body).into_owned();
    assert_eq!(said, r#"{"checks":{"static files":"ok"},"status":"ready"}"#);
    let begun = Instant::now();
    server.signal("-TERM");
    until("it is not ready", || server.status("/readyz") == 503);
    assert_eq!(server.status("/livez"), 200);
    assert_eq!(server.wait().0, Some(0));
    assert!(begun.elapsed() >= Duration::from_millis(500));
}

#[test]
fn no_connection_is_refused_during_a_restart() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let addr = listener.local_addr().expect("it is bound");
    let start = || {
        // As with systemfd, the socket is descriptor 3.
        let mut shell = Command::new("sh");
        let command = "exec 3<&0; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\"";
        shell.args(["-c", command, env!("CARGO_BIN_EXE_fortress")]);
        let socket = listener.try_clone().expect("it can be shared");
        shell.stdin(Stdio::from(OwnedFd::from(socket)));
        Fortress::start_by(shell, &[])
    };
    let (ended, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Relaxed) {
                assert_eq!(Client::to(addr).get("/").status, 200);
                answered.fetch_add(1, Relaxed);
            }
        });
        for _ in 0..3 {
            let mut server = start();
            assert_eq!(server.addr, addr);
            let before = answered.load(Relaxed);
            until("it answers", || answered.load(Relaxed) > before + 5);
            server.signal("-TERM");
            assert_eq!(server.wait().0, Some(0));
        }
        let _last = start();
        ended.store(true, Relaxed);
        let before = answered.load(Relaxed);
        until("the last is answered", || answered.load(Relaxed) > before);
    });
}

#[test]
fn systemd_is_notified() {
    let path = std::env::temp_dir().join(format!("fortress-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let socket = UnixDatagram::bind(&path).expect("it can be bound");
    socket
        .set_read_timeout(Some(PATIENCE))
        .expect("it can be set");
    let path_text = path.to_str().expect("it is UTF-8");
    let command = "export WATCHDOG_PID=$$; exec \"$0\"";
    let variables = [("NOTIFY_SOCKET", path_text), ("WATCHDOG_USEC", "300000")];
    let mut server = Fortress::start_in_shell(command, &variables);
    let receive = || {
        let mut text = [0; 64];
        let count = socket.recv(&mut text).expect("a notification");
        String::from_utf8_lossy(&text[..count]).into_owned()
    };
    assert_eq!(receive().trim_end(), "READY=1");
    for _ in 0..3 {
        assert_eq!(receive().trim_end(), "WATCHDOG=1");
    }
    server.signal("-TERM");
    while receive().trim_end() != "STOPPING=1" {}
    assert_eq!(server.wait().0, Some(0));
    let _ = std::fs::remove_file(&path);
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}
