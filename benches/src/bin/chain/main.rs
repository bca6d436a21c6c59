//! What a middleware costs: instructions of a request behind 0, 1, 5 and 10 of them, beside axum
//! and actix-web.
//!
//! Each middleware counts and calls on; each handler answers two bytes. The apps are called without
//! a socket, so that what differs is the chain. The program runs itself under callgrind with two
//! numbers of requests, and the difference has no start-up in it:
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

/// Requests before and while instructions are counted.
const WARM: u64 = 200;
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
        _ => panic!("no arguments, or an app, a depth and a number of requests"),
    }
}

/// Answers so many requests, and checks that the middlewares have run.
fn serve(app: &str, depth: usize, requests: u64) {
    match app {
        "highball" => highball::serve(depth, requests),
        "alone" => highball::serve_alone(requests),
        "axum" => axum::serve(depth, requests),
        "actix" => actix::serve(depth, requests),
        other => panic!("there is no app `{other}`"),
    }
    assert_eq!(RUNS.load(Relaxed), requests * depth as u64, "{app} {depth}");
}

fn report() {
    println!("instructions a request, behind so many middlewares, and for each of ten");
    println!("{:<10}{:>8}{:>8}{:>8}{:>8}{:>10}", "", 0, 1, 5, 10, "each");
    for app in ["highball", "axum", "actix"] {
        let counts = DEPTHS.map(|depth| count(app, depth));
        let each = (counts[3] - counts[0]) / 10.0;
        let [none, one, five, ten] = counts;
        println!("{app:<10}{none:>8.0}{one:>8.0}{five:>8.0}{ten:>8.0}{each:>10.1}");
    }
    let alone = count("alone", 0);
    println!("highball's route without one, in an app that has none at all: {alone:.0}");
}

/// Returns the instructions of a request.
fn count(app: &str, depth: usize) -> f64 {
    let (warm, all) = (run(app, depth, WARM), run(app, depth, WARM + COUNTED));
    (all - warm) as f64 / COUNTED as f64
}

/// Returns the instructions of a whole run.
fn run(app: &str, depth: usize, requests: u64) -> u64 {
    let own = env::current_exe().expect("a path of its own");
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
        .expect("callgrind says what it collected")
}
