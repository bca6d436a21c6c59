//! The common part of the tests: reading an exposition, a server that runs, and promtool.

#![allow(dead_code, unreachable_pub)]

use std::{
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
};

use highball::{App, serve::Serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// Returns the value of a series, or panics with the whole text.
#[track_caller]
pub fn value(text: &str, series: &str) -> f64 {
    let mut lines = text.lines();
    let rest = lines.find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let value = rest.and_then(|rest| rest.parse().ok());
    value.unwrap_or_else(|| panic!("no series {series} in:\n{text}"))
}

/// Returns the series of a metric with their values.
pub fn series<'t>(text: &'t str, metric: &str) -> Vec<&'t str> {
    let lines = text.lines();
    lines
        .filter(|line| {
            let rest = line.strip_prefix(metric);
            rest.is_some_and(|rest| rest.starts_with(['{', ' ']))
        })
        .collect()
}

/// Returns the sum of all series of a metric.
pub fn sum(text: &str, metric: &str) -> f64 {
    let series = series(text, metric).into_iter();
    let values = series.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok());
    values.sum()
}

/// Checks an exposition with promtool, which is in the Debian package `prometheus`. Without it, this prints so.
#[track_caller]
pub fn check_with_promtool(classic: &str) {
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = promtool else {
        println!("promtool is not installed; the Debian package `prometheus` has it");
        return;
    };
    let mut input = promtool.stdin.take().expect("a pipe");
    input.write_all(classic.as_bytes()).expect("promtool reads");
    drop(input);
    let output = promtool.wait_with_output().expect("promtool ends");
    let report = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && report.is_empty(),
        "{report}\n{classic}"
    );
}

/// A server on a port of the system.
pub struct Running {
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<highball::Result>,
}

impl Running {
    /// Starts a server, and returns when it listens.
    pub async fn start<A, S>(serve: Serve<A, S>) -> Self
    where
        A: App,
        Serve<A, S>: Future<Output = highball::Result> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = serve
            .listen(listener)
            .quiet()
            .stop(async { drop(stopped.await) });
        Self {
            addr,
            stop,
            server: tokio::spawn(serving),
        }
    }

    /// Sends a request, and returns the whole response.
    pub async fn send(&self, line: &str) -> String {
        self.send_with(line, "accept: */*").await
    }

    /// Sends a request with a header, and returns the whole response.
    pub async fn send_with(&self, line: &str, header: &str) -> String {
        let mut stream = TcpStream::connect(self.addr).await.expect("it listens");
        let request =
            format!("{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .await
            .expect("it answers");
        response
    }

    /// Stops the server.
    pub async fn stop(self) {
        drop(self.stop);
        self.server.await.expect("no panic").expect("no error");
    }
}
