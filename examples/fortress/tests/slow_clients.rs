//! Clients that are slow, and how long the others then wait.
//!
//! It is a file of its own, since cargo runs files one after the other: nothing else is timed with it.

mod support;

use std::{
    io::Write,
    thread,
    time::{Duration, Instant},
};

use support::Fortress;

/// How often it is tried: what else the machine does can spoil an attempt, and a server that lets its
/// slow clients disturb the others spoils them all.
const ATTEMPTS: usize = 4;

#[test]
fn slow_clients_leave_the_others_alone() {
    let is_left_alone = (0..ATTEMPTS).any(|_| {
        let (alone, beside) = measure();
        println!("p99 alone {alone:?}, beside 1,000 slow clients {beside:?}");
        beside < alone * 2
    });
    assert!(is_left_alone, "slow clients have doubled the p99 of others");
}

/// Returns the p99 of a client alone, and beside slow ones.
fn measure() -> (Duration, Duration) {
    let server = Fortress::start(&[]);
    // The machine is noisy: the best of five is what the server can do.
    let alone = best_p99(&server);
    let slow: Vec<_> = (0..1_000)
        .map(|number| {
            let mut client = server.connect();
            match number % 2 {
                0 => client.send("GET / HTTP/1.1\r\nho"),
                _ => client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx"),
            }
            client
        })
        .collect();
    let trickling = thread::spawn(move || {
        let mut slow = slow;
        for _ in 0..4 {
            for client in &mut slow {
                let _ = client.stream.write_all(b"s");
            }
            thread::sleep(Duration::from_millis(50));
        }
        slow
    });
    let beside = best_p99(&server);
    drop(trickling.join());
    (alone, beside)
}

fn best_p99(server: &Fortress) -> Duration {
    let rounds = (0..5).map(|_| {
        let mut client = server.connect();
        let mut times: Vec<_> = (0..1_000)
            .map(|_| {
                let begun = Instant::now();
                assert_eq!(client.get("/").status, 200);
                begun.elapsed()
            })
            .collect();
        times.sort();
        times[989]
    });
    rounds.min().unwrap_or_default()
}
