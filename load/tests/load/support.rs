//! Test servers, and helpers that run the generator as a process.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Output},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use highball::{prelude::*, tokio};
use serde_json::Value;

/// The delay of `/slow`.
const DELAY: Duration = Duration::from_millis(20);
/// How long `/stall` blocks the server.
const STALL: Duration = Duration::from_secs(1);
/// The number of requests on a connection to [`serve_few`].
const FEW: u32 = 50;

#[get("/ping")]
async fn ping(hits: State<Arc<AtomicU64>>) -> &'static str {
    hits.fetch_add(1, SeqCst);
    "pong"
}

#[post("/echo")]
async fn echo(body: String) -> String {
    body
}

#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(DELAY).await;
    "slow"
}

#[get("/never")]
async fn never() {
    std::future::pending::<()>().await;
}

#[derive(State)]
struct Shared {
    has_stalled: AtomicBool,
    hits: Arc<AtomicU64>,
}

/// Blocks the only thread of the server, once.
#[get("/stall")]
async fn stall(has_stalled: State<AtomicBool>) -> &'static str {
    if !has_stalled.swap(true, SeqCst) {
        thread::sleep(STALL);
    }
    "stalled"
}

#[routes(app)]
struct Api(ping, echo, slow, never, stall);

/// A server on its own thread, which runs until the test ends.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    hits: Arc<AtomicU64>,
}

impl Server {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Returns the number of requests for `/ping`.
    pub(crate) fn hits(&self) -> u64 {
        self.hits.load(SeqCst)
    }
}

pub(crate) fn serve() -> Server {
    start(u32::MAX)
}

/// Starts a server that closes each connection after a few requests.
pub(crate) fn serve_few() -> Server {
    start(FEW)
}

fn start(requests: u32) -> Server {
    let (tx, rx) = std::sync::mpsc::channel();
    let hits = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&hits);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port");
            tx.send(listener.local_addr().expect("it is bound"))
                .expect("it waits");
            let serving = highball::serve(Api)
                .state(Shared {
                    has_stalled: AtomicBool::new(false),
                    hits: counted,
                })
                .config(highball::Config::default().max_requests_per_connection(requests))
                .listen(listener);
            serving.quiet().await.expect("it serves");
        });
    });
    let addr = rx.recv().expect("it is bound");
    Server { addr, hits }
}

/// Starts a server that responds to a request with these bytes and closes the connection. Returns its address.
pub(crate) fn serve_bytes(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("it is bound");
    let answer_one = move |mut stream: TcpStream| {
        let mut head = [0; 4096];
        let came = stream.read(&mut head).unwrap_or(0);
        if came > 0 {
            // For HTTP/2, the first read may contain only the connection preface.
            thread::sleep(DELAY);
            let _left = stream.write_all(answer);
            // Closing a socket with unread data resets the connection, and the response might be lost.
            let _left = stream.shutdown(Shutdown::Write);
            let _rest = stream.read_to_end(&mut Vec::new());
        }
    };
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer_one(stream));
        }
    });
    addr
}

/// Waits until no other test measures, because concurrent runs would disturb each other's times.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns a command that runs the generator. Call [`alone`] before it is run.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_highball-load"));
    command.arg("--quiet").args(args);
    command
}

pub(crate) fn load(args: &[&str]) -> Output {
    let _alone = alone();
    command(args).output().expect("it runs")
}

pub(crate) fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("highball-load-{}-{name}", std::process::id()))
}

/// Runs the generator, and returns its report.
pub(crate) fn report(args: &[&str]) -> Value {
    reported(&load(&[&["--json", "-"], args].concat()))
}

/// Parses the report on standard output.
pub(crate) fn reported(output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

/// Returns a quantile of the latency, in milliseconds.
pub(crate) fn latency(report: &Value, part: f64) -> f64 {
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for target in report["targets"].as_array().expect("targets") {
        let written = &target["record"]["latency"]["buckets"];
        for bucket in written.as_array().expect("buckets") {
            let number = |at: usize| bucket[at].as_f64().expect("a number");
            buckets.push((number(0), number(1)));
        }
    }
    buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
    let all: f64 = buckets.iter().map(|(_, count)| count).sum();
    let mut sum = 0.0;
    for (value, count) in buckets {
        sum += count;
        if sum >= part * all {
            return value / 1e6;
        }
    }
    panic!("there are no responses: {report}");
}

pub(crate) fn responses(report: &Value, target: usize, status: &str) -> u64 {
    report["targets"][target]["record"]["statuses"][status]
        .as_u64()
        .unwrap_or(0)
}

/// Returns the number of requests that failed for this reason.
pub(crate) fn failed(report: &Value, why: &str) -> u64 {
    report["targets"][0]["record"]["failures"][why]
        .as_u64()
        .unwrap_or(0)
}

pub(crate) fn seconds(report: &Value) -> f64 {
    report["seconds"].as_f64().expect("a number")
}
