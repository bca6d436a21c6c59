//! Faults that users of other packages have reported. The README names the reports.

mod common;

use common::{check_with_promtool, value};
use highball::{
    battery::{Battery, Gauge as BatteryGauge, Hooks},
    http::Method,
    prelude::*,
};
use highball_metrics::{Counter, Exporter, Gauge, Metrics, Seconds, measured, metrics};

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

#[get("/users/{name}")]
async fn user(name: &str) -> String {
    name.to_owned()
}

#[routes(app, admin = exposed("a test"), with(measured))]
struct Api(user, metrics);

#[tokio::test]
async fn paths_and_methods_of_clients_add_no_series() {
    let exporter = Exporter::new().skip_probes();
    let client = Api.test().state(AppState { exporter }).start();
    client.get("/users/ann").send().await;
    let before = client.get("/metrics").send().await;
    for number in 0..1000 {
        let method = Method::from_bytes(format!("M{}", number % 50).as_bytes()).unwrap();
        client
            .request(method, &format!("/{number}/.env"))
            .send()
            .await;
        client.get(&format!("/users/{number}")).send().await;
    }
    let after = client.get("/metrics").send().await;
    let lines = |text: &str| {
        let lines = text.lines().filter(|line| line.starts_with("http_server"));
        lines.count()
    };
    assert_eq!(lines(before.text()), lines(after.text()));
    assert_eq!(
        value(after.text(), "http_server_request_duration_seconds_count"),
        1000.0
    );
}

/// A battery with names and texts that break a format.
struct Strange;

impl Battery for Strange {
    fn name(&self) -> String {
        "strange".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let help = "A \"help\" with a \\ and\na second line.";
        let gauge = BatteryGauge::new("strange.name-1", "queue items", help, || 1.5);
        hooks.gauge(gauge.label("la.bel", "a \"b\" \\ c\nd"));
        hooks.gauge(BatteryGauge::new(
            "broken",
            "",
            "A gauge that panics.",
            || panic!("on purpose"),
        ));
        hooks.gauge(BatteryGauge::new("huge", "", "A large number.", || 1e300));
        hooks.gauge(BatteryGauge::new("endless", "", "No number.", || {
            f64::INFINITY
        }));
    }
}

#[tokio::test]
async fn special_characters_of_gauges_are_escaped() {
    let exporter = Exporter::new();
    let state = AppState {
        exporter: exporter.clone(),
    };
    let serve = highball::serve(Api)
        .state(state)
        .install(exporter)
        .install(Strange);
    let running = common::Running::start(serve).await;
    let response = running.send("GET /metrics").await;
    let text = response.split_once("\r\n\r\n").unwrap().1;
    let line = r#"strange_name_1{la_bel="a \"b\" \\ c\nd"} 1.5"#;
    assert!(text.contains(line), "{text}");
    let help =
        "# HELP strange_name_1 A \"help\" with a \\\\ and\\na second line. Unit: queue items.\n";
    assert!(text.contains(help), "{text}");
    // A gauge that panics hides no other one.
    assert!(text.contains("\nbroken NaN\n"));
    assert!(value(text, "huge") == 1e300 && value(text, "endless") == f64::INFINITY);
    check_with_promtool(text);
    running.stop().await;
}

#[derive(Metrics)]
struct Mail {
    /// A name with the suffix of counters.
    sent_total: Counter,
    /// A name with its unit.
    sending_seconds: Counter<(), Seconds>,
    /// A number without a unit.
    waiting: Gauge,
}

#[tokio::test]
async fn suffixes_are_written_once() {
    let exporter = Exporter::new();
    let mail: Mail = exporter.add();
    mail.sent_total.inc();
    mail.sending_seconds.add(millis(1500));
    mail.waiting.set(2);
    let app = Api.test().state(AppState { exporter });
    let response = app.get("/metrics").send().await;
    let text = response.text();
    assert_eq!(value(text, "mail_sent_total"), 1.0);
    assert_eq!(value(text, "mail_sending_seconds_total"), 1.5);
    assert_eq!(value(text, "mail_waiting"), 2.0);
    check_with_promtool(text);
}

#[tokio::test]
async fn format_and_content_type_follow_the_client() {
    let exporter = Exporter::new();
    let client = Api.test().state(AppState { exporter }).start();
    let open =
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    for (accept, content_type, is_open) in [
        (
            open,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            true,
        ),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8", false),
        (
            "text/html",
            "text/plain; version=0.0.4; charset=utf-8",
            false,
        ),
    ] {
        let response = client.get("/metrics").header("accept", accept).send().await;
        assert_eq!(response.header("content-type"), content_type);
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(response.text().ends_with("# EOF\n"), is_open);
    }
    let response = client.request(Method::HEAD, "/metrics").send().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text(), "");
}
