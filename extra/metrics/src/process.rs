//! The metrics of the process, which Linux has in `/proc`.

use std::{fmt, fs};

use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use crate::collect::Head;

/// The ticks of a second in `/proc`. The kernel has this constant for programs, on all processors that Rust supports.
const TICKS: f64 = 100.0;

/// Writes the metrics, with the names of the Prometheus clients. On other systems than Linux there are none.
pub(crate) fn encode(encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let times = Times::parse(&stat);
    let boot = fs::read_to_string("/proc/stat").ok();
    let boot = boot.and_then(|text| number_after(&text, "btime "));
    let started = times.as_ref().and_then(|times| Some(boot? + times.started));
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let counter = MetricType::Counter;
    let gauge = MetricType::Gauge;
    let kib = |name| number_after(&status, name).map(|kib: f64| kib * 1024.0);
    let open = fs::read_dir("/proc/self/fd").ok();
    // The directory itself is open while it is read.
    let open = open.map(|files| files.count().saturating_sub(1) as f64);
    for (name, unit, help, kind, value) in [
        (
            "process_cpu",
            "seconds",
            "User and system CPU time.",
            counter,
            times.map(|t| t.cpu),
        ),
        (
            "process_resident_memory",
            "bytes",
            "Resident memory size.",
            gauge,
            kib("VmRSS:"),
        ),
        (
            "process_virtual_memory",
            "bytes",
            "Virtual memory size.",
            gauge,
            kib("VmSize:"),
        ),
        (
            "process_open_fds",
            "",
            "Open file descriptors.",
            gauge,
            open,
        ),
        (
            "process_max_fds",
            "",
            "Maximum of open file descriptors.",
            gauge,
            number_after(&limits, "Max open files"),
        ),
        (
            "process_start_time",
            "seconds",
            "Start time since the Unix epoch.",
            gauge,
            started,
        ),
        (
            "process_threads",
            "",
            "Threads.",
            gauge,
            number_after(&status, "Threads:"),
        ),
    ] {
        let Some(value) = value else {
            continue;
        };
        let head = Head::new(name, unit, help);
        let mut lines = head.begin(encoder, kind.clone())?;
        let none: &[(&str, &str)] = &[];
        match kind {
            MetricType::Counter => lines.counter(&none, value)?,
            _ => lines.gauge(&none, value)?,
        }
    }
    Ok(())
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
