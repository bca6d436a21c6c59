//! The figures of Prometheus are those of a load generator, `highball-load`.

mod common;

use std::{
    env,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
};

use common::{Running, number, wait_for};
use highball::prelude::*;
use highball_metrics::{Exporter, measured, metrics};

/// The bounds of durations, in seconds.
const BOUNDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

/// One request of 25 is slow, so the 99th percentile is that of the slow ones.
#[get("/books/{id}")]
async fn book(id: u64) -> String {
    tokio::time::sleep(millis(if id == 0 { 300 } else { 5 })).await;
    format!("book {id}")
}

#[routes(app, admin = exposed("a test"), with(measured))]
struct Api(book, metrics);

/// Returns the load generator, which is in the folder of this program's folder.
fn generator() -> PathBuf {
    let program = env::current_exe().expect("a path");
    let folder = program
        .parent()
        .and_then(|deps| deps.parent())
        .expect("a folder");
    let generator = folder.join("highball-load");
    if !generator.is_file() {
        // A test of the whole workspace has built it.
        let built = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--package", "highball-load"])
            .status();
        assert!(built.is_ok_and(|status| status.success()), "it is built");
    }
    generator
}

/// Returns the report of a load of some seconds.
fn load(addr: SocketAddr) -> String {
    let url = |weight: u32, path: &str| format!("{weight}:http://{addr}{path}");
    let output = Command::new(generator())
        .args(["--rate", "200", "--duration", "8s", "--connections", "100"])
        .args([url(23, "/books/7"), url(1, "/books/0"), url(1, "/none")])
        .stderr(Stdio::inherit())
        .output()
        .expect("it runs");
    let report = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{report}");
    report
}

/// Returns the two words after a text in a report.
fn after<'r>(report: &'r str, text: &str) -> Vec<&'r str> {
    let (_, rest) = report
        .split_once(text)
        .unwrap_or_else(|| panic!("no {text}: {report}"));
    rest.split_whitespace().take(2).collect()
}

fn bucket(seconds: f64) -> usize {
    BOUNDS.iter().filter(|bound| **bound < seconds).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_those_of_the_generator() {
    let exporter = Exporter::new().skip_probes();
    let state = AppState {
        exporter: exporter.clone(),
    };
    let app = Running::start(highball::serve(Api).state(state).install(exporter)).await;
    let Some(prometheus) = common::prometheus(app.addr, "", None).await else {
        common::left_out("prometheus");
        return app.stop().await;
    };
    let addr = prometheus.addr;
    wait_for("two scrapes", secs(60), async || {
        number(addr, "count_over_time(up{job=\"app\"}[1m]) > 2").await
    })
    .await;
    let target = app.addr;
    let report = tokio::task::spawn_blocking(move || load(target))
        .await
        .expect("no panic");
    let count = after(&report, "\nresponses")[0]
        .replace(',', "")
        .parse()
        .expect("a number");
    assert!(after(&report, "\nfailed")[0] == "none", "{report}");
    wait_for("the count of the generator", secs(60), async || {
        let sum = number(addr, "sum(http_server_responses_total)").await?;
        assert!(sum <= count, "{sum} of {count}");
        (sum == count).then_some(())
    })
    .await;
    let sum = number(addr, "sum(http_server_request_duration_seconds_count)").await;
    assert_eq!(sum, Some(count));
    let buckets = "sum by (le) (increase(http_server_request_duration_seconds_bucket[2m]))";
    let p99 = number(addr, &format!("histogram_quantile(0.99, {buckets})")).await;
    let p99 = p99.expect("a sample");
    let of_generator = after(&report, "p99 ")[0].parse::<f64>();
    let of_generator = of_generator.expect("milliseconds") / 1000.0;
    println!("p99: {p99} s in Prometheus, {of_generator} s of the generator, {count} requests");
    assert!(
        bucket(p99).abs_diff(bucket(of_generator)) <= 1,
        "{p99} and {of_generator}"
    );
    app.stop().await;
}
