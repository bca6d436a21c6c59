//! Processes whose CPU time is read when they end.

use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// The length of a tick in `/proc/<pid>/stat`. Linux reports 100 in a second to programs on every architecture.
const TICK: Duration = Duration::from_millis(10);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A process that was started.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self, String> {
        let program = format!("{:?}", command.get_args().last().unwrap_or_default());
        let started = command.spawn().map(Self);
        started.map_err(|error| format!("{program}: {error}"))
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) -> Result<(), String> {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        sent.map_err(|error| error.to_string()).map(drop)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state().is_some_and(|(state, _)| state != "Z")
    }

    /// Waits for the end, up to a time. Returns the CPU time that the process has used.
    pub(crate) fn wait(&mut self, limit: Duration) -> Result<(ExitStatus, Duration), String> {
        let until = Instant::now() + limit;
        while self.is_running() {
            if Instant::now() > until {
                return Err(format!("a process has not ended within {limit:?}"));
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        // The times of an ended process can be read until it is waited for.
        let cpu = self.cpu();
        let status = self.0.wait().map_err(|error| error.to_string())?;
        Ok((status, cpu))
    }

    /// Returns the CPU time that the process has used so far.
    pub(crate) fn cpu(&self) -> Duration {
        self.state().map_or(Duration::ZERO, |(_, cpu)| cpu)
    }

    /// Returns the state, and the CPU time in user and in kernel mode.
    fn state(&self) -> Option<(String, Duration)> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).ok()?;
        // The name of the program is in parentheses, and may contain spaces.
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
        Some((fields[0].to_owned(), TICK * (ticks(11)? + ticks(12)?)))
    }
}
