//! The leases of the jobs that run.
//!
//! They are in memory, since no other process has the file. So a renewal writes nothing. The file has the state and
//! the fence of a job, which decide whether an attempt may end.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use highball_jobs::backend::Steady;

/// The lease of a job that runs.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) name: String,
    /// The worker and the end of the lease. A job of a process that has ended has none.
    pub(crate) worker: Option<(String, Instant)>,
    pub(crate) is_suspect: bool,
}

/// The leases, with the changes of a transaction that is not committed.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    leases: HashMap<u64, Lease>,
    /// The leases that the transaction has replaced, the oldest first.
    replaced: Vec<(u64, Option<Lease>)>,
    steady: Steady,
}

impl Leases {
    /// Adds or removes a lease.
    pub(crate) fn set(&mut self, id: u64, lease: Option<Lease>) {
        let old = match lease {
            Some(lease) => self.leases.insert(id, lease),
            None => self.leases.remove(&id),
        };
        self.replaced.push((id, old));
    }

    /// Ends a transaction that is committed.
    pub(crate) fn keep(&mut self) {
        self.replaced.clear();
    }

    /// Ends a transaction that has failed.
    pub(crate) fn undo(&mut self) {
        while let Some((id, old)) = self.replaced.pop() {
            match old {
                Some(lease) => self.leases.insert(id, lease),
                None => self.leases.remove(&id),
            };
        }
    }

    /// Takes the jobs that run from a file that was opened. A job without a lease belongs to a process that has ended.
    pub(crate) fn reload(&mut self, running: Vec<(u64, String, bool)>) {
        let mut old = std::mem::take(&mut self.leases);
        for (id, name, is_suspect) in running {
            let lease = old.remove(&id).unwrap_or(Lease {
                name,
                worker: None,
                is_suspect,
            });
            self.leases.insert(id, lease);
        }
    }

    /// Makes leases of a worker last until this time, and returns those that it still has.
    pub(crate) fn renew(&mut self, worker: &str, jobs: &[u64], until: Instant) -> Vec<u64> {
        let mut renewed = Vec::with_capacity(jobs.len());
        for id in jobs {
            if let Some(lease) = self.leases.get_mut(id)
                && let Some((of, end)) = &mut lease.worker
                && of == worker
            {
                *end = until;
                renewed.push(*id);
            }
        }
        renewed
    }

    /// Returns whether a job of this name that has crashed runs.
    pub(crate) fn has_suspect(&self, name: &str) -> bool {
        let mut leases = self.leases.values();
        leases.any(|lease| lease.is_suspect && lease.name == name)
    }

    /// Returns the jobs of a name whose attempts have ended without their worker, the oldest first.
    ///
    /// Those of a process that has ended are not renewed any more. Others are judged only if leases could be renewed.
    pub(crate) fn ended(&self, name: &str, now: Instant, lease: Duration) -> Vec<u64> {
        let is_steady = self.steady.note(now, lease);
        let has_ended = |lease: &Lease| match &lease.worker {
            None => true,
            Some((_, until)) => is_steady && *until < now,
        };
        let leases = self.leases.iter();
        let ended = leases.filter(|(_, lease)| lease.name == name && has_ended(lease));
        let mut ended = ended.map(|(id, _)| *id).collect::<Vec<_>>();
        ended.sort_unstable();
        ended
    }
}
