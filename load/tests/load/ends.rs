//! How runs end, and which requests they count.

use std::{
    fs::File,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::support::{
    alone, command, failed, file, latency, load, report, reported, responses, seconds, serve,
};

/// More requests than one connection to `/slow` can send: the route responds 50 times a second.
const TOO_MANY: [&str; 8] = ["-c", "1", "-r", "200", "-d", "1s", "--timeout", "500ms"];

#[test]
fn unsent_requests_are_counted() {
    let url = serve().url("/slow");
    let report = report(&[&TOO_MANY[..], &[&url]].concat());
    // Requests are sent for one and a half seconds, until the timeout after the last one was due.
    let (responses, unsent) = (responses(&report, 0, "200"), report["unsent"].as_u64());
    assert!((40..=76).contains(&responses), "{responses}");
    assert_eq!(responses + unsent.expect("a number"), 200);
}

#[test]
fn requirements_set_the_exit_status() {
    let url = serve().url("/slow");
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
fn closed_port_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("it is bound");
    drop(listener);
    let output = load(&[&format!("http://{addr}/")]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).expect("text");
    let expected = format!("highball-load: cannot connect to {addr}: ");
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn unsent_requests_miss_requirements() {
    let url = serve().url("/slow");
    let limits = [
        "--require",
        "errors<50%",
        "--require",
        "p50<1m",
        "--require",
        "p10<1m",
    ];
    let output = load(&[&TOO_MANY[..], &limits, &[&url]].concat());
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).expect("text");
    // Some 75 of 200 requests get a response, so p10 is met and p50 is not.
    let missed = ["errors<50%", "p50<1m", "p10<1m"].map(|limit| text.contains(limit));
    assert_eq!(missed, [true, true, false], "{text}");
}

#[test]
fn rate_counts_the_planned_duration() {
    let report = report(&["-r", "1", "-d", "2s", &serve().url("/ping")]);
    assert_eq!(responses(&report, 0, "200"), 2);
    assert!((2.0..2.1).contains(&seconds(&report)), "{report}");
}

/// A request that times out after the end of the run does not extend the measured time.
#[test]
fn failures_do_not_make_a_run_longer() {
    let server = serve();
    let (ping, never) = (server.url("/ping"), server.url("/never"));
    let report = report(&[
        "-c",
        "8",
        "-d",
        "1s",
        "--timeout",
        "2s",
        &never,
        &format!("50:{ping}"),
    ]);
    assert!(failed(&report, "timeout") > 0, "{report}");
    assert!((1.0..1.5).contains(&seconds(&report)), "{report}");
}

#[test]
fn warm_up_is_sent_and_not_counted() {
    let server = serve();
    let args = [
        "-c",
        "4",
        "-t",
        "2",
        "-r",
        "0..100:1s",
        "--warm-up",
        "500ms",
    ];
    let report = report(&[&args[..], &[&server.url("/ping")]].concat());
    assert_eq!(
        (responses(&report, 0, "200"), &report["unsent"]),
        (50, &0.into())
    );
    assert_eq!(server.hits(), 100);
    assert!((1.0..1.1).contains(&seconds(&report)), "{report}");
}

/// A request that was due in the warm-up is not counted, even if its response comes later.
#[test]
fn slow_warm_up_is_not_counted() {
    let url = serve().url("/stall");
    let report = report(&["-c", "8", "-r", "200", "--warm-up", "1s", "-d", "1s", &url]);
    assert_eq!(responses(&report, 0, "200"), 200);
    let p80 = latency(&report, 0.8);
    assert!(p80 < 100.0, "{p80} ms");
}

fn start(args: &[&str]) -> Child {
    let mut command = command(&["--json", "-"]);
    let command = command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("it runs")
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status();
    assert!(kill.expect("it runs").success());
}

/// Waits for the process, which must end soon.
fn soon(child: Child) -> Output {
    let asked = Instant::now();
    let output = child.wait_with_output().expect("it ends");
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    output
}

#[cfg(unix)]
#[test]
fn signal_ends_a_run_with_a_report() {
    let _alone = alone();
    let url = serve().url("/ping");
    let open = ["-r", "100", "-d", "1m", &url];
    let closed = ["-d", "1m", &url];
    for (args, name) in [(&open[..], "INT"), (&closed, "TERM")] {
        let child = start(args);
        sleep(Duration::from_millis(700));
        signal(&child, name);
        let report = reported(&soon(child));
        assert!((0.2..1.5).contains(&seconds(&report)), "{report}");
        assert!(responses(&report, 0, "200") > 10, "{report}");
        // One request may be due just when the signal arrives.
        assert!(report["unsent"].as_u64() <= Some(1), "{report}");
    }
}

#[cfg(unix)]
#[test]
fn signal_ends_a_warm_up() {
    let _alone = alone();
    let url = serve().url("/ping");
    for rate in [&["-r", "100"][..], &[]] {
        let child = start(&[&["--warm-up", "1m", &url][..], rate].concat());
        sleep(Duration::from_millis(500));
        signal(&child, "INT");
        assert_eq!(responses(&reported(&soon(child)), 0, "200"), 0);
    }
}

#[cfg(unix)]
#[test]
fn second_signal_aborts_pending_requests() {
    let _alone = alone();
    let child = start(&["-c", "3", "--timeout", "1m", &serve().url("/never")]);
    sleep(Duration::from_millis(500));
    signal(&child, "INT");
    sleep(Duration::from_millis(200));
    signal(&child, "INT");
    assert_eq!(failed(&reported(&soon(child)), "aborted"), 3);
}

#[test]
fn unwritable_file_is_an_error_at_start() {
    let nowhere = file("nowhere").join("report.json");
    let url = serve().url("/ping");
    let _alone = alone();
    let begun = Instant::now();
    let output = command(&["--json", nowhere.to_str().expect("text"), &url]).output();
    let output = output.expect("it runs");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.starts_with("highball-load: cannot write "), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn full_output_is_an_error() {
    let _alone = alone();
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("it is there");
    let url = serve().url("/ping");
    let output = command(&["-d", "100ms", &url]).stdout(full).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.contains("cannot write the report: "), "{text}");
}

#[test]
fn impossible_times_are_rejected() {
    let url = serve().url("/ping");
    for (option, value) in [
        ("--start-at", "18446744073709551615"),
        ("--start-at", "1"),
        ("--duration", "300000000000years"),
        ("--warm-up", "1year"),
        ("--timeout", "soon"),
    ] {
        let output = load(&[option, value, &url]);
        assert_eq!(output.status.code(), Some(2), "{option} {value}");
    }
}
