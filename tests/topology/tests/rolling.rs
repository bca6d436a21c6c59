//! Rolling updates of several instances behind a balancer, in network namespaces. `CI_FULL=1` runs longer ones.
//!
//! They are left out where namespaces are not permitted, or HAProxy is not installed.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// One run at a time, because they share the cores.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs a topology with these options. Returns its counts, or nothing if the machine lacks a requirement.
fn run(args: &[&str]) -> Option<Value> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let load = Path::new(env!("CARGO_BIN_EXE_topology")).with_file_name("highball-load");
    if !load.is_file() {
        // A test of the whole workspace has built it.
        let built = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--package", "highball-load"])
            .status();
        assert!(built.is_ok_and(|status| status.success()), "it is built");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_topology"))
        .args(args)
        .arg("--load")
        .arg(&load)
        .output()
        .expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) {
        println!("left out: {errors}");
        return None;
    }
    println!("{}{errors}", String::from_utf8_lossy(&output.stdout));
    Some(serde_json::from_slice(&output.stdout).expect("it prints counts"))
}

/// Returns whether this is the long form.
fn is_full() -> bool {
    std::env::var_os("CI_FULL").is_some_and(|value| !value.is_empty())
}

/// Replaces instances under load, and checks that each request that was due has exactly one response of an instance.
fn check_update(layer: &str) {
    let (instances, rate, seconds, restarts) = match is_full() {
        true => ("3", "400", "90", "12"),
        false => ("2", "200", "12", "2"),
    };
    let args = [
        &[
            "--layer",
            layer,
            "--instances",
            instances,
            "--generators",
            instances,
        ][..],
        &["--rate", rate, "--seconds", seconds, "--restarts", restarts],
        // On a busy machine, the balancer takes longer than usual to notice a stop.
        &["--delay", "2500"],
    ];
    let Some(counts) = run(&args.concat()) else {
        return;
    };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let due = number(rate) * number(seconds);
    // A busy machine may not let a generator send each request in time. Those are not lost.
    let sent = due - counts["unsent"].as_u64().expect("a number");
    assert_eq!(counts["statuses"], json!({ "200": sent }), "{counts}");
    assert_eq!(counts["failed"], 0, "{counts}");
    assert_eq!(counts["handled"], sent);
    assert!(sent > due / 2, "{counts}");
    assert_eq!(counts["lost"], false);
    let served = counts["handled by each instance"]
        .as_array()
        .expect("a list");
    assert_eq!(served.len() as u64, number(instances) + number(restarts));
    assert!(
        served.iter().all(|count| *count != 0),
        "each of them is used: {counts}"
    );
}

#[test]
fn update_behind_a_balancer_of_requests_loses_none() {
    check_update("http");
}

/// A Service of Kubernetes distributes connections, so requests arrive on those of an instance until it closes them.
#[test]
fn update_behind_a_balancer_of_connections_loses_none() {
    check_update("tcp");
}

/// The balancer sends requests for some time after SIGTERM. This is the loss that `shutdown_delay` prevents.
#[test]
fn update_without_a_delay_loses_requests() {
    let args = [
        "--delay",
        "0",
        "--rate",
        "400",
        "--seconds",
        "5",
        "--restarts",
        "1",
    ];
    let Some(counts) = run(&args) else {
        return;
    };
    assert_eq!(counts["lost"], true);
    assert!(counts["statuses"]["503"].as_u64() > Some(0), "{counts}");
    // The requests that an instance has accepted have their responses all the same.
    assert_eq!(counts["statuses"]["200"], counts["handled"]);
}
