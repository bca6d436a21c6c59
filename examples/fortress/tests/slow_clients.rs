//! Slow clients do not delay other clients.
//!
//! This test is alone in its file. Cargo runs test files one after the other, so no other test disturbs the timing.

mod support;

use std::{
    io::Write,
    thread,
    time::{Duration, Instant},
};

use support::Fortress;

/// The number of attempts. Other load on the machine can spoil one attempt, but a server that does not isolate slow
/// clients fails all of them.
const ATTEMPTS: usize = 4;

#[test]
fn slow_clients_do_not_delay_other_clients() {
    let is_isolated = (0..ATTEMPTS).any(|_| {
        let (alone, with_slow) = measure();
        println!("p99 alone {alone:?}, with 1,000 slow clients {with_slow:?}");
        with_slow < alone * 2
    });
    assert!(is_isolated, "slow clients have doubled the p99 of others");
}

/// Returns the p99 of a client without and with slow clients.
fn measure() -> (Duration, Duration) {
    let server = Fortress::start(&[]);
    // The machine is noisy, so the best of five rounds counts.
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
    let with_slow = best_p99(&server);
    drop(trickling.join());
    (alone, with_slow)
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
