//! Builds and apps that cannot have a profile. The tests are alone in their process: what a process has proven holds.

mod common;

use std::{env, fs, process::Command};

use common::Running;
use highball::prelude::*;
use highball_profile::Profiles;

const STRIPPED: &str = "PROFILE_STRIPPED";

#[routes(app, admin = exposed("a test"))]
struct Api(Profiles);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_without_symbols_gets_a_501() {
    if env::var_os(STRIPPED).is_some() {
        let running = Running::start(highball::serve(Api)).await;
        let reply = running.get("/debug/pprof/profile?seconds=1").await;
        assert_eq!(reply.status, 501, "{}", reply.head);
        assert!(
            reply.text().contains("[profile.release]"),
            "{}",
            reply.text()
        );
        // The failed proof has not kept the turn.
        let again = running.get("/debug/pprof/profile?seconds=1").await;
        assert_eq!(again.status, 501, "{}", again.head);
        return running.stop().await;
    }
    let program = env::current_exe().expect("a program");
    let stripped = program.with_extension("stripped");
    let strip = Command::new("strip")
        .arg("-o")
        .args([&stripped, &program])
        .output();
    if !strip.is_ok_and(|output| output.status.success()) {
        println!("`strip` is not installed; the Debian package `binutils` has it");
        return;
    }
    let child = Command::new(&stripped)
        .args(["--exact", "a_program_without_symbols_gets_a_501"])
        .env(STRIPPED, "1")
        .output()
        .expect("it starts");
    fs::remove_file(&stripped).expect("it exists");
    let report = String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{report}");
    assert!(report.contains("1 passed"), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_without_the_battery_are_a_501() {
    let running = Running::start(highball::serve(Api)).await;
    let reply = running.get("/debug/pprof/routes?seconds=1").await;
    assert_eq!(reply.status, 501, "{}", reply.head);
    assert!(
        reply
            .text()
            .contains(".install(highball_profile::Profiler)")
    );
    running.stop().await;
}
