//! Measures the cost of sessions, and counts the changes that are lost when requests of one session change it at the
//! same time, with `highball-session` and with tower-sessions.
//!
//! The apps are called without a socket. For the cost, the program runs itself under callgrind and dhat with two
//! numbers of requests; the difference excludes the start-up:
//!
//! ```sh
//! cargo run -p benches --release --bin sessions
//! cargo run -p benches --release --bin sessions -- lost
//! ```

mod ours;
mod tower;

use std::{env, process::Command};

/// The requests of the first run, and the additional ones of the second.
const WARM_UP: u64 = 200;
const COUNTED: u64 = 1000;

/// The requests that change one session at the same time, and how often this is repeated.
pub(crate) const AT_ONCE: usize = 64;
const ROUNDS: usize = 20;

/// The requests of each app.
const CASES: [(&str, &str); 5] = [
    ("no sessions in the app", "none"),
    ("sessions, and a route without one", "unused"),
    ("a visitor without a session", "visitor"),
    ("a session that is read", "read"),
    ("a session that is changed", "changed"),
];

fn main() {
    let args: Vec<_> = env::args().skip(1).collect();
    match &args[..] {
        [] => report(),
        [word] if word == "lost" => report_lost(),
        [app, case, requests] => {
            let requests = requests.parse().expect("a number of requests");
            match app.as_str() {
                "highball" => ours::serve(case, requests),
                "tower-sessions" => tower::serve(case, requests),
                other => panic!("unknown app `{other}`"),
            }
        }
        _ => panic!("usage: sessions [lost | APP CASE REQUESTS]"),
    }
}

fn report() {
    println!("instructions and allocations of a request, in memory");
    println!("| | highball-session | | axum, tower-sessions | |\n|---|---|---|---|---|");
    for (name, case) in CASES {
        let [ours, peer] = ["highball", "tower-sessions"].map(|app| {
            let instructions = count(app, case, "callgrind", "Collected :");
            let allocations = count(app, case, "dhat", " bytes in ");
            format!("{instructions:.0} | {allocations:.1}")
        });
        println!("| {name} | {ours} | {peer} |");
    }
}

fn report_lost() {
    let sent = AT_ONCE * ROUNDS;
    let (mut ours, mut peer) = (0, 0);
    for _ in 0..ROUNDS {
        ours += ours::change_at_once();
        peer += tower::change_at_once();
    }
    println!(
        "changes that are there after {ROUNDS} x {AT_ONCE} at the same time, all of which were answered with 200"
    );
    println!("highball-session {ours} of {sent}, tower-sessions {peer} of {sent}");
}

/// Returns the instructions or the allocations per request.
fn count(app: &str, case: &str, tool: &str, before: &str) -> f64 {
    let run = |requests| run(app, case, tool, before, requests);
    (run(WARM_UP + COUNTED) - run(WARM_UP)) / COUNTED as f64
}

/// Returns the number that valgrind prints behind a text.
fn run(app: &str, case: &str, tool: &str, before: &str, requests: u64) -> f64 {
    let own = env::current_exe().expect("the program has a path");
    let output = Command::new("valgrind")
        .arg(format!("--tool={tool}"))
        .arg(format!("--{tool}-out-file=/dev/null"))
        .arg(own)
        .args([app, case, &requests.to_string()])
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let count = text
        .split(before)
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    let count = count.map(|count| count.replace(',', ""));
    count
        .and_then(|count| count.parse().ok())
        .expect("valgrind reports what it counted")
}
