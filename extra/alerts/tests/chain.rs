//! The real chain: a served app, Prometheus, Alertmanager and a receiver.

mod common;

use std::{
    hint::black_box,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use common::{Load, Program, Received, Running, number, query, wait_for};
use highball::prelude::*;
use highball_alerts::Alerts;
use highball_metrics::{Exporter, measured, metrics};

/// How long a condition holds before its alert fires.
const FOR: Duration = Duration::from_secs(2);
/// The time from the begin of a fault to its notification, after `FOR`. It includes the scrape, the evaluation and the
/// wait of Alertmanager.
const CHAIN: Duration = Duration::from_secs(15);
/// For everything that is not measured.
const LONG: Duration = Duration::from_secs(90);

/// The faults that a test switches on.
#[derive(Debug, Default)]
struct Faults {
    sleeps: AtomicBool,
    fails: AtomicBool,
    burns: AtomicBool,
    requests: AtomicU64,
}

impl Faults {
    /// Keeps several threads busy until `burns` is false.
    fn burn(self: &Arc<Self>) {
        self.burns.store(true, Relaxed);
        for _ in 0..8 {
            let faults = Arc::clone(self);
            thread::spawn(move || {
                while faults.burns.load(Relaxed) {
                    black_box((0..10_000_u64).sum::<u64>());
                }
            });
        }
    }
}

/// The threads end with the test, also if it fails.
struct Burning(Arc<Faults>);

impl Drop for Burning {
    fn drop(&mut self) {
        self.0.burns.store(false, Relaxed);
    }
}

#[derive(State)]
struct AppState {
    exporter: Exporter,
    faults: Arc<Faults>,
}

#[get("/work", slo(p99 = millis(500), errors = 0.05))]
async fn work(faults: State<Arc<Faults>>) -> StatusCode {
    if faults.sleeps.load(Relaxed) {
        tokio::time::sleep(millis(600)).await;
    }
    // Three of 50 are 6 %.
    let place = faults.requests.fetch_add(1, Relaxed) % 50;
    match faults.fails.load(Relaxed) && [0, 17, 33].contains(&place) {
        true => StatusCode::INTERNAL_SERVER_ERROR,
        false => StatusCode::OK,
    }
}

#[get("/rare", slo(p99 = millis(500), errors = 0.05))]
async fn rare() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

#[routes(app, admin = exposed("a test"), with(measured))]
struct Api(work, rare, metrics);

/// Returns the generated rules with a window of 6 s, and two more. `errors_without_floor` is the control: it shows that
/// a test has waited long enough.
fn rules() -> String {
    // The share of a core that threads get on a busy machine is small.
    let alerts = Alerts::new("app").cpu(0.1);
    let rules = alerts.rules(Api::ROUTES).expect("valid settings");
    let hold = format!("for: {}s", FOR.as_secs());
    let rules = rules.replace("[5m]", "[6s]");
    let rules = rules.replace("for: 2m", &hold).replace("for: 10m", &hold);
    let by = "sum by (http_request_method, http_route)";
    let failed = "http_server_responses_total{http_response_status_class=~\"5xx|body_failed\"}";
    let ratio =
        format!("{by} (rate({failed}[6s])) / {by} (rate(http_server_responses_total[6s])) > 0.05");
    let first = format!("increase({failed}[1m]) > 0");
    let more = format!(
        "- name: more\n  rules:\n  - alert: first_error\n    expr: '{first}'\n  - alert: errors_without_floor\n    \
         expr: '{ratio}'\n    {hold}\n"
    );
    format!("{rules}{more}")
}

fn receivers(sink: SocketAddr) -> String {
    format!(
        "route:\n  receiver: sink\n  group_by: [alertname, route]\n  group_wait: 1s\n  group_interval: 1s\n\
         receivers:\n- name: sink\n  webhook_configs:\n  - url: 'http://{sink}/hook'\n    send_resolved: true\n"
    )
}

struct Chain {
    app: Running,
    faults: Arc<Faults>,
    prometheus: Program,
    _alertmanager: Program,
    sink: Running,
    received: Received,
}

impl Chain {
    /// Starts all of it, and waits for the first scrape. Returns nothing if a program is not installed.
    async fn start() -> Option<Self> {
        let faults = Arc::new(Faults::default());
        let exporter = Exporter::new().skip_probes();
        let state = AppState {
            exporter: exporter.clone(),
            faults: Arc::clone(&faults),
        };
        let serve = highball::serve(Api).state(state).install(exporter);
        let app = Running::start(serve).await;
        let (sink, received) = common::sink().await;
        let Some(alertmanager) = common::alertmanager(&receivers(sink.addr)).await else {
            common::left_out("prometheus-alertmanager");
            return None;
        };
        let started = common::prometheus(app.addr, &rules(), Some(alertmanager.addr)).await;
        let Some(prometheus) = started else {
            common::left_out("prometheus");
            return None;
        };
        let chain = Self {
            app,
            faults,
            prometheus,
            _alertmanager: alertmanager,
            sink,
            received,
        };
        // An increase needs two scrapes.
        chain.wait("count_over_time(up{job=\"app\"}[1m]) > 2").await;
        Some(chain)
    }

    /// Waits until a query has a sample.
    async fn wait(&self, promql: &str) {
        wait_for(promql, LONG, async || {
            let samples = query(self.prometheus.addr, promql).await?;
            (!samples.is_empty()).then_some(())
        })
        .await;
    }

    /// Waits for the notification of a fault that has just begun, ends it, and waits for that it is resolved.
    async fn check(&self, alert: &str, end: impl FnOnce()) {
        let took = self.received.wait(alert, "firing", FOR + CHAIN).await;
        println!("{alert}: firing after {took:?}");
        end();
        let took = self.received.wait(alert, "resolved", LONG).await;
        println!("{alert}: resolved after {took:?}");
    }

    /// Returns whether an alert was pending or firing in the last minutes.
    async fn was_seen(&self, alert: &str) -> bool {
        let seen = format!("count_over_time(ALERTS{{alertname=\"{alert}\"}}[10m])");
        let seen = number(self.prometheus.addr, &seen).await;
        seen.is_some()
    }

    async fn stop(self) {
        self.app.stop().await;
        self.sink.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_is_notified_and_resolved() {
    let Some(chain) = Chain::start().await else {
        return;
    };
    let load = Load::start(chain.app.addr, "/work", millis(10));
    chain
        .wait("sum(rate(http_server_responses_total{http_route=\"/work\"}[6s])) > 30")
        .await;
    let faults = &chain.faults;

    faults.sleeps.store(true, Relaxed);
    chain
        .check("work_slow", || faults.sleeps.store(false, Relaxed))
        .await;

    faults.fails.store(true, Relaxed);
    chain
        .check("work_errors", || faults.fails.store(false, Relaxed))
        .await;

    let burning = Burning(Arc::clone(faults));
    faults.burn();
    chain.check("app_cpu", || drop(burning)).await;

    drop(load);
    chain.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_failed_request_fires_nothing_but_the_first_error() {
    let Some(chain) = Chain::start().await else {
        return;
    };
    common::get(chain.app.addr, "/rare").await;
    // The series was 0 from the start, so the first error is an increase.
    chain.received.wait("first_error", "firing", CHAIN).await;
    // Without the floor, one of one is a share of 100 %, and it holds for the window.
    chain
        .received
        .wait("errors_without_floor", "firing", LONG)
        .await;
    chain
        .received
        .wait("errors_without_floor", "resolved", LONG)
        .await;
    for alert in ["rare_errors", "rare_slow", "app_errors", "app_slow"] {
        assert!(!chain.was_seen(alert).await, "{alert}");
        assert_eq!(chain.received.count(alert, "firing"), 0, "{alert}");
    }
    assert!(chain.was_seen("errors_without_floor").await);
    chain.stop().await;
}
