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

#[test]
fn slow_clients_leave_the_others_alone() {
    let server = Fortress::start(&[]);
    // The machine is noisy: the best of five is what the server can do.
    let before = best_p99(&server);
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
    println!("p99 alone {before:?}, beside 1,000 slow clients {beside:?}");
    assert!(beside < before * 2, "{before:?} became {beside:?}");
    drop(trickling.join());
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
