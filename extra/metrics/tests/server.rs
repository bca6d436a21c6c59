//! The exporter in a server that runs.

mod common;

use std::time::Duration;

use common::{Running, check_with_promtool, series, sum, value};
use highball::{
    battery::{Battery, Gauge, Hooks},
    prelude::*,
    serve::Capacity,
};
use highball_faults::{Clients, Leave};
use highball_metrics::{Counter, Exporter, Metrics, measured, metrics};

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

#[get("/")]
async fn home() -> &'static str {
    tokio::time::sleep(Duration::from_millis(5)).await;
    "home"
}

#[routes(app, admin = exposed("a test"), with(measured))]
struct Api(home, metrics);

/// A battery with these gauges.
struct Gauges(&'static str, Vec<Gauge>);

impl Battery for Gauges {
    fn name(&self) -> String {
        self.0.to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        for gauge in self.1 {
            hooks.gauge(gauge);
        }
    }
}

fn state(exporter: &Exporter) -> AppState {
    AppState {
        exporter: exporter.clone(),
    }
}

/// Returns the body of a response.
fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").expect("a head").1
}

#[tokio::test]
async fn scrape_has_the_server_the_runtime_and_the_process() {
    let exporter = Exporter::new().skip_probes();
    // The exporter also shows the gauges of batteries that are installed after it.
    let pools = Gauges(
        "pools",
        vec![
            Gauge::new("pool_idle", "connections", "Idle connections.", || 3.0).label("pool", "a"),
            Gauge::new("pool_wait_seconds", "seconds", "All waits.", || 0.5),
            Gauge::new("pool_idle", "connections", "Idle connections.", || 4.0).label("pool", "b"),
        ],
    );
    let serve = highball::serve(Api)
        .state(state(&exporter))
        .install(exporter)
        .install(pools)
        .capacity(Capacity::of(64));
    let running = Running::start(serve).await;
    let response = running.send("GET /metrics").await;
    assert!(response.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    let text = body(&response);
    check_with_promtool(text);
    assert_eq!(value(text, "pool_idle{pool=\"a\"}"), 3.0);
    assert_eq!(value(text, "pool_idle{pool=\"b\"}"), 4.0);
    assert_eq!(value(text, "pool_wait_seconds"), 0.5);
    assert!(text.contains("# HELP pool_idle Idle connections. Unit: connections.\n"));
    assert_eq!(text.matches("# TYPE pool_idle ").count(), 1);
    assert!(value(text, "highball_cut_connections_total") >= 0.0);
    // The scrape itself has one of 64 places.
    assert_eq!(value(text, "highball_capacity_used"), 1.0 / 64.0);
    assert!(value(text, "tokio_workers") >= 1.0);
    assert!(value(text, "tokio_alive_tasks") >= 1.0);
    assert!(!series(text, "tokio_worker_busy_seconds_total").is_empty());
    if cfg!(target_os = "linux") {
        let rss = value(text, "process_resident_memory_bytes");
        assert!(rss > 1e6 && rss < 1e10, "{rss}");
        assert!(value(text, "process_open_fds") >= 3.0);
        assert!(value(text, "process_max_fds") > value(text, "process_open_fds"));
        assert!(value(text, "process_threads") >= 1.0);
        let now = std::time::SystemTime::now();
        let now = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs_f64();
        let age = now - value(text, "process_start_time_seconds");
        assert!((-2.0..600.0).contains(&age), "{age}");
        let cpu = value(text, "process_cpu_seconds_total");
        assert!(cpu < age + 600.0, "{cpu}");
    }
    running.stop().await;
}

#[tokio::test]
async fn routes_have_their_series_before_the_first_request() {
    let exporter = Exporter::new().skip_probes();
    let serve = highball::serve(Api)
        .state(state(&exporter))
        .install(exporter);
    let running = Running::start(serve).await;
    let response = running.send("GET /metrics").await;
    let failed = "http_server_responses_total{http_request_method=\"GET\",http_route=\"/\",http_response_status_class=\"5xx\"}";
    assert_eq!(value(body(&response), failed), 0.0);
    running.stop().await;
}

#[tokio::test]
async fn two_scrapes_at_once_are_complete() {
    let exporter = Exporter::new();
    let serve = highball::serve(Api)
        .state(state(&exporter))
        .install(exporter);
    let running = Running::start(serve).await;
    let scrape = || running.send_with("GET /metrics", "accept: application/openmetrics-text");
    let (first, second, third) = tokio::join!(scrape(), scrape(), scrape());
    for response in [first, second, third] {
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        assert!(body(&response).contains("# TYPE highball_cut_connections counter"));
        assert!(body(&response).ends_with("# EOF\n"));
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_is_in_one_class_even_if_clients_leave() {
    let exporter = Exporter::new().skip_probes();
    let serve = highball::serve(Api)
        .state(state(&exporter))
        .install(exporter);
    let running = Running::start(serve).await;
    let outcome = Clients::of(running.addr)
        .concurrency(16)
        .leave(Leave::Between(Duration::ZERO, Duration::from_millis(10)))
        .seed(7)
        .run(500)
        .await;
    assert!(outcome.left > 0, "{outcome:?}");
    let mut text = body(&running.send("GET /metrics").await).to_owned();
    // The last handlers are dropped when the server sees that their clients have left.
    for _ in 0..200 {
        if sum(&text, "http_server_responses_total") >= outcome.answered_with(200) as f64 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        text = body(&running.send("GET /metrics").await).to_owned();
    }
    let classes = sum(&text, "http_server_responses_total");
    assert_eq!(
        classes,
        sum(&text, "http_server_request_duration_seconds_count")
    );
    assert!(
        classes >= outcome.answered_with(200) as f64 && classes <= 500.0,
        "{classes}"
    );
    let left = "http_server_responses_total{http_request_method=\"GET\",http_route=\"/\",http_response_status_class=\"client_left\"}";
    assert!(value(&text, left) > 0.0);
    running.stop().await;
}

#[derive(Metrics)]
#[expect(dead_code)]
struct Sales {
    /// Orders that were paid.
    paid: Counter,
}

#[derive(Metrics)]
#[expect(dead_code)]
#[metrics(prefix = "sales")]
struct OtherSales {
    /// Orders that were paid.
    #[metric(name = "sales_paid_total")]
    paid: Counter,
}

#[derive(Metrics)]
#[expect(dead_code)]
#[metrics(prefix = "http_server")]
struct Requests {
    /// Requests that are slow.
    slow: Counter,
}

async fn start_error(exporter: Exporter, gauges: Vec<Gauge>) -> String {
    let serve = highball::serve(Api)
        .state(state(&exporter))
        .install(exporter)
        .install(Gauges("shop", gauges));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = serve.listen(listener).quiet().await.unwrap_err();
    format!("{error:?}")
}

#[tokio::test]
async fn metrics_of_one_name_are_found_at_the_start() {
    let exporter = Exporter::new();
    let _: (Sales, OtherSales) = (exporter.add(), exporter.add());
    let error = start_error(exporter, Vec::new()).await;
    let expected = "the metric `sales_paid` of `OtherSales` is also a metric of `Sales`";
    assert!(error.contains(expected), "{error}");

    let exporter = Exporter::new();
    let _: Sales = exporter.add();
    let gauge = Gauge::new("sales_paid_total", "", "Paid.", || 0.0);
    let error = start_error(exporter, vec![gauge]).await;
    assert!(
        error.contains("the metric `sales_paid_total` of a battery"),
        "{error}"
    );

    let gauges = ["queue.length", "queue_length"];
    let gauges = gauges.map(|name| Gauge::new(name, "", "Jobs.", || 0.0));
    let error = start_error(Exporter::new(), gauges.into()).await;
    assert!(
        error.contains("two labels of `queue_length` are the same"),
        "{error}"
    );

    let exporter = Exporter::new();
    let _: Requests = exporter.add();
    let error = start_error(exporter, Vec::new()).await;
    assert!(
        error.contains("`http_server_slow` of `Requests` begins with `http_server_`"),
        "{error}"
    );
}

#[tokio::test]
async fn runtimes_of_all_workers_are_counted() {
    let exporter = Exporter::new();
    let config = highball::Config::default().workers(2);
    let serve = highball::serve(Api).state(state(&exporter)).config(config);
    let running = Running::start(serve.install(exporter)).await;
    let response = running.send("GET /metrics").await;
    let text = body(&response);
    // The test's own runtime has one thread.
    assert_eq!(value(text, "tokio_workers"), 3.0);
    let busy = series(text, "tokio_worker_busy_seconds_total");
    assert_eq!(busy.len(), 3, "{busy:?}");
    check_with_promtool(text);
    running.stop().await;
}
