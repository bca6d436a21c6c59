//! Rows of the tables.

use highball_db::battery::Value;

use crate::{
    backend::{BackendError, Claimed, Count, JobId, Listed, NewJob, Receipt, Recovered, State},
    relay::Row,
};

pub(super) type Rows = Vec<Vec<Value>>;

/// The columns of a row, in the order of its statement.
struct Columns(std::vec::IntoIter<Value>);

impl Columns {
    fn of(row: Vec<Value>) -> Self {
        Self(row.into_iter())
    }

    fn next(&mut self) -> Result<Value, BackendError> {
        self.0.next().ok_or_else(|| unknown("a column is missing"))
    }

    fn int(&mut self) -> Result<i64, BackendError> {
        let value = self.next()?;
        value.int().ok_or_else(|| unknown("a column is no number"))
    }

    fn count<N: TryFrom<i64>>(&mut self) -> Result<N, BackendError> {
        N::try_from(self.int()?).map_err(|_| unknown("a number is out of range"))
    }

    fn text(&mut self) -> Result<String, BackendError> {
        let value = self.next()?;
        value.text().ok_or_else(|| unknown("a column is no text"))
    }

    fn optional(&mut self) -> Result<Option<String>, BackendError> {
        Ok(self.next()?.text())
    }

    fn id(&mut self) -> Result<JobId, BackendError> {
        Ok(JobId::new(self.int()?.to_string()))
    }

    fn state(&mut self) -> Result<State, BackendError> {
        let number = self.int()?;
        let mut states = State::ALL.into_iter();
        states
            .find(|state| self::number(*state) == number)
            .ok_or_else(|| unknown("a state is unknown"))
    }
}

fn unknown(what: &str) -> BackendError {
    BackendError::new(highball::Error::new(format!(
        "the table of jobs was changed by another program: {what}"
    )))
}

/// Returns the number of a state in the table.
pub(super) fn number(state: State) -> i64 {
    match state {
        State::Waiting => 0,
        State::Running => 1,
        State::Done => 2,
        State::Parked => 3,
    }
}

/// Reads claimed jobs, in the order in which they are due.
pub(super) fn claimed(rows: Rows) -> Result<Vec<Claimed>, BackendError> {
    let jobs = rows.into_iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(Claimed {
            receipt: Receipt {
                job: columns.id()?,
                fence: columns.int()?,
            },
            version: columns.count()?,
            payload: columns.text()?,
            attempt: columns.count()?,
            crashes: columns.count()?,
            created: columns.int()?,
            due: columns.int()?,
            producer: columns.text()?,
            trace: columns.optional()?,
        })
    });
    let mut jobs = jobs.collect::<Result<Vec<_>, BackendError>>()?;
    // The rows of an update have no order.
    jobs.sort_by_key(|job| (job.due, job.receipt.job.as_str().parse::<i64>().ok()));
    Ok(jobs)
}

pub(super) fn counts(rows: Rows) -> Result<Vec<Count>, BackendError> {
    let counts = rows.into_iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(Count {
            name: columns.text()?,
            state: columns.state()?,
            jobs: columns.count()?,
            oldest: columns.int()?,
        })
    });
    counts.collect()
}

pub(super) fn listed(rows: Rows) -> Result<Vec<Listed>, BackendError> {
    let jobs = rows.into_iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(Listed {
            id: columns.id()?,
            version: columns.count()?,
            payload: columns.text()?,
            attempts: columns.count()?,
            crashes: columns.count()?,
            created: columns.int()?,
            due: columns.int()?,
            reason: columns.optional()?,
            producer: columns.text()?,
        })
    });
    jobs.collect()
}

/// Reads rows of an outbox, in the order in which they were stored.
pub(super) fn outbox(rows: Rows) -> Result<Vec<Row>, BackendError> {
    let rows = rows.into_iter().map(|row| {
        let mut columns = Columns::of(row);
        let seq = columns.int()?;
        let mut job = NewJob {
            id: Some(JobId::new(columns.text()?)),
            name: columns.text()?.into(),
            version: columns.count()?,
            payload: columns.text()?,
            due: columns.int()?,
            ..NewJob::default()
        };
        let created = columns.int()?;
        job.producer = columns.text()?.into();
        job.trace = columns.optional()?;
        job.order_key = columns.optional()?;
        job.unique_key = columns.optional()?;
        job.unique_for = u64::try_from(columns.int()?).ok();
        job.limit_key = columns.optional()?;
        Ok(Row { seq, created, job })
    });
    let mut rows = rows.collect::<Result<Vec<_>, BackendError>>()?;
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

/// Reads the new states of jobs whose lease had ended.
pub(super) fn recovered(rows: &Rows) -> Recovered {
    let mut recovered = Recovered::default();
    for row in rows {
        match row.first().and_then(Value::int) == Some(number(State::Parked)) {
            true => recovered.parked += 1,
            false => recovered.available += 1,
        }
    }
    recovered
}

pub(super) fn ids(rows: Rows) -> Vec<JobId> {
    let ids = rows.into_iter().filter_map(|row| row.first()?.int());
    ids.map(|id| JobId::new(id.to_string())).collect()
}

pub(super) fn first_text(rows: Rows) -> Option<String> {
    rows.into_iter().next()?.into_iter().next()?.text()
}
