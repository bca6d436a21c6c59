//! A real Prometheus scrapes a server. The Debian package `prometheus` has it; without it, this prints so.

mod common;

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use common::Running;
use highball::{middleware::request_id, prelude::*};
use highball_faults::Folder;
use highball_metrics::{Exporter, Histogram, Metrics, Seconds, measured, metrics};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

#[derive(Metrics)]
struct Mail {
    /// Times of the "mail server", \ and more.
    #[buckets(0.1, 1.0)]
    sending: Histogram<(), Seconds>,
}

#[derive(State)]
struct AppState {
    exporter: Exporter,
    mail: Mail,
}

#[get("/mails/{id}")]
async fn mail(id: u64, mail: State<Mail>) -> StatusCode {
    mail.sending.observe(millis(id));
    StatusCode::IM_A_TEAPOT
}

#[routes(app, admin = exposed("a test"), with(measured, request_id))]
struct Api(mail, metrics);

/// A process that ends with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Starts Prometheus with the server as its only target.
async fn start(folder: &Folder, target: SocketAddr) -> Option<(Killed, SocketAddr)> {
    let config = folder.path().join("prometheus.yml");
    let text = format!(
        "scrape_configs:\n- job_name: app\n  scrape_interval: 250ms\n  scrape_timeout: 250ms\n  static_configs:\n  - targets: ['{target}']\n"
    );
    fs::write(&config, text).expect("a folder");
    // The port may be taken again before Prometheus listens; then no query is answered, and the test fails.
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = free.local_addr().expect("it is bound");
    drop(free);
    let prometheus = Command::new("prometheus")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().display()))
        .arg(format!("--web.listen-address={addr}"))
        .arg("--enable-feature=exemplar-storage")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Some((Killed(prometheus.ok()?), addr))
}

/// Returns the answer of Prometheus to a query, or nothing while it does not listen.
async fn query(addr: SocketAddr, path: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(addr).await else {
        return String::new();
    };
    let request = format!("GET /api/v1/{path} HTTP/1.0\r\nhost: localhost\r\n\r\n");
    let mut answer = String::new();
    if stream.write_all(request.as_bytes()).await.is_ok() {
        let _complete = stream.read_to_string(&mut answer).await;
    }
    answer
}

/// Repeats a query until its answer contains a text.
async fn wait_for(addr: SocketAddr, path: &str, expected: &str) {
    let mut answer = String::new();
    for _ in 0..300 {
        answer = query(addr, path).await;
        if answer.contains(expected) {
            return;
        }
        tokio::time::sleep(millis(100)).await;
    }
    panic!("{path} has no {expected}: {answer}");
}

#[tokio::test]
async fn prometheus_reads_every_series() {
    let exporter = Exporter::new().skip_probes();
    let state = AppState {
        mail: exporter.add(),
        exporter: exporter.clone(),
    };
    let serve = highball::serve(Api).state(state).install(exporter);
    let running = Running::start(serve).await;
    let folder = Folder::new();
    let Some((_prometheus, addr)) = start(&folder, running.addr).await else {
        println!("Prometheus is not installed; the Debian package `prometheus` has it");
        return running.stop().await;
    };
    wait_for(addr, "targets", "\"health\":\"up\"").await;
    assert!(query(addr, "targets").await.contains("\"lastError\":\"\""));
    for id in 0..7 {
        running.send(&format!("GET /mails/{id}")).await;
    }
    let class = "http_response_status_class%3D%224xx%22";
    let route = "http_route%3D%22%2Fmails%2F%7Bid%7D%22";
    let responses = format!("query?query=http_server_responses_total%7B{route},{class}%7D");
    wait_for(addr, &responses, "\"7\"]").await;
    // The first failures are an increase, since the series was 0 before.
    let increase =
        format!("query?query=increase(http_server_responses_total%7B{route},{class}%7D[1m])%3E0");
    wait_for(addr, &increase, "\"result\":[{").await;
    wait_for(
        addr,
        "query?query=mail_sending_seconds_bucket%7Ble%3D%220.1%22%7D",
        "\"7\"]",
    )
    .await;
    wait_for(
        addr,
        "metadata?metric=mail_sending_seconds",
        "\"unit\":\"seconds\"",
    )
    .await;
    wait_for(
        addr,
        "metadata?metric=mail_sending_seconds",
        r#"Times of the \"mail server\", \\ and more."#,
    )
    .await;
    check_exemplar(&running, addr, route).await;
    running.stop().await;
}

/// Sends requests with a trace until Prometheus has it: a bucket keeps the first request after a scrape.
async fn check_exemplar(running: &Running, addr: SocketAddr, route: &str) {
    let traced = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let buckets = format!("http_server_request_duration_seconds_bucket%7B{route}%7D");
    let exemplars = format!("query_exemplars?query={buckets}&start=1&end=9999999999");
    let mut answer = String::new();
    for _ in 0..200 {
        running.send_with("GET /mails/7", traced).await;
        answer = query(addr, &exemplars).await;
        if answer.contains("{\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}") {
            return;
        }
        tokio::time::sleep(millis(100)).await;
    }
    panic!("no trace in {answer}");
}
