//! The metrics of the process, which Linux has in `/proc`.

use std::{fmt, fs};

use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use crate::collect::Head;

mod cores;

/// The ticks of a second in `/proc`. The kernel has this constant for programs, on all processors that Rust supports.
const TICKS: f64 = 100.0;

/// Name, unit, help, kind and value of a metric.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    MetricType,
    Option<f64>,
);

/// Writes the metrics, with the names of the Prometheus clients. On other systems than Linux there are none.
pub(crate) fn encode(encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    for (name, unit, help, kind, value) in times().into_iter().chain(sizes()) {
        let Some(value) = value else {
            continue;
        };
        let head = Head::new(name, unit, help);
        let mut lines = head.begin(encoder, kind)?;
        match kind {
            MetricType::Counter => lines.counter(&[], value)?,
            _ => lines.gauge(&[], value)?,
        }
    }
    Ok(())
}

fn times() -> [Row; 2] {
    let times = Times::parse(&read("/proc/self/stat"));
    let boot = number_after(&read("/proc/stat"), "btime ");
    let started = times.as_ref().and_then(|times| Some(boot? + times.started));
    [
        (
            "process_cpu",
            "seconds",
            "User and system CPU time.",
            MetricType::Counter,
            times.map(|times| times.cpu),
        ),
        (
            "process_start_time",
            "seconds",
            "Start time since the Unix epoch.",
            MetricType::Gauge,
            started,
        ),
    ]
}

fn sizes() -> [Row; 6] {
    let status = read("/proc/self/status");
    let limits = read("/proc/self/limits");
    let bytes = |name| number_after(&status, name).map(|kib| kib * 1024.0);
    // The directory itself is open while it is read.
    let open = fs::read_dir("/proc/self/fd").map(|files| files.count().saturating_sub(1) as f64);
    [
        (
            "process_resident_memory",
            "bytes",
            "Resident memory size.",
            MetricType::Gauge,
            bytes("VmRSS:"),
        ),
        (
            "process_virtual_memory",
            "bytes",
            "Virtual memory size.",
            MetricType::Gauge,
            bytes("VmSize:"),
        ),
        (
            "process_open_fds",
            "",
            "Open file descriptors.",
            MetricType::Gauge,
            open.ok(),
        ),
        (
            "process_max_fds",
            "",
            "Maximum of open file descriptors.",
            MetricType::Gauge,
            number_after(&limits, "Max open files"),
        ),
        (
            "process_threads",
            "",
            "Threads.",
            MetricType::Gauge,
            number_after(&status, "Threads:"),
        ),
        (
            "process_available_cores",
            "",
            "Processor cores that the process may use, by its affinity and the quota of its control groups.",
            MetricType::Gauge,
            cores::available(&status),
        ),
    ]
}

/// Returns a file of `/proc`, or nothing if it cannot be read.
fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The times of a process, in seconds.
#[derive(Debug, PartialEq)]
struct Times {
    cpu: f64,
    /// Since the boot.
    started: f64,
}

impl Times {
    /// Reads `/proc/self/stat`, where the name of the program is in parentheses and may contain some.
    fn parse(stat: &str) -> Option<Self> {
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        // The first field here is the third of the manual page proc(5).
        let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
        Some(Self {
            cpu: (ticks(14)? + ticks(15)?) / TICKS,
            started: ticks(22)? / TICKS,
        })
    }
}

/// Returns the first number after a text at the beginning of a line.
fn number_after(text: &str, name: &str) -> Option<f64> {
    let mut lines = text.lines();
    let rest = lines.find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_may_contain_parentheses() {
        let stat = "42 (a) b ) R 1 1 1 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 8 0 1234 99 9";
        let times = Times::parse(stat);
        assert_eq!(
            times,
            Some(Times {
                cpu: 3.0,
                started: 12.34
            })
        );
        assert_eq!(Times::parse("42 (a"), None);
        assert_eq!(Times::parse("42 (a) R 1"), None);
    }

    #[test]
    fn a_limit_may_be_unlimited() {
        let limits =
            "Limit  Soft  Hard\nMax open files            1024                 4096  files\n";
        assert_eq!(number_after(limits, "Max open files"), Some(1024.0));
        assert_eq!(
            number_after("Max open files  unlimited\n", "Max open files"),
            None
        );
    }
}
