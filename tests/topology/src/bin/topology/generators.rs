//! The load generators, which send shards of one load.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::Options;
use crate::network::Host;
use crate::process::Process;

/// The time in which all generators are started.
const START: u64 = 2;

/// Generators that wait for their start or send requests.
pub(crate) struct Generators {
    load: PathBuf,
    reports: Vec<PathBuf>,
    processes: Vec<Process>,
    begin: Duration,
}

impl Generators {
    /// Starts one on each host. It sends to the target of the same position.
    pub(crate) fn start(
        load: &Path,
        folder: &Path,
        hosts: &[Host],
        targets: &[String],
        options: &Options,
    ) -> Result<Self, String> {
        let start_at = since_1970().as_secs() + START;
        let mut reports = Vec::new();
        let mut processes = Vec::new();
        for (index, (host, target)) in hosts.iter().zip(targets).enumerate() {
            let report = folder.join(format!("{index}.json"));
            let mut command = host.command(load);
            command
                .args([
                    "--quiet",
                    "--timeout",
                    "5s",
                    "--start-at",
                    &start_at.to_string(),
                ])
                .args(["--shard", &format!("{index}/{}", hosts.len())])
                .args(["--duration", &format!("{}s", options.seconds)])
                .args(["--connections", &options.connections.to_string()])
                .arg("--json")
                .arg(&report)
                .stdout(Stdio::null());
            if options.rate > 0 {
                // One request of twenty is slow, so that some are open whenever an instance stops.
                command
                    .args(["--rate", &options.rate.to_string()])
                    .arg(format!("19:{target}/ping"))
                    .arg(format!("1:{target}/slow"));
            } else {
                command.arg(format!("{target}/ping"));
            }
            processes.push(Process::start(&mut command)?);
            reports.push(report);
        }
        Ok(Self {
            load: load.to_owned(),
            reports,
            processes,
            begin: Duration::from_secs(start_at),
        })
    }

    /// Sleeps until the first requests have been sent.
    pub(crate) fn wait_for_begin(&self) {
        let begin = self.begin + Duration::from_millis(500);
        std::thread::sleep(begin.saturating_sub(since_1970()));
    }

    /// Returns whether all of them still send requests.
    pub(crate) fn are_running(&self) -> bool {
        self.processes.iter().all(Process::is_running)
    }

    /// Waits for the reports, up to a time. Returns their sum, which `highball-load merge` makes, the responses of
    /// each, and the CPU time of all.
    pub(crate) fn finish(self, limit: Duration) -> Result<(Value, Vec<u64>, Duration), String> {
        let mut used = Duration::ZERO;
        for mut process in self.processes {
            let (status, cpu) = process.wait(limit)?;
            used += cpu;
            if !status.success() {
                return Err(format!("a generator failed: {status}"));
            }
        }
        let read = |report: &PathBuf| {
            let text = std::fs::read(report).map_err(|error| error.to_string())?;
            let report = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
            Ok::<_, String>(responses(&report))
        };
        let each = self
            .reports
            .iter()
            .map(read)
            .collect::<Result<Vec<_>, _>>()?;
        let merged = Command::new(&self.load)
            .args(["merge", "--json", "-"])
            .args(&self.reports)
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&merged.stderr);
        eprint!("{text}");
        let sum = serde_json::from_slice(&merged.stdout);
        let sum = sum.map_err(|error| format!("{error}: {text}"))?;
        Ok((sum, each, used))
    }
}

/// Returns the number of responses in a report.
pub(crate) fn responses(report: &Value) -> u64 {
    counts(report, "statuses").map(|(_, count)| count).sum()
}

/// Returns the number of each status, or of each failure, in a report.
pub(crate) fn counts<'r>(report: &'r Value, kind: &'r str) -> impl Iterator<Item = (&'r str, u64)> {
    let targets = report["targets"].as_array().into_iter().flatten();
    let counts = targets.filter_map(move |target| target["record"][kind].as_object());
    counts
        .flatten()
        .map(|(name, count)| (name.as_str(), count.as_u64().unwrap_or(0)))
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
