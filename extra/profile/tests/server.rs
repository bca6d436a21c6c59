//! Profiles of a server that runs.

mod common;

use std::{
    process::{self, Command},
    time::{Duration, Instant},
};

use common::{Running, alone, burn, get, rounds_of_a_millisecond, send};
use highball::{prelude::*, serve::Listener};
use highball_profile::{Profiler, Profiles};
use serde_json::Value;
use tokio::net::TcpListener;

#[get("/hot")]
async fn hot() -> String {
    burn(10 * rounds_of_a_millisecond()).to_string()
}

#[get("/three/{id}")]
async fn three(id: u64) -> String {
    burn(12 * rounds_of_a_millisecond() + id).to_string()
}

#[get("/one")]
fn one() -> String {
    burn(4 * rounds_of_a_millisecond()).to_string()
}

#[routes(app, admin = exposed("a test"))]
struct Api(hot, three, one, Profiles);

#[routes(app)]
struct Public(hot, one);

#[routes(admin)]
struct Operators(Profiles);

async fn start() -> Running {
    rounds_of_a_millisecond();
    Running::start(highball::serve(Api).install(Profiler)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hot_handler_is_above_half_of_the_profile() {
    let _alone = alone().await;
    let running = start().await;
    let load = running.load(&["/hot"]);
    let reply = running.get("/debug/pprof/profile?seconds=2").await;
    load.abort();
    assert_eq!(reply.status, 200, "{}", reply.head);
    assert!(
        reply
            .head
            .contains("content-type: application/octet-stream\r\n")
    );
    let profile = reply.profile();
    let types = profile.0.sample_type.iter().map(|each| each.r#type);
    let types: Vec<_> = types.map(|name| profile.text(name)).collect();
    assert_eq!(types, ["samples", "cpu"]);
    assert_eq!(profile.0.period, 1_000_000_000 / 99);
    assert!(profile.0.duration_nanos >= 2_000_000_000);
    let is_hot = |function: &&str| function.starts_with("server::hot");
    let handler = profile.share(|stack| stack.iter().any(is_hot));
    assert!(handler > 0.5, "{handler}");
    // The function that uses the CPU is the innermost one, and not only its caller.
    let innermost = profile.share(|stack| {
        let burns = |function: &&str| function.ends_with("burn");
        stack.iter().take(8).any(burns)
    });
    assert!(innermost > 0.5, "{innermost}");
    check_with_go(&reply.body);
    running.stop().await;
}

/// Checks that `go tool pprof` reads a profile and finds the hot function. Without Go, this prints so.
fn check_with_go(profile: &[u8]) {
    let path = std::env::temp_dir().join(format!("highball-profile-{}", process::id()));
    std::fs::write(&path, profile).expect("a file");
    let go = Command::new("go")
        .args(["tool", "pprof", "-top", "-cum"])
        .arg(&path)
        .output();
    std::fs::remove_file(&path).expect("it exists");
    let Ok(output) = go else {
        println!("Go is not installed; the Debian package `golang-go` has it");
        return;
    };
    let report = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    assert!(report.contains("burn"), "{report}");
    assert!(report.contains("Type: cpu"), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shares_of_routes_are_those_of_their_work() {
    let _alone = alone().await;
    let running = start().await;
    // One after the other, so each is called as often.
    let load = running.load(&["/three/7", "/one"]);
    let reply = running.get("/debug/pprof/routes?seconds=4&hz=499").await;
    let page = get(
        running.addr,
        "/debug/pprof/routes?seconds=1",
        "text/html,*/*",
    )
    .await;
    load.abort();
    assert_eq!(reply.status, 200, "{}", reply.head);
    let report: Value = serde_json::from_slice(&reply.body).expect("JSON");
    let samples = |path: &str| {
        let mut routes = report["routes"].as_array().expect("a list").iter();
        let route = routes.find(|route| route["path"] == path);
        route.map_or(0, |route| route["samples"].as_u64().expect("a number"))
    };
    let (three, one) = (samples("/three/{id}") as f64, samples("/one") as f64);
    let share = three / (three + one);
    assert!((share - 0.75).abs() < 0.05, "{report:#}");
    assert_eq!(samples("/hot"), 0, "{report:#}");
    assert!(
        (three + one) / report["samples"].as_f64().expect("a number") > 0.5,
        "{report:#}"
    );

    assert_eq!(page.status, 200, "{}", page.head);
    assert!(
        page.head
            .contains("content-security-policy: default-src 'none'; ")
    );
    let html = page.text();
    assert!(html.contains("<td>GET /three/{id}</td>"), "{html}");
    assert!(
        !html.contains("<script") && !html.contains("http"),
        "{html}"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalid_span_is_a_400_with_the_reason() {
    let running = start().await;
    for (query, reason) in [
        ("seconds=0", "`seconds` is not a number from 1 to 60"),
        ("seconds=61", "`seconds` is not a number from 1 to 60"),
        ("seconds=-1", "seconds"),
        ("seconds=soon", "seconds"),
        ("seconds=1&hz=0", "`hz` is not a number from 1 to 1000"),
        ("seconds=1&hz=1001", "`hz` is not a number from 1 to 1000"),
        ("seconds=1&hz=99999999999", "hz"),
    ] {
        for profile in ["profile", "routes"] {
            let reply = running
                .get(&format!("/debug/pprof/{profile}?{query}"))
                .await;
            assert_eq!(reply.status, 400, "{profile}?{query}");
            assert!(reply.text().contains(reason), "{}", reply.text());
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_profile_is_a_409_until_the_first_client_leaves() {
    let _alone = alone().await;
    let running = start().await;
    let first = send(running.addr, "/debug/pprof/profile?seconds=60", "*/*").await;
    // The first request has begun when the second one is rejected.
    let begun = Instant::now();
    let rejected = loop {
        let reply = running.get("/debug/pprof/routes?seconds=1").await;
        if reply.status == 409 {
            break reply;
        }
        assert!(begun.elapsed() < Duration::from_secs(30));
    };
    let mut lines = rejected.head.lines();
    let wait = lines.find_map(|line| line.strip_prefix("retry-after: "));
    let wait: u64 = wait.expect("the header").parse().expect("seconds");
    assert!((1..=61).contains(&wait), "{wait}");
    assert_eq!(
        running.get("/debug/pprof/profile?seconds=1").await.status,
        409
    );

    drop(first);
    let left = Instant::now();
    while running.get("/debug/pprof/profile?seconds=1").await.status == 409 {
        assert!(left.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_and_command_line_are_those_of_go() {
    let running = start().await;
    let page = running.get("/debug/pprof/").await;
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-type: text/html"));
    for profile in ["profile", "routes", "heap", "cmdline"] {
        assert!(page.text().contains(&format!("href=\"{profile}")));
    }
    let slash = running.get("/debug/pprof").await;
    assert_eq!(slash.status, 308);
    assert!(slash.head.contains("location: /debug/pprof/"));
    let cmdline = running.get("/debug/pprof/cmdline").await;
    let args: Vec<_> = std::env::args().collect();
    assert_eq!(cmdline.text(), args.join("\0"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_the_app_see_no_profile() {
    let place = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let admin = place.local_addr().expect("it is bound");
    let serve = highball::serve(Public)
        .admin(Operators)
        .admin_listen(Listener::from(place))
        .install(Profiler);
    let running = Running::start(serve).await;
    for path in [
        "",
        "profile?seconds=1",
        "routes?seconds=1",
        "heap",
        "cmdline",
        "symbol",
    ] {
        let reply = running.get(&format!("/debug/pprof/{path}")).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    assert_eq!(running.get("/debug/pprof").await.status, 404);
    assert_eq!(get(admin, "/debug/pprof/", "*/*").await.status, 200);
    running.stop().await;
}
