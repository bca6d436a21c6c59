//! Counts the instructions and allocations of a request with valgrind.
//!
//! A server handles a number of requests in one run and a larger number in a second one. The difference excludes the
//! start-up.

use std::process::{Command, Stdio};

use crate::{client::Client, endpoint::Endpoint, failure::Failure, process::Server};

/// The requests of the first run, and the additional ones of the second.
const WARM_UP: u32 = 200;
const COUNTED: u32 = 1000;

pub(crate) fn is_installed() -> bool {
    let mut valgrind = Command::new("valgrind");
    let ran = valgrind.arg("--version").stdout(Stdio::null()).status();
    ran.is_ok_and(|status| status.success())
}

/// Returns the user-space instructions of a request.
pub(crate) fn instructions(server: &Server, endpoint: &Endpoint) -> Result<f64, Failure> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    difference(server, endpoint, &options, |output| {
        output
            .split_once("Collected :")?
            .1
            .split_whitespace()
            .next()
    })
}

/// Returns the heap allocations of a request.
pub(crate) fn allocations(server: &Server, endpoint: &Endpoint) -> Result<f64, Failure> {
    let options = ["--tool=dhat", "--dhat-out-file=/dev/null"];
    difference(server, endpoint, &options, |output| {
        let (_, total) = output.split_once("Total:")?;
        total.split_once(" bytes in ")?.1.split_whitespace().next()
    })
}

fn difference(
    server: &Server,
    endpoint: &Endpoint,
    options: &[&str],
    read: fn(&str) -> Option<&str>,
) -> Result<f64, Failure> {
    let count = |requests| -> Result<f64, Failure> {
        let output = run(server, endpoint, options, requests)?;
        let count =
            read(&output).ok_or_else(|| format!("unexpected output of valgrind: {output}"))?;
        Ok(count.replace(',', "").parse()?)
    };
    Ok((count(WARM_UP + COUNTED)? - count(WARM_UP)?) / f64::from(COUNTED))
}

/// Sends the requests to a server under valgrind, and returns the output of valgrind.
fn run(
    server: &Server,
    endpoint: &Endpoint,
    options: &[&str],
    requests: u32,
) -> Result<String, Failure> {
    let mut command = Command::new("valgrind");
    command.args(options).arg(&server.program);
    let running = server.start_by(command)?;
    let request = endpoint.request();
    let mut client = Client::connect(running.addr)?;
    for _ in 0..requests {
        let response = client.send(&request)?;
        if response.status != 200 {
            return Err(format!("{} responds with {}", server.name, response.status).into());
        }
    }
    drop(client);
    running.stop_with_stderr()
}
