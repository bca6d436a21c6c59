//! Gives jobs to workers.

use std::time::Instant;

use highball_jobs::backend::{Claim, Claimed, Millis, State};
use redb::ReadableTable;

use crate::{error::Failure, leases::Lease, session::Session};

impl Session<'_> {
    /// Gives jobs to a worker, those that are due first.
    pub(crate) fn claim(&mut self, claim: &Claim, now: Millis) -> Result<Vec<Claimed>, Failure> {
        if claim.suspect && self.leases.has_suspect(claim.name) {
            return Ok(Vec::new());
        }
        let most = if claim.suspect { 1 } else { claim.most };
        let most = most.min(self.starts_left(claim, now)?);
        let mut ready = self.ready(claim, most, now)?;
        let limited = self.ready_of_keys(claim, most - ready.len(), now)?;
        ready.extend(limited);
        let mut claimed = Vec::with_capacity(ready.len());
        for id in ready {
            claimed.extend(self.give(id, claim)?);
        }
        self.note_starts(claim, claimed.len(), now)?;
        Ok(claimed)
    }

    /// Returns jobs that may start. Each version has its own part of the index, so a claim does not read newer jobs.
    fn ready(&mut self, claim: &Claim, most: usize, now: Millis) -> Result<Vec<u64>, Failure> {
        let (name, suspect) = (claim.name, claim.suspect);
        let mut ready = Vec::new();
        let mut next = (most > 0).then_some(0);
        while let Some(from) = next.take() {
            let versions = (name, suspect, from, i64::MIN, 0)
                ..=(name, suspect, claim.version, i64::MAX, u64::MAX);
            let Some(first) = self.tables.ready.range(versions)?.next().transpose()? else {
                break;
            };
            let version = first.0.value().2;
            let due =
                (name, suspect, version, i64::MIN, 0)..=(name, suspect, version, now, u64::MAX);
            for row in self.tables.ready.range(due)?.take(most) {
                let (_, _, _, due, id) = row?.0.value();
                self.looks += 1;
                ready.push((due, id));
            }
            next = version.checked_add(1).filter(|next| *next <= claim.version);
        }
        ready.sort_unstable();
        ready.truncate(most);
        Ok(ready.into_iter().map(|(_, id)| id).collect())
    }

    fn give(&mut self, id: u64, claim: &Claim) -> Result<Option<Claimed>, Failure> {
        let Some(old) = self.job(id)? else {
            return Ok(None);
        };
        let mut job = old.clone();
        job.state = State::Running;
        job.attempts += 1;
        job.fence += 1;
        self.change(id, Some(&old), Some(&job))?;
        let lease = Lease {
            name: job.name.clone(),
            worker: Some((claim.worker.clone(), Instant::now() + claim.lease)),
            is_suspect: job.crashes > 0,
        };
        self.leases.set(id, Some(lease));
        self.claimed(id, &job).map(Some)
    }

    /// Returns how many jobs may still start in this second.
    fn starts_left(&self, claim: &Claim, now: Millis) -> Result<usize, Failure> {
        let Some(rate) = claim.rate else {
            return Ok(usize::MAX);
        };
        let (_, used) = self.starts(claim.name, now)?;
        let left = u64::from(rate).saturating_sub(used);
        Ok(usize::try_from(left).unwrap_or(usize::MAX))
    }

    fn note_starts(&mut self, claim: &Claim, number: usize, now: Millis) -> Result<(), Failure> {
        if claim.rate.is_none() || number == 0 {
            return Ok(());
        }
        let (second, used) = self.starts(claim.name, now)?;
        let used = used.saturating_add(number as u64);
        self.tables.rates.insert(claim.name, (second, used))?;
        Ok(())
    }

    /// Returns the second whose starts count, and their number. A clock that goes back does not begin another second.
    fn starts(&self, name: &str, now: Millis) -> Result<(i64, u64), Failure> {
        let second = now.div_euclid(1000);
        let stored = self.tables.rates.get(name)?.map(|row| row.value());
        Ok(stored
            .filter(|(last, _)| *last >= second)
            .unwrap_or((second, 0)))
    }
}
