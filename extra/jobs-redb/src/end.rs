//! Ends attempts, and makes parked jobs available again.

use std::time::Instant;

use highball_jobs::backend::{End, Limits, Millis, Receipt, Recovered, State, Which};
use redb::ReadableTable;

use crate::{
    error::Failure,
    job::{Job, parse},
    session::Session,
};

/// Why an attempt has ended without its worker.
const CRASHED: &str = "its process ended, or it blocked its thread for the time of its lease";

impl Session<'_> {
    /// Ends an attempt. Returns `false` if it is not the current one.
    pub(crate) fn settle(
        &mut self,
        receipt: &Receipt,
        end: End,
        now: Millis,
    ) -> Result<bool, Failure> {
        let id = parse(&receipt.job)?;
        let Some(old) = self.attempt_of(id, receipt.fence)? else {
            return Ok(false);
        };
        let mut job = old.clone();
        match end {
            End::Done => {
                (job.state, job.ended) = (State::Done, now);
                self.tables.reasons.remove(id)?;
            }
            End::Park { reason } => {
                (job.state, job.ended) = (State::Parked, now);
                self.tables.reasons.insert(id, &*reason)?;
            }
            End::Retry { due, reason } => {
                (job.state, job.due) = (State::Waiting, due);
                self.tables.reasons.insert(id, &*reason)?;
            }
            End::Release { due } => {
                (job.state, job.due) = (State::Waiting, due);
                job.attempts = job.attempts.saturating_sub(1);
            }
        }
        self.end(id, &old, &job, now)?;
        Ok(true)
    }

    /// Returns the job of an attempt that has not ended.
    pub(crate) fn attempt_of(&self, id: u64, fence: i64) -> Result<Option<Job>, Failure> {
        let job = self.job(id)?;
        Ok(job.filter(|job| job.state == State::Running && job.fence == fence))
    }

    fn end(&mut self, id: u64, old: &Job, new: &Job, now: Millis) -> Result<(), Failure> {
        self.change(id, Some(old), Some(new))?;
        self.leases.set(id, None);
        if !new.holds_key(now) {
            self.free_key(id, new)?;
        }
        Ok(())
    }

    /// Frees the unique key of a job, unless another job has it.
    pub(crate) fn free_key(&mut self, id: u64, job: &Job) -> Result<(), Failure> {
        let Some(key) = &job.unique_key else {
            return Ok(());
        };
        let key = (&*job.name, &**key);
        let holder = self.tables.unique.get(key)?.map(|id| id.value());
        if holder == Some(id) {
            self.tables.unique.remove(key)?;
        }
        Ok(())
    }

    /// Counts a crash for each job whose attempt has ended without its worker.
    pub(crate) fn recover(&mut self, limits: &Limits, now: Millis) -> Result<Recovered, Failure> {
        let ended = self.leases.ended(limits.name, Instant::now(), limits.lease);
        let mut recovered = Recovered::default();
        for id in ended {
            let Some(old) = self.job(id)?.filter(|job| job.state == State::Running) else {
                self.leases.set(id, None);
                continue;
            };
            let job = crashed(&old, limits, now);
            match job.state {
                State::Parked => recovered.parked += 1,
                _ => recovered.available += 1,
            }
            self.tables.reasons.insert(id, CRASHED)?;
            self.end(id, &old, &job, now)?;
        }
        Ok(recovered)
    }

    /// Makes parked jobs available again. Returns how many.
    pub(crate) fn requeue(&mut self, which: &Which, now: Millis) -> Result<u64, Failure> {
        match which {
            Which::One(job) => {
                let id = parse(job)?;
                if self.requeue_one(id, now)? {
                    return Ok(1);
                }
                let is_parked = self.parked(id)?.is_some();
                match is_parked {
                    true => Err(Failure::Refused(format!(
                        "another job has the unique key of {job}: requeue this one when the other one has ended"
                    ))),
                    false => Ok(0),
                }
            }
            Which::Some(name, most) => {
                let mut count = 0;
                for id in self.in_state(name, State::Parked, *most)? {
                    // One whose key is taken stays parked.
                    count += u64::from(self.requeue_one(id, now)?);
                }
                Ok(count)
            }
        }
    }

    fn requeue_one(&mut self, id: u64, now: Millis) -> Result<bool, Failure> {
        let Some(old) = self.parked(id)? else {
            return Ok(false);
        };
        if let Some(key) = &old.unique_key
            && self
                .holder(&old.name, key, now)?
                .is_some_and(|holder| holder != id)
        {
            return Ok(false);
        }
        let mut job = old.clone();
        (job.state, job.due, job.ended) = (State::Waiting, now, 0);
        (job.attempts, job.crashes) = (0, 0);
        self.take_key(id, &job)?;
        self.change(id, Some(&old), Some(&job))?;
        Ok(true)
    }

    fn parked(&self, id: u64) -> Result<Option<Job>, Failure> {
        Ok(self.job(id)?.filter(|job| job.state == State::Parked))
    }
}

/// Returns a job after a crash.
fn crashed(old: &Job, limits: &Limits, now: Millis) -> Job {
    let mut job = old.clone();
    job.crashes += 1;
    let pause = i64::try_from(limits.pause.as_millis()).unwrap_or(i64::MAX);
    job.due = now.saturating_add(pause.saturating_mul(job.crashes.into()));
    job.state = State::Waiting;
    if job.crashes >= limits.crashes || job.attempts >= limits.attempts {
        (job.state, job.ended) = (State::Parked, now);
    }
    job
}
