//! The generator against a server whose delays are known.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use highball::{prelude::*, tokio};
use serde_json::Value;

/// How long `/slow` takes.
const DELAY: Duration = Duration::from_millis(20);
/// For how long everything stands still.
const STALL: Duration = Duration::from_secs(1);

#[get("/ping")]
async fn ping() -> &'static str {
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

#[derive(State)]
struct Stalled {
    once: AtomicBool,
}

/// Holds up the only thread of the server, once.
#[get("/stall")]
async fn stall(stalled: State<AtomicBool>) -> &'static str {
    if !stalled.swap(true, SeqCst) {
        thread::sleep(STALL);
    }
    "stalled"
}

#[routes(app)]
struct Api(ping, echo, slow, stall);

/// Serves on a thread of its own, for as long as the test runs.
fn serve() -> SocketAddr {
    let (tx, rx) = std::sync::mpsc::channel();
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
                .state(Stalled {
                    once: AtomicBool::new(false),
                })
                .listen(listener);
            serving.quiet().await.expect("it serves");
        });
    });
    rx.recv().expect("it is bound")
}

fn load(args: &[&str]) -> Output {
    // They would disturb each other's times.
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(env!("CARGO_BIN_EXE_highball-load"));
    command.arg("--quiet").args(args).output().expect("it runs")
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("highball-load-{}-{name}", std::process::id()))
}

/// Runs, and returns the report.
fn report(name: &str, args: &[&str]) -> Value {
    let path = file(name);
    let output = load(&[&["--json", path.to_str().expect("text")], args].concat());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read(&path).expect("it is written");
    std::fs::remove_file(&path).expect("it is there");
    serde_json::from_slice(&text).expect("it is JSON")
}

