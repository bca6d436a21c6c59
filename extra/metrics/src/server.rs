//! The counts of the server and of tokio.

use std::fmt;

use highball::serve::{ServerCounts, server_counts};
use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};
use tokio::runtime::{Handle, RuntimeMetrics};

use crate::collect::Head;

const OPEN_CONNECTIONS: &str = "highball_open_connections";

type Read = fn(&ServerCounts) -> u64;

/// The counters of the server.
const COUNTERS: [(&str, &str, Read); 5] = [
    (
        "highball_accepted_connections",
        "Connections that were accepted.",
        |counts| counts.accepted_connections,
    ),
    (
        "highball_refused_connections",
        "Connections that were refused because of max_connections_per_address.",
        |counts| counts.refused_connections,
    ),
    (
        "highball_failed_handshakes",
        "TLS handshakes and PROXY headers that failed or timed out.",
        |counts| counts.failed_handshakes,
    ),
    (
        "highball_cut_connections",
        "Connections that the server ended after a timeout, at a limit or after an error.",
        |counts| counts.cut_connections,
    ),
    (
        "highball_slow_bodies",
        "Bodies of requests that were too slow.",
        |counts| counts.slow_bodies,
    ),
];

/// Returns whether a metric of the server has this name.
pub(crate) fn has(name: &str) -> bool {
    name == OPEN_CONNECTIONS || COUNTERS.iter().any(|(counter, ..)| *counter == name)
}

pub(crate) fn encode(runtime: Option<&Handle>, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let counts = server_counts();
    let head = Head::new(OPEN_CONNECTIONS, "", "Connections that are open.");
    head.begin(encoder, MetricType::Gauge)?
        .gauge(&[], counts.open_connections as f64)?;
    for (name, help, read) in COUNTERS {
        let head = Head::new(name, "", help);
        let mut lines = head.begin(encoder, MetricType::Counter)?;
        lines.counter(&[], read(&counts) as f64)?;
    }
    match runtime {
        Some(runtime) => encode_tokio(&runtime.metrics(), encoder),
        None => Ok(()),
    }
}

fn encode_tokio(tokio: &RuntimeMetrics, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    for (name, help, value) in [
        (
            "tokio_workers",
            "Threads that run tasks.",
            tokio.num_workers(),
        ),
        (
            "tokio_alive_tasks",
            "Tasks that have not ended.",
            tokio.num_alive_tasks(),
        ),
        (
            "tokio_global_queue_depth",
            "Tasks in the queue of all workers.",
            tokio.global_queue_depth(),
        ),
    ] {
        let head = Head::new(name, "", help);
        head.begin(encoder, MetricType::Gauge)?
            .gauge(&[], value as f64)?;
    }
    encode_workers(tokio, encoder)
}

#[cfg(target_has_atomic = "64")]
fn encode_workers(tokio: &RuntimeMetrics, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let workers = || (0..tokio.num_workers()).map(|worker| (worker, worker.to_string()));
    let head = Head::new(
        "tokio_worker_busy",
        "seconds",
        "Time that a worker was busy.",
    );
    let mut lines = head.begin(encoder, MetricType::Counter)?;
    for (worker, name) in workers() {
        let busy = tokio.worker_total_busy_duration(worker);
        lines.counter(&[("worker", name.as_str())], busy.as_secs_f64())?;
    }
    let head = Head::new(
        "tokio_worker_parks",
        "",
        "How often a worker had nothing to do.",
    );
    let mut lines = head.begin(encoder, MetricType::Counter)?;
    for (worker, name) in workers() {
        let parks = tokio.worker_park_count(worker);
        lines.counter(&[("worker", name.as_str())], parks as f64)?;
    }
    Ok(())
}

#[cfg(not(target_has_atomic = "64"))]
fn encode_workers(_: &RuntimeMetrics, _: &mut DescriptorEncoder<'_>) -> fmt::Result {
    Ok(())
}
