//! Lists and counts, the results of steps, and the deletion of old jobs.

use highball_jobs::backend::{Count, Listed, Millis, Receipt, State};
use redb::ReadableTable;

use crate::{
    error::Failure,
    job::{number, parse, state_of},
    session::Session,
};

/// The most jobs with a limit key that a count reads.
const LIMITED: usize = 100;

/// A text after each limit key.
const LAST: &str = "\u{10FFFF}";

/// The most jobs that one call deletes.
const BATCH: usize = 1000;

impl Session<'_> {
    /// Returns how many jobs there are by name and state, apart from those that are done.
    pub(crate) fn counts(&self) -> Result<Vec<Count>, Failure> {
        let mut counts = Vec::new();
        for row in self.tables.counts.iter()? {
            let (key, jobs) = row?;
            let (name, state) = key.value();
            let range = (name, state, 0)..=(name, state, u64::MAX);
            let stored = self.tables.states.range(range)?.next().transpose()?;
            let stored = stored.map_or(0, |(_, created)| created.value());
            let state = state_of(state);
            let first = match state {
                State::Waiting => self.first_due(name)?,
                _ => None,
            };
            counts.push(Count {
                name: name.to_owned(),
                state,
                jobs: jobs.value(),
                oldest: first.unwrap_or(stored),
            });
        }
        Ok(counts)
    }

    /// Returns when the first job of a name can begin. Those that wait for others of their order key are left out, and
    /// of limit keys only the first ones are read.
    fn first_due(&self, name: &str) -> Result<Option<Millis>, Failure> {
        let mut first = None::<Millis>;
        for has_crashed in [false, true] {
            let mut version = Some(0);
            while let Some(from) = version.take() {
                let range = (name, has_crashed, from, i64::MIN, 0)
                    ..=(name, has_crashed, u32::MAX, i64::MAX, u64::MAX);
                if let Some(row) = self.tables.ready.range(range)?.next().transpose()? {
                    let (_, _, found, due, _) = row.0.value();
                    first = Some(first.map_or(due, |first| first.min(due)));
                    version = found.checked_add(1);
                }
            }
            let range =
                (name, has_crashed, "", i64::MIN, 0)..(name, has_crashed, LAST, i64::MIN, 0);
            for row in self.tables.limited.range(range)?.take(LIMITED) {
                let (_, _, _, due, _) = row?.0.value();
                first = Some(first.map_or(due, |first| first.min(due)));
            }
        }
        Ok(first)
    }

    /// Returns jobs of a state, the oldest first.
    pub(crate) fn list(
        &self,
        name: &str,
        state: State,
        most: usize,
    ) -> Result<Vec<Listed>, Failure> {
        let mut listed = Vec::new();
        for id in self.in_state(name, state, most)? {
            if let Some(job) = self.job(id)? {
                listed.push(self.listed(id, &job)?);
            }
        }
        Ok(listed)
    }

    /// Returns the ids of jobs of a state, the oldest first.
    pub(crate) fn in_state(
        &self,
        name: &str,
        state: State,
        most: usize,
    ) -> Result<Vec<u64>, Failure> {
        if state == State::Done {
            return self.finished(name, i64::MAX, most);
        }
        let state = number(state);
        let rows = self
            .tables
            .states
            .range((name, state, 0)..=(name, state, u64::MAX))?;
        rows.take(most).map(|row| Ok(row?.0.value().2)).collect()
    }

    /// Returns the ids of jobs that were done before a time.
    fn finished(&self, name: &str, before: Millis, most: usize) -> Result<Vec<u64>, Failure> {
        let range = (name, i64::MIN, 0)..(name, before, 0);
        let rows = self.tables.finished.range(range)?;
        rows.take(most).map(|row| Ok(row?.0.value().2)).collect()
    }

    /// Deletes jobs that were done before a time, with their steps. Returns how many.
    pub(crate) fn prune(&mut self, name: &str, before: Millis) -> Result<u64, Failure> {
        let ids = self.finished(name, before, BATCH)?;
        for id in &ids {
            self.delete(*id)?;
        }
        Ok(ids.len() as u64)
    }

    fn delete(&mut self, id: u64) -> Result<(), Failure> {
        if let Some(job) = self.job(id)? {
            self.change(id, Some(&job), None)?;
            self.free_key(id, &job)?;
        }
        self.tables.places.remove(id)?;
        self.tables.names.remove(id)?;
        self.tables.limit_keys.remove(id)?;
        self.tables.payloads.remove(id)?;
        self.tables.reasons.remove(id)?;
        self.tables
            .steps
            .retain_in((id, "")..(id + 1, ""), |_, _| false)?;
        Ok(())
    }

    pub(crate) fn step(&self, id: u64, name: &str) -> Result<Option<String>, Failure> {
        let result = self.tables.steps.get((id, name))?;
        Ok(result.map(|result| result.value().to_owned()))
    }

    /// Stores the result of a step, if its attempt has not ended.
    pub(crate) fn keep_step(
        &mut self,
        receipt: &Receipt,
        name: &str,
        result: &str,
    ) -> Result<bool, Failure> {
        let id = parse(&receipt.job)?;
        if self.attempt_of(id, receipt.fence)?.is_none() {
            return Ok(false);
        }
        self.has_changes = true;
        self.tables.steps.insert((id, name), result)?;
        Ok(true)
    }
}
