//! A real Alertmanager, the app that sends its webhooks on, and a robot and a gateway that receive the messages.
//!
//! `UPDATE_EXPECT=1` writes the files in `tests/golden`.

mod common;

use std::{fs, net::SocketAddr, path::Path, process::Command};

use common::{
    Program, Running,
    inbox::{KEY, Sink, SinkApi, SinkState, TOKEN},
    wait_for,
};
use highball::{json, prelude::*};
use highball_alerts::{Alerts, Receivers, Secret, Sms, forward};
use highball_faults::Folder;

/// The webhook of a recovery. Only the app for operators has it.
#[post("/recover")]
async fn recover(cx: &Context<'_>, webhook: Json<Value>, sink: State<Sink>) {
    assert_eq!(
        cx.header("authorization"),
        Some("Bearer token-of-operators")
    );
    let names = webhook["alerts"].as_array().expect("alerts").iter();
    let names: Vec<_> = names
        .map(|alert| alert["labels"]["alertname"].to_string())
        .collect();
    sink.receive("recovery", json!({ "text": names.join(" ") }));
}

#[derive(State)]
struct AppState {
    receivers: Receivers,
    sink: Sink,
}

#[routes(app, admin = exposed("a test"))]
struct Operators(forward, recover);

/// The app, and its robot and gateway.
struct App {
    app: Running,
    sink_server: Running,
    sink: Sink,
    receivers: Receivers,
    _folder: Folder,
}

impl App {
    async fn start() -> Self {
        let sink = Sink::default();
        let state = SinkState { sink: sink.clone() };
        let sink_server = Running::start(highball::serve(SinkApi).state(state)).await;
        let folder = Folder::new();
        for (name, secret) in [
            ("key", KEY),
            ("token", TOKEN),
            ("operators", "token-of-operators"),
        ] {
            fs::write(folder.file(name), format!("{secret}\n")).expect("a folder");
        }
        let address = common::free_addr().await;
        let receivers = receivers(address, sink_server.addr, &folder);
        let state = AppState {
            receivers: receivers.clone(),
            sink: sink.clone(),
        };
        let serve = highball::serve(Operators)
            .state(state)
            .install(receivers.clone());
        let app = Running::start_at(address, serve).await;
        Self {
            app,
            sink_server,
            sink,
            receivers,
            _folder: folder,
        }
    }

    async fn alertmanager(&self) -> Option<Program> {
        // The times of people are too long for a test.
        let config = self.receivers.alertmanager();
        let config = ["10s", "1m", "10m"].iter().fold(config, |config, time| {
            let fast = |name: &str, config: String| {
                config.replace(&format!("{name}: {time}\n"), &format!("{name}: 1s\n"))
            };
            fast("group_interval", fast("group_wait", config))
        });
        common::alertmanager(&config).await
    }

    async fn stop(self) {
        self.app.stop().await;
        self.sink_server.stop().await;
    }
}

fn receivers(app: SocketAddr, sink: SocketAddr, folder: &Folder) -> Receivers {
    let path = |name| folder.file(name).to_str().expect("UTF-8").to_owned();
    let sms = Sms::new(
        &format!("http://{sink}/gateway"),
        |text| json!({ "to": "+86", "text": text }),
    );
    Receivers::new(&format!("http://{app}"))
        .token_file(&path("operators"))
        .recovery("/recover", &path("operators"))
        .wecom_at(&format!("http://{sink}/robot"), Secret::file(path("key")))
        .sms(sms.token(Secret::file(path("token"))))
}

/// Sends alerts to Alertmanager. Those that are resolved have an end.
async fn alert(alertmanager: SocketAddr, alerts: Value) {
    let answer = common::send(alertmanager, "POST /api/v2/alerts", &alerts.to_string()).await;
    assert_eq!(answer, "", "Alertmanager accepts it");
}

fn firing(name: &str, priority: &str, more: Value, annotations: Value) -> Value {
    let mut labels = json!({ "alertname": name, "priority": priority });
    for (label, value) in more.as_object().expect("labels") {
        labels[label] = value.clone();
    }
    json!({ "labels": labels, "annotations": annotations, "startsAt": "2026-01-02T03:04:05.678Z" })
}

