//! Claims of jobs with a limit key.
//!
//! A claim visits the keys one after another, so each has its turn, however many jobs another one has.

use std::collections::HashMap;

use highball_jobs::backend::{Claim, Millis};
use redb::ReadableTable;

use crate::{error::Failure, job::Job, session::Session};

/// How many keys a claim visits. The next one continues behind them.
const KEYS: usize = 1000;

/// The key behind which the next claim begins, by the name of the jobs.
pub(crate) type Turns = HashMap<&'static str, String>;

impl Session<'_> {
    /// Returns jobs that may start without exceeding the limit of their key.
    pub(crate) fn ready_of_keys(
        &mut self,
        claim: &Claim,
        most: usize,
        now: Millis,
    ) -> Result<Vec<u64>, Failure> {
        let mut ready = Vec::new();
        if most == 0 {
            return Ok(ready);
        }
        let start = self.turns.get(claim.name).cloned().unwrap_or_default();
        let mut next = match start.is_empty() {
            true => Some(String::new()),
            false => self.key_behind(claim, &start)?,
        };
        let (mut key, mut has_wrapped) = (start.clone(), start.is_empty());
        for _ in 0..KEYS {
            let is_new = |next: &String| !has_wrapped || start.is_empty() || *next <= start;
            let Some(visited) = next.take().filter(is_new) else {
                if has_wrapped {
                    break;
                }
                has_wrapped = true;
                next = Some(String::new());
                continue;
            };
            self.take_of_key(claim, &visited, most, now, &mut ready)?;
            key = visited;
            if ready.len() >= most {
                break;
            }
            next = self.key_behind(claim, &key)?;
        }
        self.turns.insert(claim.name, key);
        Ok(ready)
    }

    /// Returns the next key with a job that waits.
    fn key_behind(&self, claim: &Claim, key: &str) -> Result<Option<String>, Failure> {
        let behind = (claim.name, claim.suspect, key, i64::MAX, u64::MAX);
        let mut rows = self.tables.limited.range(behind..)?;
        let Some(row) = rows.next().transpose()? else {
            return Ok(None);
        };
        let (name, suspect, key, _, _) = row.0.value();
        let is_of_claim = name == claim.name && suspect == claim.suspect;
        Ok(is_of_claim.then(|| key.to_owned()))
    }

    /// Adds jobs of a key, as many as may run.
    fn take_of_key(
        &mut self,
        claim: &Claim,
        key: &str,
        most: usize,
        now: Millis,
        ready: &mut Vec<u64>,
    ) -> Result<(), Failure> {
        let (name, suspect) = (claim.name, claim.suspect);
        let running = self.running_of_key(name, key)?;
        let limit = claim.limit.map_or(u64::MAX, u64::from);
        let places = usize::try_from(limit.saturating_sub(running)).unwrap_or(usize::MAX);
        let end = most.min(ready.len().saturating_add(places));
        let due = (name, suspect, key, i64::MIN, 0)..=(name, suspect, key, now, u64::MAX);
        for row in self.tables.limited.range(due)? {
            if ready.len() >= end {
                break;
            }
            let (row, version) = row?;
            self.looks += 1;
            if version.value() <= claim.version {
                ready.push(row.value().4);
            }
        }
        Ok(())
    }

    fn running_of_key(&self, name: &str, key: &str) -> Result<u64, Failure> {
        let running = self.tables.working.get((name, key))?;
        Ok(running.map_or(0, |running| running.value()))
    }

    /// Adds a waiting job to the index of its limit key, or removes it.
    pub(crate) fn put_limited(
        &mut self,
        id: u64,
        job: &Job,
        key: &str,
        is_waiting: bool,
    ) -> Result<(), Failure> {
        let place = (&*job.name, job.crashes > 0, key, job.due, id);
        match is_waiting {
            true => drop(self.tables.limited.insert(place, job.version)?),
            false => drop(self.tables.limited.remove(place)?),
        }
        Ok(())
    }

    /// Counts the jobs of a limit key that run.
    pub(crate) fn add_working(
        &mut self,
        job: &Job,
        key: &str,
        number_of: i64,
    ) -> Result<(), Failure> {
        let place = (&*job.name, key);
        let running = self.running_of_key(place.0, key)?;
        match running.saturating_add_signed(number_of) {
            0 => drop(self.tables.working.remove(place)?),
            running => drop(self.tables.working.insert(place, running)?),
        }
        Ok(())
    }
}
