//! The signals of the supervisor.

use std::{io, time::Duration};

use tokio::signal::unix::{Signal as Receiver, SignalKind, signal};

/// A signal that the supervisor has received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
    /// SIGHUP.
    Renew,
    /// SIGCHLD.
    Child,
}

pub(super) struct Signals {
    terminate: Receiver,
    interrupt: Receiver,
    renew: Receiver,
    child: Receiver,
}

impl Signals {
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            renew: signal(SignalKind::hangup())?,
            child: signal(SignalKind::child())?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.renew.recv() => Signal::Renew,
            _ = self.child.recv() => Signal::Child,
        }
    }

    /// Waits for this time, or until a signal stops the supervisor. SIGHUP ends the pause.
    pub(super) async fn is_stopped_within(&mut self, pause: Duration) -> bool {
        let waiting = async {
            loop {
                match self.next().await {
                    Signal::Terminate | Signal::Interrupt => return true,
                    Signal::Renew => return false,
                    Signal::Child => {}
                }
            }
        };
        tokio::time::timeout(pause, waiting).await.unwrap_or(false)
    }
}
