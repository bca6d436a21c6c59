//! Claimed jobs on their way to a worker.

use std::sync::mpsc::Sender;

use highball_jobs::backend::{Claimed, End};
use tokio::sync::oneshot;

use crate::writer::{Command, command};

/// Claimed jobs. If their worker does not take them, they run again as if they had not been claimed.
///
/// A claim may be dropped at any time, also between its commit and its answer. Otherwise the leases of these jobs would
/// end, and each of them would have one crash more.
pub(crate) struct Handover {
    jobs: Vec<Claimed>,
    commands: Option<Sender<Command>>,
}

impl Handover {
    pub(crate) fn new(jobs: Vec<Claimed>, commands: Option<Sender<Command>>) -> Self {
        Self { jobs, commands }
    }

    pub(crate) fn take(mut self) -> Vec<Claimed> {
        std::mem::take(&mut self.jobs)
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        let Some(commands) = &self.commands else {
            return;
        };
        for Claimed { receipt, due, .. } in self.jobs.drain(..) {
            let (tx, _) = oneshot::channel();
            let release = command(
                move |session| session.settle(&receipt, End::Release { due }, due),
                tx,
            );
            // If the thread has ended, the next process finds the job.
            commands.send(release).ok();
        }
    }
}
