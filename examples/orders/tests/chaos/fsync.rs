//! The syncs of the disk before an order is accepted.
#![cfg(all(target_os = "linux", not(feature = "postgres")))]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use orders::Sink;

use crate::{
    client::order,
    place::Place,
    process::{PROGRAM, Process, command, send, serve},
};

/// Returns how many syncs have returned.
fn syncs(trace: &Path) -> usize {
    let text = fs::read_to_string(trace).unwrap_or_default();
    text.lines().filter(|line| line.ends_with("= 0")).count()
}

/// Returns the processes that a process has started.
fn children(process: &Process) -> Vec<u32> {
    let id = process.id();
    let path = format!("/proc/{id}/task/{id}/children");
    let children = fs::read_to_string(path).expect("the children of a process");
    let children = children.split_whitespace();
    children.map(|id| id.parse().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_on_the_disk_before_it_is_accepted() {
    let strace = Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status();
    if !strace.is_ok_and(|status| status.success()) {
        eprintln!("left out: `apt-get install strace` runs the test of syncs");
        return;
    }
    let place = Place::new().await.expect("SQLite needs no server");
    let sink = Sink::start().await.expect("a port");
    let trace = place.scratch.folder().file("trace");
    let mut traced = command("strace", &place, &sink);
    traced.args(["-f", "-e", "trace=fsync,fdatasync", "-o"]);
    traced.arg(&trace).arg(PROGRAM);
    let (server, address) = serve(traced);
    let idle = {
        let before = syncs(&trace);
        tokio::time::sleep(Duration::from_millis(500)).await;
        syncs(&trace) - before
    };
    let (mut all, mut fewest) = (0, usize::MAX);
    for number in 0..20 {
        let before = syncs(&trace);
        let (status, body) = order(address, number).await.expect("a response");
        let synced = syncs(&trace) - before;
        assert_eq!(status, 202, "{body}");
        assert!(synced >= 1, "order {number} was accepted without a sync");
        (all, fewest) = (all + synced, fewest.min(synced));
    }
    eprintln!(
        "20 orders: {all} syncs, {fewest} at least before a 202; {idle} in half a second without orders"
    );
    for child in children(&server) {
        send("KILL", child);
    }
}
