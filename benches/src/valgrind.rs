//! Instructions and allocations of a request, by valgrind.
//!
//! A server answers a number of requests on one connection, and then a larger one in another run: the
//! difference has no start-up in it.

use std::process::{Command, Stdio};

use crate::{client::Client, endpoint::Endpoint, failure::Failure, process::Server};

/// Requests before, and while it is counted.
const WARM: u32 = 200;
const COUNTED: u32 = 1000;

pub(crate) fn is_installed() -> bool {
    let mut valgrind = Command::new("valgrind");
    let ran = valgrind.arg("--version").stdout(Stdio::null()).status();
    ran.is_ok_and(|status| status.success())
}

/// Returns the user-space instructions of a request.
pub(crate) fn instructions(server: &Server, endpoint: &Endpoint) -> Result<f64, Failure> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    difference(server, endpoint, &options, |said| {
        said.split_once("Collected :")?.1.split_whitespace().next()
    })
}

/// Returns the heap allocations of a request.
pub(crate) fn allocations(server: &Server, endpoint: &Endpoint) -> Result<f64, Failure> {
    let options = ["--tool=dhat", "--dhat-out-file=/dev/null"];
    difference(server, endpoint, &options, |said| {
        let (_, total) = said.split_once("Total:")?;
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
        let said = run(server, endpoint, options, requests)?;
        let count = read(&said).ok_or_else(|| format!("valgrind says: {said}"))?;
        Ok(count.replace(',', "").parse()?)
    };
    Ok((count(WARM + COUNTED)? - count(WARM)?) / f64::from(COUNTED))
}

/// Has the server answer so many requests, and returns what valgrind says at its end.
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
        let answer = client.send(&request)?;
        if answer.status != 200 {
            return Err(format!("{} answers {}", server.name, answer.status).into());
        }
    }
    drop(client);
    running.said()
}