#[track_caller]
fn check_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, format!("{text}\n")).expect("a folder");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected.trim_end_matches('\n'), "{}", path.display());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_reach_the_robot_and_the_gateway() {
    let app = App::start().await;
    let Some(alertmanager) = app.alertmanager().await else {
        common::left_out("prometheus-alertmanager");
        return app.stop().await;
    };
    let addr = alertmanager.addr;
    let route = json!({ "method": "POST", "route": "/checkout" });
    let annotations = json!({
        "summary": "The 99th percentile is over 500 ms.",
        "runbook_url": "https://runbooks.example/slow",
    });
    let mut slow = firing("checkout_slow", "P1", route.clone(), annotations);
    alert(addr, json!([slow])).await;
    check_golden(
        "firing.wecom.txt",
        &app.sink.wait("wecom", "P1 firing").await,
    );
    check_golden(
        "firing.sms.txt",
        &app.sink.wait("sms", "[P1] checkout_slow").await,
    );
    app.sink.wait("recovery", "checkout_slow").await;

    // The page of a route hides its ticket, but not that of another one.
    let hidden = firing("checkout_hidden", "P2", route, json!({}));
    let other = firing(
        "list_errors",
        "P2",
        json!({ "method": "GET", "route": "/list" }),
        json!({ "summary": "支付接口错误率超过 5%，请检查 <@all>" }),
    );
    alert(addr, json!([hidden, other])).await;
    check_golden(
        "chinese.wecom.txt",
        &app.sink.wait("wecom", "list_errors").await,
    );

    let hidden = app.sink.with("wecom", "checkout_hidden");
    assert!(hidden.is_empty(), "{hidden:?}");

    slow["endsAt"] = json!("2026-01-02T03:24:05Z");
    alert(addr, json!([slow])).await;
    check_golden(
        "resolved.wecom.txt",
        &app.sink.wait("wecom", "P1 resolved").await,
    );
    check_golden("resolved.sms.txt", &app.sink.wait("sms", "[OK]").await);

    let many: Vec<_> = (100..160)
        .map(|number| {
            firing(
                "many",
                "P1",
                json!({ "instance": number.to_string() }),
                json!({ "summary": format!("instance {number}") }),
            )
        })
        .collect();
    alert(addr, json!(many)).await;
    // On a busy machine, Alertmanager may send a part of them first.
    check_golden(
        "many.wecom.txt",
        &app.sink.wait("wecom", "and 31 more alerts").await,
    );
    check_golden("many.sms.txt", &app.sink.wait("sms", "(+59)").await);

    let long = "数据库连接池已耗尽，请求正在等待连接。".repeat(50);
    let long = firing(
        "long",
        "P1",
        json!({}),
        json!({ "summary": long, "description": "word ".repeat(2000) }),
    );
    alert(addr, json!([long])).await;
    check_golden("long.wecom.txt", &app.sink.wait("wecom", "long").await);
    check_golden("long.sms.txt", &app.sink.wait("sms", "[P1] long").await);

    assert!(
        app.sink.with("sms", "list_errors").is_empty(),
        "a ticket is no text message"
    );
    app.sink.check_limits();
    // The page has ended, so the ticket is shown now. It was hidden before.
    let shown = app.sink.wait("wecom", "checkout_hidden").await;
    assert!(!shown.contains("P1 firing"), "{shown}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn message_is_sent_again_until_it_is_accepted() {
    let app = App::start().await;
    let Some(alertmanager) = app.alertmanager().await else {
        common::left_out("prometheus-alertmanager");
        return app.stop().await;
    };
    app.sink.respond(&[
        (500, json!(null)),
        (200, json!({ "errcode": -1, "errmsg": "busy" })),
    ]);
    let down = firing("down", "P2", json!({}), json!({}));
    alert(alertmanager.addr, json!([down])).await;
    wait_for("three attempts", secs(60), async || {
        (app.sink.with("wecom", "down").len() == 3).then_some(())
    })
    .await;
    app.stop().await;
}

#[tokio::test]
async fn refused_message_is_not_repeated_and_shows_no_secret() {
    let app = App::start().await;
    let echo = json!({ "errcode": 93000, "errmsg": format!("invalid webhook url, key {KEY}") });
    app.sink.respond(&[(200, echo)]);
    let webhook =
        json!({ "alerts": [{ "status": "firing", "labels": { "alertname": "x" } }] }).to_string();
    let line = "POST /alerts/wecom";
    wait_for("the app", secs(60), async || {
        let listens = common::get(app.app.addr, "/none").await;
        (!listens.is_empty()).then_some(())
    })
    .await;
    let answer = common::send(app.app.addr, line, &webhook).await;
    assert!(
        answer.contains("refused") && !answer.contains(KEY),
        "{answer}"
    );
    assert_eq!(app.sink.with("wecom", "x").len(), 1);
    let answer = common::send(app.app.addr, line, "{\"alerts\": 7}").await;
    assert!(answer.contains("not a webhook of Alertmanager"), "{answer}");
    let answer = common::send(app.app.addr, "POST /alerts/pager", &webhook).await;
    assert!(answer.contains("not installed"), "{answer}");
    app.stop().await;
}

#[tokio::test]
async fn app_without_a_secret_is_not_ready() {
    let receivers = Receivers::new("http://shop")
        .wecom_at("http://127.0.0.1:9", Secret::env("HIGHBALL_TEST_NO_KEY"));
    let app = Running::start(highball::serve(Probed).install(receivers)).await;
    let report = wait_for("a report", secs(60), async || {
        let report = common::get(app.addr, "/readyz").await;
        report.contains("wecom").then_some(report)
    })
    .await;
    assert!(report.contains("receivers: wecom"), "{report}");
    app.stop().await;
}

#[routes(app)]
struct Probed(highball::serve::readyz);

#[tokio::test]
async fn configuration_is_valid_and_has_no_secrets() {
    let folder = Folder::new();
    let addr = "127.0.0.1:9".parse().expect("an address");
    let full = receivers(addr, addr, &folder);
    let debug = format!("{full:?}");
    let file = folder.file("alertmanager.yml");
    for receivers in [
        full,
        Receivers::new("http://it's:1"),
        Receivers::new("http://shop:8081/").wecom(Secret::env("HIGHBALL_NO_KEY")),
    ] {
        let config = receivers.alertmanager();
        for secret in [KEY, TOKEN] {
            assert!(!config.contains(secret) && !debug.contains(secret));
        }
        fs::write(&file, config).expect("a folder");
        let Some((is_valid, report)) = common::run("amtool", &["check-config"], &file) else {
            return common::left_out("amtool");
        };
        assert!(is_valid, "{report}");
    }
    // The check finds a mistake.
    let broken = fs::read_to_string(&file)
        .expect("a file")
        .replace("- name: P1", "- name: P3");
    fs::write(&file, broken).expect("a folder");
    let checked = common::run("amtool", &["check-config"], &file);
    assert!(checked.is_some_and(|(is_valid, _)| !is_valid));
}

#[post("/checkout", slo(p99 = millis(500), errors = 0.05))]
async fn checkout() {}

#[routes(app)]
struct Shop(checkout);

/// The labels that a rule of these alerts has are those by which Alertmanager chooses a receiver.
#[tokio::test]
async fn generated_rules_reach_their_receivers() {
    let folder = Folder::new();
    let addr = "127.0.0.1:9".parse().expect("an address");
    let file = folder.file("alertmanager.yml");
    fs::write(&file, receivers(addr, addr, &folder).alertmanager()).expect("a folder");
    let rules = Alerts::new("shop")
        .rules(Shop::ROUTES)
        .expect("valid settings");
    let rules: Value = serde_saphyr::from_str(&rules).expect("YAML");
    let groups = rules["groups"].as_array().expect("groups").iter();
    let rules = groups.flat_map(|group| group["rules"].as_array().expect("rules"));
    let mut found = Vec::new();
    for rule in rules.filter(|rule| rule["alert"].is_string()) {
        let labels = rule["labels"].as_object().expect("labels").iter();
        let labels =
            labels.map(|(name, value)| format!("{name}={}", value.as_str().expect("text")));
        let routed = Command::new("amtool")
            .args(["config", "routes", "test", "--config.file"])
            .arg(&file)
            .args(labels)
            .output();
        let Ok(routed) = routed else {
            return common::left_out("amtool");
        };
        let receivers = String::from_utf8_lossy(&routed.stdout).trim().to_owned();
        found.push((rule["alert"].as_str().expect("a name"), receivers));
    }
    for (alert, receivers) in [
        ("checkout_slow", "recovery,P1"),
        ("checkout_errors", "recovery,P1"),
        ("app_cpu", "recovery,P2"),
        ("app_down", "recovery,P1"),
    ] {
        assert!(
            found.contains(&(alert, receivers.to_owned())),
            "{alert}: {found:?}"
        );
    }
}
