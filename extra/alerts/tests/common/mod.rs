//! The common part of the tests: programs of the Prometheus project, a server that runs, and a receiver of webhooks.

#![allow(dead_code, unreachable_pub)]

pub mod inbox;

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use highball::{App, prelude::*, serve::Serve};
use highball_faults::Folder;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// A program that ends with the test, and its address.
pub struct Program {
    child: Child,
    pub addr: SocketAddr,
    _data: Folder,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Returns a free port. It may be taken again before a program listens; then no query is answered, and the test fails.
pub async fn free_addr() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    free.local_addr().expect("it is bound")
}

/// Prints that a test is left out, because a program is missing.
pub fn left_out(program: &str) {
    println!(
        "left out: {program} is not installed; the Debian packages `prometheus` and `prometheus-alertmanager` are needed"
    );
}

/// Starts Prometheus, which scrapes an app as the job `app` and evaluates rules every second.
pub async fn prometheus(
    app: SocketAddr,
    rules: &str,
    alerts: Option<SocketAddr>,
) -> Option<Program> {
    let data = Folder::new();
    fs::write(data.file("rules.yml"), rules).expect("a folder");
    let alerting = alerts.map(|addr| {
        format!("alerting:\n  alertmanagers:\n  - static_configs:\n    - targets: ['{addr}']\n")
    });
    let config = format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\nrule_files: [rules.yml]\n{}\
         scrape_configs:\n- job_name: app\n  static_configs:\n  - targets: ['{app}']\n",
        alerting.unwrap_or_default()
    );
    fs::write(data.file("prometheus.yml"), config).expect("a folder");
    let addr = free_addr().await;
    let mut command = Command::new("prometheus");
    command
        .arg(format!(
            "--config.file={}",
            data.file("prometheus.yml").display()
        ))
        .arg(format!("--storage.tsdb.path={}", data.path().display()))
        .arg(format!("--web.listen-address={addr}"));
    start(&mut command, addr, data)
}

/// Starts Alertmanager with a configuration.
pub async fn alertmanager(config: &str) -> Option<Program> {
    let data = Folder::new();
    fs::write(data.file("alertmanager.yml"), config).expect("a folder");
    let addr = free_addr().await;
    let mut command = Command::new("prometheus-alertmanager");
    command
        .arg(format!(
            "--config.file={}",
            data.file("alertmanager.yml").display()
        ))
        .arg(format!("--storage.path={}", data.path().display()))
        .arg(format!("--web.listen-address={addr}"))
        .arg("--cluster.listen-address=");
    let program = start(&mut command, addr, data)?;
    wait_for("Alertmanager", secs(60), async || {
        get(addr, "/-/ready").await.contains("OK").then_some(())
    })
    .await;
    Some(program)
}

fn start(command: &mut Command, addr: SocketAddr, data: Folder) -> Option<Program> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let child = command.stderr(Stdio::null()).spawn().ok()?;
    Some(Program {
        child,
        addr,
        _data: data,
    })
}

/// Runs a program, and returns whether it succeeded and its output, or nothing if it is not installed.
pub fn run(program: &str, args: &[&str], file: &Path) -> Option<(bool, String)> {
    let output = Command::new(program).args(args).arg(file).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    Some((output.status.success(), text.into_owned()))
}

/// Sends a request, and returns the body of the response, or nothing while the address does not listen.
pub async fn send(addr: SocketAddr, line: &str, body: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(addr).await else {
        return String::new();
    };
    let len = body.len();
    let request = format!(
        "{line} HTTP/1.0\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len}\r\n\r\n{body}"
    );
    let mut answer = Vec::new();
    if stream.write_all(request.as_bytes()).await.is_ok() {
        let _complete = stream.read_to_end(&mut answer).await;
    }
    let answer = String::from_utf8_lossy(&answer);
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    body.unwrap_or_default().to_owned()
}

pub async fn get(addr: SocketAddr, path: &str) -> String {
    send(addr, &format!("GET {path}"), "").await
}

