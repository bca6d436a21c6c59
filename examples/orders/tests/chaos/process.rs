//! Processes of the example.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use orders::Sink;

use super::place::Place;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_orders");

/// The lease of jobs, which is short so that a test need not wait long for the jobs of a killed process.
const LEASE_MS: &str = "600";

/// A process, which is killed when it is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a process that serves and runs no jobs. Returns its address.
    pub(crate) fn server(place: &Place, sink: &Sink) -> (Self, SocketAddr) {
        serve(command(PROGRAM, place, sink))
    }

    /// Starts a process that only runs jobs.
    pub(crate) fn worker(place: &Place, sink: &Sink) -> Self {
        Self(worker(place, sink).spawn().expect("a process"))
    }

    /// Starts one whose jobs have this time when it stops. Its leases do not end in a test.
    pub(crate) fn worker_that_stops_within(place: &Place, sink: &Sink, time: &str) -> Self {
        let mut command = worker(place, sink);
        command.env("HIGHBALL_SHUTDOWN_TIMEOUT", time);
        command.env_remove("LEASE_MS");
        Self(command.spawn().expect("a process"))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills the process with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.0.kill().expect("a running process");
        self.0.wait().expect("an end");
    }

    /// Stops the process with SIGTERM.
    pub(crate) fn stop(mut self) -> ExitStatus {
        send("TERM", self.id());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("an end") {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(40), "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Sends a signal to a process.
pub(crate) fn send(signal: &str, process: u32) {
    let mut kill = Command::new("kill");
    kill.args([format!("-{signal}"), process.to_string()]);
    assert!(kill.status().expect("`kill`").success());
}

/// Returns a program with the settings of the test.
pub(crate) fn command(program: &str, place: &Place, sink: &Sink) -> Command {
    let (name, value) = place.scratch.variable();
    let mut command = Command::new(program);
    command
        .env(name, value)
        .env("MAIL_SERVER", sink.address().to_string())
        .env("LEASE_MS", LEASE_MS)
        .env("WORKERS", "apart")
        .env("PORT", "0")
        .stdout(Stdio::piped());
    // The messages of killed processes hide those of the test.
    if std::env::var_os("SHOW_LOGS").is_none() {
        command.stderr(Stdio::null());
    }
    command
}

/// Returns a worker with the settings of the test.
fn worker(place: &Place, sink: &Sink) -> Command {
    let mut command = command(PROGRAM, place, sink);
    command.arg("worker").stdout(Stdio::null());
    command
}

/// Starts a server, and waits until it prints its address.
pub(crate) fn serve(mut command: Command) -> (Process, SocketAddr) {
    let mut child = command.spawn().expect("a process");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let process = Process(child);
    let address = address(&mut output);
    // A full pipe would block the process.
    thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    (process, address)
}

/// Reads the address from a line such as `highball 0.1.0 (debug) on http://localhost:8080 with 7 routes`.
fn address(output: &mut BufReader<ChildStdout>) -> SocketAddr {
    let mut lines = output.lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, after) = line.split_once("http://localhost:")?;
        after.split(' ').next()?.parse().ok()
    });
    SocketAddr::from(([127, 0, 0, 1], port.expect("the banner of the server")))
}
