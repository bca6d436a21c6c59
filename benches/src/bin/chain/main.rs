//! Measures the cost of middleware: the instructions of a request behind 0, 1, 5 and 10 of them, in Highball, axum
//! and actix-web.
//!
//! Each middleware increments a counter and calls the next; each handler responds with two bytes. The apps are called
//! without a socket, so only the chains differ. The program runs itself under callgrind with two numbers of requests.
//! The difference excludes the start-up:
//!
//! ```sh
//! cargo run -p benches --release --bin chain
//! ```

mod actix;
mod axum;
mod fixture;
mod highball;

use std::{env, process::Command, sync::atomic::Ordering::Relaxed};

use fixture::{DEPTHS, RUNS};

/// The requests of the first run, and the additional ones of the second.
const WARM_UP: u64 = 200;
const COUNTED: u64 = 1000;

fn main() {
    let args: Vec<_> = env::args().skip(1).collect();
    match &args[..] {
        [] => report(),
        [app, depth, requests] => {
            let depth = depth.parse().expect("a depth");
            let requests = requests.parse().expect("a number of requests");
            serve(app, depth, requests);
        }
        _ => panic!("usage: chain [APP DEPTH REQUESTS]"),
    }
}

/// Handles the requests, and checks that the middleware has run.
fn serve(app: &str, depth: usize, requests: u64) {
    match app {
        "highball" => highball::serve(depth, requests),
        "alone" => highball::serve_alone(requests),
        "axum" => axum::serve(depth, requests),
        "actix" => actix::serve(depth, requests),
        other => panic!("unknown app `{other}`"),
    }
    assert_eq!(RUNS.load(Relaxed), requests * depth as u64, "{app} {depth}");
}

fn report() {
    println!("instructions per request, by number of middleware, and per middleware of ten");
    println!("{:<10}{:>8}{:>8}{:>8}{:>8}{:>10}", "", 0, 1, 5, 10, "each");
    for app in ["highball", "axum", "actix"] {
        let counts = DEPTHS.map(|depth| count_instructions(app, depth));
        let each = (counts[3] - counts[0]) / 10.0;
        let [none, one, five, ten] = counts;
        println!("{app:<10}{none:>8.0}{one:>8.0}{five:>8.0}{ten:>8.0}{each:>10.1}");
    }
    let alone = count_instructions("alone", 0);
    println!("highball, in an app without any middleware: {alone:.0}");
}

/// Returns the instructions per request.
fn count_instructions(app: &str, depth: usize) -> f64 {
    let (warm, all) = (run(app, depth, WARM_UP), run(app, depth, WARM_UP + COUNTED));
    (all - warm) as f64 / COUNTED as f64
}

/// Returns the instructions of a whole run.
fn run(app: &str, depth: usize, requests: u64) -> u64 {
    let own = env::current_exe().expect("the program has a path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own)
        .args([app, &depth.to_string(), &requests.to_string()])
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let count = text
        .split("Collected :")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    count
        .and_then(|count| count.parse().ok())
        .expect("callgrind reports what it collected")
}
