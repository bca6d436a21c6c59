//! The indexes, which change together with a job.

use highball_jobs::backend::State;
use redb::ReadableTable;

use crate::{
    error::Failure,
    job::{Job, number},
    session::Session,
};

impl Session<'_> {
    /// Stores a job with its indexes. `old` is the job before, and `new` after the change.
    ///
    /// Jobs with an order key are ready one by one: only the first one that waits is, and only while none runs.
    pub(crate) fn change(
        &mut self,
        id: u64,
        old: Option<&Job>,
        new: Option<&Job>,
    ) -> Result<(), Failure> {
        self.has_changes = true;
        let lane = old.or(new).and_then(|job| {
            let key = job.order_key.clone()?;
            Some((job.name.clone(), key))
        });
        let before = self.first_of(lane.as_ref())?;
        if let Some(old) = old {
            self.remove_from_indexes(id, old)?;
        }
        if let Some(new) = new {
            self.write_job(id, new)?;
            self.add_to_indexes(id, new)?;
        }
        let after = self.first_of(lane.as_ref())?;
        if before == after && before != Some(id) {
            return Ok(());
        }
        if let Some(first) = before.filter(|first| *first != id) {
            self.set_ready(first, false)?;
        }
        if let Some(first) = after {
            self.set_ready(first, true)?;
        }
        Ok(())
    }

    /// Returns the job of an order key that can be claimed.
    fn first_of(&self, lane: Option<&(String, String)>) -> Result<Option<u64>, Failure> {
        let Some((name, key)) = lane else {
            return Ok(None);
        };
        let (name, key) = (name.as_str(), key.as_str());
        if self.tables.busy.get((name, key))?.is_some() {
            return Ok(None);
        }
        let mut waiting = self
            .tables
            .lanes
            .range((name, key, 0)..=(name, key, u64::MAX))?;
        let first = waiting.next().transpose()?;
        Ok(first.map(|(row, _)| row.value().2))
    }

    fn set_ready(&mut self, id: u64, is_ready: bool) -> Result<(), Failure> {
        if let Some(job) = self.job(id)? {
            self.put_ready(id, &job, is_ready)?;
        }
        Ok(())
    }

    fn put_ready(&mut self, id: u64, job: &Job, is_ready: bool) -> Result<(), Failure> {
        let key = (&*job.name, job.crashes > 0, job.version, job.due, id);
        match is_ready {
            true => self.tables.ready.insert(key, ())?,
            false => self.tables.ready.remove(key)?,
        };
        Ok(())
    }

    fn remove_from_indexes(&mut self, id: u64, job: &Job) -> Result<(), Failure> {
        let name = &*job.name;
        if job.state == State::Done {
            self.tables.finished.remove((name, job.ended, id))?;
            return Ok(());
        }
        self.tables.states.remove((name, number(job.state), id))?;
        self.add_count(name, job.state, -1)?;
        if job.state == State::Waiting {
            self.put_ready(id, job, false)?;
        }
        if let Some(key) = job.limit_key.as_deref() {
            return match job.state {
                State::Waiting => self.put_limited(id, job, key, false),
                State::Running => self.add_working(job, key, -1),
                State::Done | State::Parked => Ok(()),
            };
        }
        let Some(key) = job.order_key.as_deref() else {
            return Ok(());
        };
        match job.state {
            State::Waiting => drop(self.tables.lanes.remove((name, key, id))?),
            State::Running => drop(self.tables.busy.remove((name, key))?),
            State::Done | State::Parked => {}
        }
        Ok(())
    }

    fn add_to_indexes(&mut self, id: u64, job: &Job) -> Result<(), Failure> {
        let name = &*job.name;
        if job.state == State::Done {
            self.tables.finished.insert((name, job.ended, id), ())?;
            return Ok(());
        }
        let state = (name, number(job.state), id);
        self.tables.states.insert(state, job.created)?;
        self.add_count(name, job.state, 1)?;
        if let Some(key) = job.limit_key.as_deref() {
            return match job.state {
                State::Waiting => self.put_limited(id, job, key, true),
                State::Running => self.add_working(job, key, 1),
                State::Done | State::Parked => Ok(()),
            };
        }
        match (job.state, job.order_key.as_deref()) {
            (State::Waiting, None) => self.put_ready(id, job, true)?,
            (State::Waiting, Some(key)) => drop(self.tables.lanes.insert((name, key, id), ())?),
            (State::Running, Some(key)) => drop(self.tables.busy.insert((name, key), id)?),
            _ => {}
        }
        Ok(())
    }

    fn add_count(&mut self, name: &str, state: State, number_of: i64) -> Result<(), Failure> {
        let key = (name, number(state));
        let count = self
            .tables
            .counts
            .get(key)?
            .map_or(0, |count| count.value());
        match count.saturating_add_signed(number_of) {
            0 => drop(self.tables.counts.remove(key)?),
            count => drop(self.tables.counts.insert(key, count)?),
        }
        Ok(())
    }
}
