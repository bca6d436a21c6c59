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

pub(crate) fn encode(runtimes: &[Handle], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let counts = server_counts();
    let head = Head::new(OPEN_CONNECTIONS, "", "Connections that are open.");
    head.begin(encoder, MetricType::Gauge)?
        .gauge(&[], counts.open_connections as f64)?;
    for (name, help, read) in COUNTERS {
        let head = Head::new(name, "", help);
        let mut lines = head.begin(encoder, MetricType::Counter)?;
        lines.counter(&[], read(&counts) as f64)?;
    }
    encode_tokio(runtimes, encoder)
}

/// Writes the metrics of all runtimes, of which each worker of the server may have its own.
fn encode_tokio(runtimes: &[Handle], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let runtimes: Vec<_> = runtimes.iter().map(Handle::metrics).collect();
    type Read = fn(&RuntimeMetrics) -> usize;
    let gauges: [(&str, &str, Read); 3] = [
        ("tokio_workers", "Threads that run tasks.", |tokio| {
            tokio.num_workers()
        }),
        ("tokio_alive_tasks", "Tasks that have not ended.", |tokio| {
            tokio.num_alive_tasks()
        }),
        (
            "tokio_global_queue_depth",
            "Tasks in the queues of all workers.",
            |tokio| tokio.global_queue_depth(),
        ),
    ];
    for (name, help, read) in gauges {
        let value: usize = runtimes.iter().map(read).sum();
        let head = Head::new(name, "", help);
        head.begin(encoder, MetricType::Gauge)?
            .gauge(&[], value as f64)?;
    }
    encode_workers(&runtimes, encoder)
}

#[cfg(target_has_atomic = "64")]
fn encode_workers(runtimes: &[RuntimeMetrics], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let workers = runtimes
        .iter()
        .flat_map(|tokio| (0..tokio.num_workers()).map(move |worker| (tokio, worker)));
    let workers: Vec<_> = workers.collect();
    let head = Head::new(
        "tokio_worker_busy",
        "seconds",
        "Time that a worker was busy.",
    );
    let mut lines = head.begin(encoder, MetricType::Counter)?;
    for (number, (tokio, worker)) in workers.iter().enumerate() {
        let busy = tokio.worker_total_busy_duration(*worker);
        lines.counter(&[("worker", &number.to_string())], busy.as_secs_f64())?;
    }
    let head = Head::new(
        "tokio_worker_parks",
        "",
        "How often a worker had nothing to do.",
    );
    let mut lines = head.begin(encoder, MetricType::Counter)?;
    for (number, (tokio, worker)) in workers.iter().enumerate() {
        let parks = tokio.worker_park_count(*worker);
        lines.counter(&[("worker", &number.to_string())], parks as f64)?;
    }
    Ok(())
}

#[cfg(not(target_has_atomic = "64"))]
fn encode_workers(_: &[RuntimeMetrics], _: &mut DescriptorEncoder<'_>) -> fmt::Result {
    Ok(())
}
