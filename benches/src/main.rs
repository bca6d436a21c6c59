//! Measures Highball beside its peers.
//!
//! - `cargo run -p benches --release -- http` builds the servers of the contract, checks that they
//!   answer the same, measures them in turns, and writes a table and a chart. With `--quick` it does
//!   so in a few minutes, with shorter runs.
//! - `cargo run -p benches --release -- http2` does so for those that speak HTTP/2, by h2load.
//! - `cargo run -p benches --release -- start` says how large `hello` is, and how soon it answers.
//! - `cargo run -p benches --release -- instructions` compares the instructions of a request with
//!   those that were recorded, and fails where one has become dearer; `--record` records them anew.

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
