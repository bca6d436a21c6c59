//! Commands that actions run.

use std::{collections::BTreeMap, fmt, path::PathBuf, process::Stdio, time::Duration};

use highball::{Error, Result};
use tokio::{process::Command, time::timeout};

/// A command, which runs without a shell: [`scale`](crate::scale), [`rollback`](crate::rollback).
///
/// Its environment has `PATH`, `ALERT_NAME`, `ALERT_FINGERPRINT`, and for each [`label`](Self::label) of the alert a
/// variable such as `ALERT_LABEL_SEVERITY`. Values of labels come from outside: a script quotes them. Its output is
/// that of the process. After its timeout it is killed.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_recovery::{Hook, scale};
///
/// let more = Hook::new("/usr/local/bin/add-instance").arg("shop").label("zone").timeout(mins(2));
/// let actions = scale(more).at_most(3, hours(1));
/// # let _ = actions;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Hook {
    program: PathBuf,
    arguments: Vec<String>,
    labels: Vec<String>,
    timeout: Duration,
}

impl Hook {
    /// Names the program, by an absolute path or in `PATH`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            labels: Vec::new(),
            timeout: Duration::from_secs(60),
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Passes a label of the alert on: `severity` as `ALERT_LABEL_SEVERITY`.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(label.into());
        self
    }

    /// Sets how long it may take. The default is a minute.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs the command.
    pub(crate) async fn run(&self, fingerprint: &str, labels: &BTreeMap<String, String>) -> Result {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .env("ALERT_FINGERPRINT", fingerprint)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some(name) = labels.get("alertname") {
            command.env("ALERT_NAME", name);
        }
        for label in &self.labels {
            if let Some(value) = labels.get(label) {
                command.env(format!("ALERT_LABEL_{}", label.to_uppercase()), value);
            }
        }
        let running = timeout(self.timeout, command.status());
        let status = running
            .await
            .map_err(|_| Error::new(format!("{self} took longer than {:?}", self.timeout)))??;
        match status.success() {
            true => Ok(()),
            false => Err(Error::new(format!("{self} has ended with {status}"))),
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.program.display())
    }
}
