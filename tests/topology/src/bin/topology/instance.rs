//! Instances of the server.

use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::network::Host;
use crate::process::Process;

/// The port of each instance.
pub(crate) const PORT: u16 = 8080;
/// The longest time from SIGTERM to the end of the process.
const STOP: Duration = Duration::from_secs(40);

/// A running instance.
pub(crate) struct Instance {
    /// The number of its host.
    pub(crate) slot: usize,
    process: Process,
}

impl Instance {
    pub(crate) fn start(
        program: &Path,
        slot: usize,
        host: &Host,
        delay: Duration,
    ) -> Result<Self, String> {
        let mut command = host.command(program);
        command
            .env("HOST", host.address.to_string())
            .env("PORT", PORT.to_string())
            .env(
                "HIGHBALL_SHUTDOWN_DELAY",
                format!("{}ms", delay.as_millis()),
            )
            .env("HIGHBALL_MAX_CONNECTIONS_PER_ADDRESS", "10000")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let process = Process::start(&mut command)?;
        Ok(Self { slot, process })
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) -> Result<(), String> {
        self.process.terminate()
    }

    /// Waits for the end of the process. Returns the number of requests that it has handled, and its CPU time.
    pub(crate) fn wait(mut self) -> Result<(u64, Duration), String> {
        let (_, cpu) = self.process.wait(STOP)?;
        let mut output = String::new();
        if let Some(mut stdout) = self.process.0.stdout.take() {
            let _read = stdout.read_to_string(&mut output);
        }
        let count = output.lines().find_map(|line| line.strip_prefix("served "));
        let count = count.and_then(|count| count.parse().ok());
        let count =
            count.ok_or_else(|| format!("an instance ended without its count: {output}"))?;
        Ok((count, cpu))
    }
}
