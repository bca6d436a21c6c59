//! Compares Highball with other frameworks.
//!
//! - `cargo run -p benches --release -- http` builds the servers of the contract, checks that their responses are
//!   equal, measures them in turns, and writes a table and a chart. With `--quick` the runs are shorter, and all of
//!   it takes a few minutes.
//! - `cargo run -p benches --release -- http2` compares the servers that support HTTP/2, with h2load.
//! - `cargo run -p benches --release -- start` measures the size of `hello` and the time to its first response.
//! - `cargo run -p benches --release -- instructions` compares the instructions per request with the recorded
//!   baseline, and fails if they have increased. `--record` records a new baseline.

mod answers;
mod baseline;
mod chart;
mod client;
mod compare;
mod endpoint;
mod failure;
mod go;
mod h2load;
mod process;
mod report;
mod results;
mod servers;
mod startup;
mod valgrind;
mod wrk;

use std::process::ExitCode;

use crate::failure::Failure;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<(), Failure> {
    match args {
        ["http"] => compare::compare(false),
        ["http", "--quick"] => compare::compare(true),
        ["http2"] => h2load::compare(),
        ["start"] => startup::measure(),
        ["instructions"] => baseline::instructions(false),
        ["instructions", "--record"] => baseline::instructions(true),
        _ => Err("usage: benches http [--quick] | http2 | start | instructions [--record]".into()),
    }
}