/// Returns the latency, in milliseconds, below which a part of the answers is.
fn latency(report: &Value, part: f64) -> f64 {
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for target in report["targets"].as_array().expect("targets") {
        for bucket in target["record"]["latency"]["buckets"]
            .as_array()
            .expect("buckets")
        {
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
    panic!("there are no answers: {report}");
}

fn answers(report: &Value, target: usize, status: &str) -> u64 {
    report["targets"][target]["record"]["statuses"][status]
        .as_u64()
        .unwrap_or(0)
}

#[test]
fn known_delay_is_measured() {
    let url = format!("http://{}/slow", serve());
    let report = report("delay", &["-c", "8", "-d", "2s", &url]);
    let median = latency(&report, 0.5);
    assert!((20.0..40.0).contains(&median), "{median} ms");
    let answers = answers(&report, 0, "200");
    assert!(
        (400..=808).contains(&answers),
        "{answers} of 800 at most, and a last one each"
    );
}

/// With a rate, those who wait while a server stands still are counted with the time they wait; without one,
/// each connection notices it once.
#[test]
fn rate_does_not_wait_for_the_server() {
    for (rate, waits) in [(&["-r", "200"][..], true), (&[], false)] {
        let url = format!("http://{}/stall", serve());
        let report = report("stall", &[&["-c", "8", "-d", "3s", &url], rate].concat());
        let p80 = latency(&report, 0.8);
        if waits {
            // A third is due while nothing moves, evenly: a fifth of all waits for 400 ms and more.
            assert!((250.0..550.0).contains(&p80), "{p80} ms");
            assert_eq!(answers(&report, 0, "200"), 600);
        } else {
            assert!(p80 < 50.0, "{p80} ms");
        }
    }
}

#[test]
fn rate_rises_evenly() {
    let url = format!("http://{}/ping", serve());
    let report = report(
        "ramp",
        &["-c", "4", "-r", "0..200:2s", "-r", "200:1s", &url],
    );
    assert_eq!(answers(&report, 0, "200"), 400);
    assert_eq!(report["unsent"], 0);
}

#[test]
fn what_cannot_be_sent_is_said() {
    let url = format!("http://{}/slow", serve());
    let args = [
        "-c",
        "1",
        "-r",
        "200",
        "-d",
        "1s",
        "--timeout",
        "500ms",
        &url,
    ];
    let report = report("unsent", &args);
    // One connection answers 50 a second, for a second and a half.
    let (answers, unsent) = (answers(&report, 0, "200"), report["unsent"].as_u64());
    assert!((40..=76).contains(&answers), "{answers}");
    assert_eq!(answers + unsent.expect("a number"), 200);
}

#[test]
fn targets_have_weights_methods_and_bodies() {
    let addr = serve();
    let targets = file("targets.toml");
    let text = format!(
        "[[target]]\nurl = 'http://{addr}/echo'\nmethod = 'POST'\nbody = 'hello'\n\
         headers = {{ content-type = 'text/plain' }}\n"
    );
    std::fs::write(&targets, text).expect("it is written");
    let (ping, missing) = (
        format!("2:http://{addr}/ping"),
        format!("http://{addr}/nowhere"),
    );
    let file = targets.to_str().expect("text");
    let report = report(
        "targets",
        &["-r", "400", "-d", "1s", "--targets", file, &ping, &missing],
    );
    std::fs::remove_file(&targets).expect("it is there");
    let counts = [
        answers(&report, 0, "200"),
        answers(&report, 1, "404"),
        answers(&report, 2, "200"),
    ];
    assert_eq!(counts.iter().sum::<u64>(), 400);
    for (count, expected) in counts.into_iter().zip([200, 100, 100_u64]) {
        assert!(count.abs_diff(expected) < 10, "{counts:?}");
    }
    assert_eq!(report["targets"][2]["record"]["bytes"], counts[2] * 5);
}

#[test]
fn http2_is_spoken() {
    let url = format!("http://{}/slow", serve());
    let args = ["--http2", "-c", "2", "--streams", "8", "-d", "1s", &url];
    let report = report("http2", &args);
    // 16 at once, of 20 ms each.
    let answers = answers(&report, 0, "200");
    assert!((400..=816).contains(&answers), "{answers}");
}

#[test]
fn reports_add_up() {
    let url = format!("http://{}/ping", serve());
    let parts = [file("one.json"), file("two.json")];
    let names: Vec<&str> = parts
        .iter()
        .map(|path| path.to_str().expect("text"))
        .collect();
    for name in &names {
        let output = load(&["-r", "100", "-d", "1s", "--json", name, &url]);
        assert!(output.status.success());
    }
    let (sum, page) = (file("sum.json"), file("sum.html"));
    let output = Command::new(env!("CARGO_BIN_EXE_highball-load"))
        .args(["merge", "--require", "errors<1%", "--json"])
        .arg(&sum)
        .arg("--html")
        .arg(&page)
        .args(&names)
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains("2 generators") && text.contains("200: 200"),
        "{text}"
    );
    let report: Value =
        serde_json::from_slice(&std::fs::read(&sum).expect("it is written")).expect("JSON");
    assert_eq!(answers(&report, 0, "200"), 200);
    let html = std::fs::read_to_string(&page).expect("it is written");
    assert_eq!(html.matches("<svg").count(), 3);
    assert!(
        !html.contains("src=") && !html.contains("href="),
        "it needs nothing else"
    );
    for path in parts.iter().chain([&sum, &page]) {
        std::fs::remove_file(path).expect("it is there");
    }
}

#[test]
fn limits_decide_how_it_ends() {
    let url = format!("http://{}/slow", serve());
    let args = [
        "-c",
        "1",
        "-d",
        "500ms",
        "--require",
        "p50<1ms",
        "--require",
        "errors<1%",
        &url,
    ];
    let output = load(&args);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(
        text.contains("missed     p50<1ms") && !text.contains("missed     errors"),
        "{text}"
    );
}

#[test]
fn nobody_there_is_said_at_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("it is bound");
    drop(listener);
    let output = load(&[&format!("http://{addr}/")]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).expect("text");
    let expected = format!("highball-load: cannot connect to {addr}: ");
    assert!(error.starts_with(&expected), "{error}");
}