/// Returns the samples of a query to Prometheus, or nothing if it is not answered or wrong.
pub async fn query(prometheus: SocketAddr, promql: &str) -> Option<Vec<Value>> {
    let escaped: String = promql.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let answer = get(prometheus, &format!("/api/v1/query?query={escaped}")).await;
    let mut answer: Value = highball::serde_json::from_str(&answer).ok()?;
    match answer["data"]["result"].take() {
        Value::Array(samples) => Some(samples),
        _ => None,
    }
}

/// Returns the value of the first sample of a query.
pub async fn number(prometheus: SocketAddr, promql: &str) -> Option<f64> {
    let samples = query(prometheus, promql).await?;
    samples.first()?["value"][1].as_str()?.parse().ok()
}

/// Repeats an attempt until it has a result.
pub async fn wait_for<T>(
    name: &str,
    within: Duration,
    mut attempt: impl AsyncFnMut() -> Option<T>,
) -> T {
    let began = Instant::now();
    loop {
        if let Some(result) = attempt().await {
            return result;
        }
        assert!(began.elapsed() < within, "{name}: not within {within:?}");
        tokio::time::sleep(millis(50)).await;
    }
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
        Self::start_at("127.0.0.1:0".parse().expect("an address"), serve).await
    }

    /// Starts a server at an address.
    pub async fn start_at<A, S>(addr: SocketAddr, serve: Serve<A, S>) -> Self
    where
        A: App,
        Serve<A, S>: Future<Output = highball::Result> + Send + 'static,
    {
        let listener = TcpListener::bind(addr).await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = serve
            .listen(listener)
            .quiet()
            .stop(async { drop(stopped.await) });
        Self {
            addr,
            stop,
            server: tokio::spawn(async {
                let ended = serving.await;
                if let Err(error) = &ended {
                    println!("the server has failed: {error}");
                }
                ended
            }),
        }
    }

    /// Panics if the server has ended.
    #[track_caller]
    pub fn check(&self) {
        assert!(!self.server.is_finished(), "the server did not start");
    }

    /// Stops the server.
    pub async fn stop(self) {
        drop(self.stop);
        self.server.await.expect("no panic").expect("no error");
    }
}

/// Requests that are sent at a rate, whether or not the earlier ones have a response.
pub struct Load(JoinHandle<()>);

impl Load {
    pub fn start(addr: SocketAddr, path: &'static str, every: Duration) -> Self {
        Self(tokio::spawn(async move {
            let mut due = tokio::time::interval(every);
            loop {
                due.tick().await;
                tokio::spawn(async move { get(addr, path).await });
            }
        }))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The webhooks that Alertmanager has sent.
#[derive(Debug, Clone, Default)]
pub struct Received(Arc<Mutex<Vec<Value>>>);

impl Received {
    pub fn push(&self, body: Value) {
        let mut bodies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.push(body);
    }

    pub fn all(&self) -> Vec<Value> {
        let bodies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.clone()
    }

    /// Returns how often an alert was received in a status.
    pub fn count(&self, alert: &str, status: &str) -> usize {
        let bodies = self.all();
        let alerts = bodies
            .iter()
            .flat_map(|body| body["alerts"].as_array().into_iter().flatten());
        alerts
            .filter(|one| one["labels"]["alertname"] == alert && one["status"] == status)
            .count()
    }

    /// Waits until an alert was received in a status, and returns the time that this took.
    pub async fn wait(&self, alert: &str, status: &str, within: Duration) -> Duration {
        let began = Instant::now();
        let name = format!("{alert} is {status}");
        wait_for(&name, within, async || {
            (self.count(alert, status) > 0).then_some(())
        })
        .await;
        began.elapsed()
    }
}

#[derive(State)]
pub struct SinkState {
    received: Received,
}

#[post("/hook")]
async fn hook(body: Json<Value>, received: State<Received>) {
    received.push(body.0);
}

#[routes(app)]
struct Sink(hook);

/// Starts a receiver of webhooks at the path `/hook`.
pub async fn sink() -> (Running, Received) {
    let received = Received::default();
    let state = SinkState {
        received: received.clone(),
    };
    let running = Running::start(highball::serve(Sink).state(state)).await;
    (running, received)
}
