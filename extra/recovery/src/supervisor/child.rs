//! The process that serves the app.

use std::{fmt, os::unix::process::CommandExt as _, path::Path, process::Command};

use command_fds::{CommandFdExt as _, FdMapping};
use highball::{Error, Result, battery::Launch};
use nix::{
    errno::Errno,
    sys::{
        signal::{self, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

use super::{FLAPPING, RESTARTS, Signal, Signals};

/// The first descriptor that is passed on, as systemd has it.
const FIRST: i32 = 3;

/// A child process that has not been waited for.
pub(super) struct Child(Pid);

/// How a child process has ended.
pub(super) struct End {
    pub(super) by: EndedBy,
    /// The last signal that the supervisor has passed on to it.
    pub(super) wish: Option<Signal>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum EndedBy {
    Exit(i32),
    Signal(signal::Signal),
}

impl Child {
    /// Starts the program without arguments, on the sockets of the supervisor.
    pub(super) fn start(
        program: &Path,
        launch: &Launch,
        restarts: u64,
        is_flapping: bool,
    ) -> Result<Self> {
        let sockets = launch.sockets()?.into_iter().zip(FIRST..);
        let mappings = sockets.map(|(parent_fd, child_fd)| FdMapping {
            parent_fd,
            child_fd,
        });
        let mut command = Command::new(program);
        command
            .envs(launch.environment())
            .env_remove("LISTEN_PID")
            .env(RESTARTS, restarts.to_string())
            .env(FLAPPING, u8::from(is_flapping).to_string())
            // Ctrl-C goes to each process of a group, and the second signal would cut connections.
            .process_group(0)
            .fd_mappings(mappings.collect())?;
        let started = command.spawn().map_err(|error| {
            Error::from(error).context(format!("cannot start {}", program.display()))
        })?;
        let pid = i32::try_from(started.id())?;
        // The handle is dropped: `reap` waits for all processes, and so for this one.
        Ok(Self(Pid::from_raw(pid)))
    }

    pub(super) fn pid(&self) -> Pid {
        self.0
    }

    /// Waits until it ends, and passes signals on meanwhile.
    pub(super) async fn wait(self, signals: &mut Signals) -> Result<End> {
        let mut wish = None;
        loop {
            if let Some(by) = self.reap()? {
                return Ok(End { by, wish });
            }
            let next = signals.next().await;
            let number = match next {
                Signal::Child => continue,
                Signal::Interrupt => signal::Signal::SIGINT,
                Signal::Terminate | Signal::Renew => signal::Signal::SIGTERM,
            };
            // After a stop, SIGHUP does not start the program again.
            if next != Signal::Renew || wish.is_none() {
                wish = Some(next);
            }
            // It has not been waited for, so the number is not that of another process.
            let _has_just_ended = kill(self.0, number);
        }
    }

    /// Removes all processes that have ended. Returns how this one has, if it has.
    ///
    /// A process with the number 1 becomes the parent of those whose parent has ended.
    fn reap(&self) -> Result<Option<EndedBy>> {
        let mut ended = None;
        loop {
            let (pid, by) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, EndedBy::Exit(code)),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, EndedBy::Signal(signal)),
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(ended),
                Ok(_) | Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            };
            if pid == self.0 {
                ended = Some(by);
            }
        }
    }
}

impl EndedBy {
    /// Returns the exit code of the supervisor, as a shell has it.
    pub(super) fn exit_code(self) -> i32 {
        match self {
            Self::Exit(code) => code,
            Self::Signal(signal) => 128 + signal as i32,
        }
    }
}

impl fmt::Display for EndedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(70) => f.write_str("exit code 70, because a runtime was blocked"),
            Self::Exit(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => f.write_str(signal.as_str()),
        }
    }
}
