//! A real Alertmanager begins actions. The Debian package `prometheus-alertmanager` has it; without it, this prints so.

mod common;

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    thread,
    time::{Duration, Instant},
};

use common::{
    Load, Program,
    alertmanager::{Alertmanager, TOKEN, notification, notify, time},
    get, send, until,
};

/// Waits for a decision with these texts.
fn decided(program: &Program, texts: &[&str]) {
    let mut all = String::new();
    let is_decided = || {
        all = get(program.admin, "/alerts/decisions").unwrap_or_default();
        let mut decisions = all.split('{');
        decisions.any(|one| texts.iter().all(|text| one.contains(text)))
    };
    assert!(
        common::waited(is_decided),
        "no {texts:?}\n{}",
        program.log()
    );
}

/// Returns the status of a response.
fn status(addr: SocketAddr, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n");
    let response = send(addr, &head, "").expect("it answers");
    response[9..12].to_owned()
}

fn gauge(program: &Program, series: &str) -> String {
    let metrics = get(program.admin, "/metrics").expect("it serves operators");
    let line = metrics.lines().find_map(|line| line.strip_prefix(series));
    line.unwrap_or_else(|| panic!("{metrics}"))
        .trim()
        .to_owned()
}

#[test]
fn five_alerts_in_a_row_make_two_actions_and_a_restart_keeps_the_count() {
    let mut program = Program::start("five", &["supervise"], &[]);
    let Some(manager) = Alertmanager::start("five", &[program.admin], TOKEN) else {
        return;
    };
    let before = program.pid();
    assert_eq!(status(program.addr, "/export"), "200");
    manager.fire("slow", 1);
    decided(&program, &["\"slow\"", "shed_background", "done"]);
    assert_eq!(status(program.addr, "/export"), "503");
    assert_eq!(status(program.addr, "/pid"), "200");
    let load = Load::start(program.addr, 4);
    manager.fire("slow", 2);
    program.says("alert `slow`");
    until("the next process serves", || {
        get(program.addr, "/pid").is_ok_and(|pid| pid != before)
    });
    assert_eq!(load.stop().1, 0, "no connection is refused");
    assert!(program.log().contains("restart: done"));
    // The alert lasts, and so does its action, in the next process as well.
    assert_eq!(status(program.addr, "/export"), "503");
    assert_eq!(
        gauge(&program, "highball_recovery_exhausted{alert=\"slow\"}"),
        "0"
    );
    for number in 3..=5 {
        manager.fire("slow", number);
    }
    until("three are refused", || {
        let refused = program.log().matches("exhausted: the actions").count();
        refused == 3
    });
    assert_eq!(
        gauge(&program, "highball_recovery_exhausted{alert=\"slow\"}"),
        "1"
    );
    assert_eq!(gauge(&program, "highball_supervisor_restarts"), "1");
    assert_eq!(
        program.log().matches(": done").count(),
        2,
        "{}",
        program.log()
    );
    manager.resolve("slow", 1);
    decided(&program, &["\"slow\"", "resolved: undone"]);
    assert_eq!(status(program.addr, "/export"), "200");
    let ends = program.log().matches("has ended with").count();
    assert_eq!(ends, 1, "one restart");
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn drained_instance_comes_back_when_its_alert_is_resolved() {
    let mut program = Program::start("drain", &["supervise"], &[]);
    let Some(manager) = Alertmanager::start("drain", &[program.admin], TOKEN) else {
        return;
    };
    manager.fire("sick", 1);
    decided(&program, &["\"sick\"", "drain", "done"]);
    assert_eq!(status(program.admin, "/readyz"), "503");
    assert_eq!(status(program.admin, "/livez"), "200");
    until("no connection is accepted", || !is_up(program.addr));
    manager.resolve("sick", 1);
    decided(&program, &["\"sick\"", "resolved: undone"]);
    assert_eq!(status(program.admin, "/readyz"), "200");
    assert_eq!(status(program.addr, "/pid"), "200");
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn webhook_without_its_token_and_replays_are_refused() {
    let mut program = Program::start("access", &[], &[]);
    let (admin, now) = (program.admin, time(Duration::ZERO));
    let slow = notification("firing", "slow", &now);
    for token in [None, Some("another-token-of-a-test")] {
        let response = notify(admin, "/alerts", token, &slow);
        assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
    }
    let response = notify(admin, "/alerts?token=the", None, &slow);
    assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
    assert_eq!(status(program.addr, "/export"), "200");
    // Clients have no such routes.
    for path in ["/alerts", "/alerts/decisions"] {
        assert_eq!(status(program.addr, path), "404");
        let response = notify(program.addr, path, Some(TOKEN), &slow);
        assert!(response.starts_with("HTTP/1.1 404 "), "{response}");
    }
    let check = |body: &str, code: &str, word: &str| {
        let response = notify(admin, "/alerts", Some(TOKEN), body);
        assert!(
            response.starts_with(&format!("HTTP/1.1 {code} ")),
            "{response}"
        );
        assert!(response.contains(word), "{response}");
    };
    check(&slow, "200", "\"done\"");
    check(&slow, "200", "already begun an action");
    assert_eq!(status(program.addr, "/export"), "503");
    let old = notification("firing", "slow", &time(Duration::from_secs(3_700)));
    check(&old, "200", "began too long ago");
    let future = notification("firing", "slow", "2999-01-01T00:00:00+01:00");
    check(&future, "422", "in the future");
    check(&notification("firing", "other", &now), "200", "no rule");
    check("{\"version\":\"3\",\"alerts\":[]}", "422", "must be 4");
    check("[]", "422", "no notification");
    // The end of another occurrence ends nothing.
    let other = notification("resolved", "slow", &time(Duration::from_secs(60)));
    check(&other, "200", "nothing to undo");
    assert_eq!(status(program.addr, "/export"), "503");
    check(&notification("resolved", "slow", &now), "200", "undone");
    assert_eq!(status(program.addr, "/export"), "200");
    // Nothing would start it again.
    check(
        &notification("firing", "leak", &now),
        "200",
        "no supervisor",
    );
    let large = format!("{{\"version\":\"{}\"}}", "4".repeat(1024 * 1024));
    let response = notify(admin, "/alerts", Some(TOKEN), &large);
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    assert_eq!(program.stop(), Some(0));
}

/// An operators' app with a token takes the header for itself, so the secret of the webhook is in the URL.
#[test]
fn webhook_needs_its_token_in_addition_to_that_of_operators() {
    let admin_token = "the-token-of-operators";
    let variables = [("HIGHBALL_ADMIN_TOKEN", admin_token)];
    let mut program = Program::start("tokens", &[], &variables);
    let slow = notification("firing", "slow", &time(Duration::ZERO));
    let path = format!("/alerts?token={TOKEN}");
    for (path, token) in [
        ("/alerts", Some(admin_token)),
        ("/alerts", Some(TOKEN)),
        (&path, None),
    ] {
        let response = notify(program.admin, path, token, &slow);
        assert!(response.starts_with("HTTP/1.1 401 "), "{path}: {response}");
    }
    let response = notify(program.admin, &path, Some(admin_token), &slow);
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn dry_run_decides_and_does_nothing() {
    let mut program = Program::start("dry", &["supervise"], &[("DRY_RUN", "1")]);
    let Some(manager) = Alertmanager::start("dry", &[program.admin], TOKEN) else {
        return;
    };
    let before = program.pid();
    manager.fire("slow", 1);
    decided(&program, &["shed_background", "dry run"]);
    manager.fire("slow", 2);
    decided(&program, &["restart", "dry run"]);
    manager.fire("slow", 3);
    decided(&program, &["exhausted"]);
    assert_eq!(status(program.addr, "/export"), "200");
    assert_eq!(program.pid(), before);
    assert!(!program.folder.0.join("recovery.json").exists());
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn command_gets_its_arguments_and_labels_without_a_shell() {
    let folder = common::Folder::new("command");
    let (script, output) = (folder.0.join("scale"), folder.0.join("output"));
    let text = format!(
        "#!/bin/sh\necho \"$1,$ALERT_NAME,$ALERT_LABEL_ZONE,$HIGHBALL_LISTEN\" > {}\n",
        output.display()
    );
    fs::write(&script, text).expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("a file");
    let script = script.display().to_string();
    let mut program = Program::start("scale", &[], &[("SCALE", &script)]);
    let Some(manager) = Alertmanager::start("scale", &[program.admin], TOKEN) else {
        return;
    };
    manager.fire("full", 1);
    decided(&program, &["scale by", "done"]);
    let written = fs::read_to_string(output).expect("the command has run");
    assert_eq!(written, "one,full,a; b,\n");
    assert_eq!(program.stop(), Some(0));
}

/// Each of two instances gets the alert, and both would restart at once.
#[test]
fn two_instances_are_never_both_down() {
    let folder = common::Folder::new("both");
    let lock = folder.0.join("lock").display().to_string();
    let variables = [
        ("LOCK", lock.as_str()),
        ("SETTLE", "2"),
        ("STARTING_MS", "1500"),
    ];
    let programs = ["one", "two"].map(|name| Program::start(name, &["supervise"], &variables));
    let admins = programs.each_ref().map(|program| program.admin);
    let Some(manager) = Alertmanager::start("both", &admins, TOKEN) else {
        return;
    };
    let before = programs.each_ref().map(Program::pid);
    let addrs = programs.each_ref().map(|program| program.addr);
    let (mut downs, begun) = ([0; 2], Instant::now());
    for number in 1.. {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{}",
            programs[1].log()
        );
        // One that was refused is begun by a later alert.
        if number % 10 == 1 {
            manager.fire("leak", number);
        }
        let down = thread::scope(|scope| {
            let probes = addrs.map(|addr| scope.spawn(move || !is_up(addr)));
            probes.map(|probe| probe.join().expect("no panic"))
        });
        assert_ne!(down, [true, true], "both are down");
        for (count, down) in downs.iter_mut().zip(down) {
            *count += u32::from(down);
        }
        let mut logs = programs.iter().map(Program::log);
        if down == [false, false] && logs.all(|log| log.contains("has ended with exit code 0")) {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    println!("probes that found one down: {downs:?}");
    assert!(
        downs.iter().all(|count| *count > 0),
        "each of them was down"
    );
    let logs = programs.each_ref().map(Program::log).concat();
    assert!(logs.contains("another instance restarts"), "{logs}");
    for (program, before) in programs.iter().zip(before) {
        assert_ne!(program.pid(), before, "{}", program.log());
    }
}

/// Returns whether an instance responds within 300 ms.
fn is_up(addr: SocketAddr) -> bool {
    use std::io::{Read as _, Write as _};
    let within = Duration::from_millis(300);
    let Ok(mut stream) = std::net::TcpStream::connect_timeout(&addr, within) else {
        return false;
    };
    let mut response = [0; 12];
    stream.set_read_timeout(Some(within)).is_ok()
        && stream
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .is_ok()
        && stream.read_exact(&mut response).is_ok()
        && response == *b"HTTP/1.1 200"
}
