//! A job in the file.

use highball_jobs::backend::{Claimed, JobId, Listed, Millis, NewJob, Receipt, State};
use redb::ReadableTable;

use crate::{error::Failure, session::Session};

/// A job without its payload.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) order_key: Option<String>,
    pub(crate) limit_key: Option<String>,
    pub(crate) unique_key: Option<String>,
    pub(crate) version: u32,
    pub(crate) state: State,
    pub(crate) due: Millis,
    pub(crate) attempts: u32,
    pub(crate) crashes: u32,
    pub(crate) fence: i64,
    pub(crate) unique_until: Millis,
    pub(crate) created: Millis,
    pub(crate) ended: Millis,
}

impl Job {
    /// A job that waits for its first attempt.
    pub(crate) fn new(job: &NewJob, now: Millis) -> Self {
        let unique_for = job
            .unique_for
            .map(|time| i64::try_from(time).unwrap_or(i64::MAX));
        Self {
            name: job.name.clone().into_owned(),
            order_key: job.order_key.clone(),
            // The order is stricter than each limit.
            limit_key: job.limit_key.clone().filter(|_| job.order_key.is_none()),
            unique_key: job.unique_key.clone(),
            version: job.version,
            state: State::Waiting,
            due: job.due,
            attempts: 0,
            crashes: 0,
            fence: 0,
            unique_until: unique_for.map_or(0, |time| now.saturating_add(time)),
            created: now,
            ended: 0,
        }
    }

    /// Returns whether the job still needs its unique key.
    pub(crate) fn holds_key(&self, now: Millis) -> bool {
        !matches!(self.state, State::Done | State::Parked) || self.unique_until > now
    }
}

impl Session<'_> {
    /// Returns a job, if it exists.
    pub(crate) fn job(&self, id: u64) -> Result<Option<Job>, Failure> {
        let (Some(place), Some(names)) = (self.tables.places.get(id)?, self.tables.names.get(id)?)
        else {
            return Ok(None);
        };
        let (version, state, due, attempts, crashes, fence, unique_until, created, ended) =
            place.value();
        let (name, order_key, unique_key) = names.value();
        let limit_key = self.tables.limit_keys.get(id)?;
        Ok(Some(Job {
            name: name.to_owned(),
            order_key: order_key.map(str::to_owned),
            limit_key: limit_key.map(|key| key.value().to_owned()),
            unique_key: unique_key.map(str::to_owned),
            version,
            state: state_of(state),
            due,
            attempts,
            crashes,
            fence,
            unique_until,
            created,
            ended,
        }))
    }

    /// Stores a job without the indexes.
    pub(crate) fn write_job(&mut self, id: u64, job: &Job) -> Result<(), Failure> {
        let place = (
            job.version,
            number(job.state),
            job.due,
            job.attempts,
            job.crashes,
            job.fence,
            job.unique_until,
            job.created,
            job.ended,
        );
        self.tables.places.insert(id, place)?;
        Ok(())
    }

    /// Returns a job as its worker receives it.
    pub(crate) fn claimed(&self, id: u64, job: &Job) -> Result<Claimed, Failure> {
        let payload = self.tables.payloads.get(id)?;
        let (payload, producer, trace) =
            payload.as_ref().map(|row| row.value()).unwrap_or_default();
        Ok(Claimed {
            receipt: Receipt {
                job: JobId::new(id.to_string()),
                fence: job.fence,
            },
            version: job.version,
            payload: payload.to_owned(),
            attempt: job.attempts,
            crashes: job.crashes,
            created: job.created,
            due: job.due,
            producer: producer.to_owned(),
            trace: trace.map(str::to_owned),
        })
    }

    /// Returns a job as it is in a list.
    pub(crate) fn listed(&self, id: u64, job: &Job) -> Result<Listed, Failure> {
        let payload = self.tables.payloads.get(id)?;
        let (payload, producer, _) = payload.as_ref().map(|row| row.value()).unwrap_or_default();
        let reason = self.tables.reasons.get(id)?;
        Ok(Listed {
            id: JobId::new(id.to_string()),
            version: job.version,
            payload: payload.to_owned(),
            attempts: job.attempts,
            crashes: job.crashes,
            created: job.created,
            due: job.due,
            reason: reason.map(|reason| reason.value().to_owned()),
            producer: producer.to_owned(),
        })
    }
}

/// Returns the number of an id.
pub(crate) fn parse(job: &JobId) -> Result<u64, Failure> {
    let id = job.as_str().parse();
    id.map_err(|_| Failure::Refused(format!("there is no job `{job}`")))
}

/// Returns the number of a state in the tables.
pub(crate) fn number(state: State) -> u8 {
    match state {
        State::Waiting => 0,
        State::Running => 1,
        State::Done => 2,
        State::Parked => 3,
    }
}

/// Returns the state of a number. The check of the format excludes others.
pub(crate) fn state_of(number: u8) -> State {
    match number {
        0 => State::Waiting,
        1 => State::Running,
        2 => State::Done,
        _ => State::Parked,
    }
}
