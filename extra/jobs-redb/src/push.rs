//! Stores jobs, and the times of schedules.

use highball_jobs::backend::{JobId, Millis, NewJob, Pushed};
use redb::ReadableTable;

use crate::{error::Failure, job::Job, session::Session};

/// The key of the last id in the table of numbers. An id is never given twice.
const LAST_ID: &str = "last id";

impl Session<'_> {
    /// Stores jobs, apart from those whose unique key is taken.
    pub(crate) fn push(&mut self, jobs: &[NewJob], now: Millis) -> Result<Vec<Pushed>, Failure> {
        jobs.iter().map(|job| self.push_one(job, now)).collect()
    }

    fn push_one(&mut self, new: &NewJob, now: Millis) -> Result<Pushed, Failure> {
        if let Some(key) = &new.unique_key
            && self.holder(&new.name, key, now)?.is_some()
        {
            return Ok(Pushed::Duplicate);
        }
        let id = self.next_id()?;
        let job = Job::new(new, now);
        let names = (
            &*job.name,
            job.order_key.as_deref(),
            job.unique_key.as_deref(),
        );
        self.tables.names.insert(id, names)?;
        if let Some(key) = &job.limit_key {
            self.tables.limit_keys.insert(id, &**key)?;
        }
        let payload = (&*new.payload, &*new.producer, new.trace.as_deref());
        self.tables.payloads.insert(id, payload)?;
        self.take_key(id, &job)?;
        self.change(id, None, Some(&job))?;
        Ok(Pushed::Stored(JobId::new(id.to_string())))
    }

    /// Returns the job that has a unique key.
    pub(crate) fn holder(
        &self,
        name: &str,
        key: &str,
        now: Millis,
    ) -> Result<Option<u64>, Failure> {
        let Some(holder) = self.tables.unique.get((name, key))?.map(|id| id.value()) else {
            return Ok(None);
        };
        let job = self.job(holder)?;
        Ok(job.filter(|job| job.holds_key(now)).map(|_| holder))
    }

    /// Gives a job its unique key.
    pub(crate) fn take_key(&mut self, id: u64, job: &Job) -> Result<(), Failure> {
        if let Some(key) = &job.unique_key {
            self.tables.unique.insert((&*job.name, &**key), id)?;
        }
        Ok(())
    }

    fn next_id(&mut self) -> Result<u64, Failure> {
        let last = self
            .tables
            .numbers
            .get(LAST_ID)?
            .map_or(0, |last| last.value());
        self.tables.numbers.insert(LAST_ID, last + 1)?;
        Ok(last + 1)
    }

    /// Returns the time of the last run of a schedule. The first call stores it.
    pub(crate) fn last_tick(&mut self, schedule: &str, now: Millis) -> Result<Millis, Failure> {
        if let Some(last) = self.tables.schedules.get(schedule)? {
            return Ok(last.value());
        }
        self.has_changes = true;
        self.tables.schedules.insert(schedule, now)?;
        Ok(now)
    }

    /// Stores the jobs of a schedule, if its last run was at `last`.
    pub(crate) fn tick(
        &mut self,
        schedule: &str,
        last: Millis,
        jobs: &[NewJob],
        now: Millis,
    ) -> Result<bool, Failure> {
        let stored = self
            .tables
            .schedules
            .get(schedule)?
            .map(|last| last.value());
        if stored != Some(last) {
            return Ok(false);
        }
        let new = jobs.last().map_or(last, |job| job.due);
        self.has_changes = true;
        self.tables.schedules.insert(schedule, new)?;
        self.push(jobs, now)?;
        Ok(true)
    }
}
