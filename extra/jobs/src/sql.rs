//! Jobs in SQLite or PostgreSQL.

mod announcements;
mod changes;
mod claim_statements;
mod claims;
mod contract;
mod done;
mod limits;
mod outbox;
mod rows;
mod statements;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
    },
    time::{Instant, SystemTime},
};

use highball_db::{
    Database, Engine, InTransaction, Lent, Pool, Transaction,
    battery::{self, Value},
};
use tokio::sync::OnceCell;

use self::{
    announcements::Announcements, changes::Changes, claims::Visits, rows::Rows, statements as sql,
};
pub(crate) use self::{
    done::{SqlDone, add as add_done, has as has_done},
    outbox::{SqlOutbox, insert as insert_into_outbox},
};
use crate::{
    backend::{
        BackendError, End, JobId, Limits, Millis, NewJob, Pushed, Receipt, Recovered, Steady,
    },
    time::duration,
};

/// Why an attempt has ended without its worker.
const CRASHED: &str = "its process ended, or it blocked its thread for the time of its lease";

/// Jobs in a database: the tables `highball_jobs`, `highball_job_steps`, `highball_job_schedules` and
/// `highball_job_rates`.
///
/// A job is stored when the transaction that publishes it is committed. It survives what the database survives: the
/// pools of `highball-db` write to the disk before they acknowledge a commit.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Jobs, Sql};
///
/// database!(Shop: Sqlite);
///
/// let pool = Pool::<Shop>::memory().build();
/// let jobs = Jobs::new(&pool);
/// // This is the same.
/// let jobs = Jobs::on(Sql::new(&pool));
/// ```
pub struct Sql<D: Database> {
    pool: Pool<D>,
    is_prepared: OnceCell<()>,
    /// How many milliseconds the clock of the database is ahead of that of this process.
    ahead: AtomicI64,
    /// Whether a second connection would be another database.
    is_memory: AtomicBool,
    steady: Steady,
    announcements: Arc<Announcements<D>>,
    changes: Changes<D>,
    visits: Visits,
}

impl<D: Database> Sql<D> {
    /// Keeps jobs in the database of this pool. The tables are created by the first use.
    pub fn new(pool: &Pool<D>) -> Self {
        Self {
            pool: pool.clone(),
            is_prepared: OnceCell::new(),
            ahead: AtomicI64::new(0),
            is_memory: AtomicBool::new(false),
            steady: Steady::default(),
            announcements: Arc::new(Announcements::new(pool)),
            changes: Changes::default(),
            visits: Visits::default(),
        }
    }

    async fn create(&self) -> Result<(), BackendError> {
        let tables = match D::Engine::ONE_WRITER {
            true => sql::SQLITE,
            false => sql::POSTGRES,
        };
        let migrated = battery::migrate(&self.pool, "jobs", tables).await;
        migrated.map_err(BackendError::new)?;
        match D::Engine::ONE_WRITER {
            true => {
                let file = rows::first_text(self.read(sql::FILE_SQLITE, Vec::new()).await?);
                let is_memory = file.is_none_or(|file| file.is_empty());
                self.is_memory.store(is_memory, Relaxed);
            }
            false => self.compare_clocks().await?,
        }
        Ok(())
    }

    /// Leases of several machines are measured by the clock of the database.
    async fn compare_clocks(&self) -> Result<(), BackendError> {
        let rows = self.read(sql::NOW_POSTGRES, Vec::new()).await?;
        let theirs = rows.first().and_then(|row| row.first()?.int());
        if let Some(theirs) = theirs {
            self.ahead.store(theirs - system_millis(), Relaxed);
        }
        Ok(())
    }

    /// Returns the time of the database at this time of the process.
    fn time(&self, now: Millis) -> Millis {
        now + self.ahead.load(Relaxed)
    }

    async fn ready(&self) -> Result<(), BackendError> {
        self.is_prepared.get_or_try_init(|| self.create()).await?;
        Ok(())
    }

    async fn read(
        &self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<Rows, BackendError> {
        let conn = self.pool.acquire().await.map_err(BackendError::new)?;
        run(conn, statement, values).await
    }

    async fn write(
        &self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<Rows, BackendError> {
        self.ready().await?;
        let conn = self
            .pool
            .acquire_writer()
            .await
            .map_err(BackendError::new)?;
        run(conn, statement, values).await
    }

    async fn recover_some(&self, limits: Limits, now: Millis) -> Result<Recovered, BackendError> {
        self.ready().await?;
        // With SQLite, the transaction waits until no other one writes.
        let mut transaction = self.pool.begin().await.map_err(BackendError::new)?;
        if !self.steady.note(Instant::now(), limits.lease) {
            return Ok(Recovered::default());
        }
        let values = vec![
            text(limits.name),
            Value::Int(self.time(now)),
            Value::Int(limits.crashes.into()),
            Value::Int(limits.attempts.into()),
            Value::Int(duration(limits.pause)),
            text(CRASHED),
            Value::Int(self.time(system_millis())),
        ];
        let rows = battery::fetch::<D>(&mut transaction, sql::RECOVER, values).await;
        let recovered = rows::recovered(&rows.map_err(BackendError::new)?);
        transaction.commit().await.map_err(BackendError::new)?;
        Ok(recovered)
    }

    /// Begins the transaction that stores the jobs of a schedule, unless another process has stored them.
    async fn begin_tick(
        &self,
        schedule: String,
        last: Millis,
        jobs: &[NewJob],
    ) -> Result<Option<Transaction<D>>, BackendError> {
        let new = jobs.last().map_or(last, |job| job.due);
        let mut transaction = self.pool.begin().await.map_err(BackendError::new)?;
        let values = vec![Value::Text(schedule), Value::Int(last), Value::Int(new)];
        let rows = battery::fetch::<D>(&mut transaction, sql::SET_TICK, values).await;
        let is_ours = !rows.map_err(BackendError::new)?.is_empty();
        Ok(is_ours.then_some(transaction))
    }

    async fn end(&self, receipt: &Receipt, end: End, now: Millis) -> Result<bool, BackendError> {
        let (statement, values) = ending(receipt, end, self.time(now), |due| self.time(due))?;
        Ok(!self.write(statement, values).await?.is_empty())
    }

    async fn requeue_one(&self, job: &JobId, now: Millis) -> Result<u64, BackendError> {
        let values = vec![id(job)?, Value::Int(self.time(now))];
        match self.write(sql::REQUEUE, values).await {
            Ok(rows) => match rows::first_text(rows) {
                Some(name) => {
                    self.announcements.add(&name);
                    Ok(1)
                }
                None => Ok(0),
            },
            Err(error) if error.to_string().contains("unique") => Err(BackendError::new(
                highball::Error::new(format!("another job has the unique key of {job}")),
            )),
            Err(error) => Err(error),
        }
    }

    async fn push_all(&self, jobs: Vec<NewJob>, now: Millis) -> Result<Vec<Pushed>, BackendError> {
        self.ready().await?;
        let mut pushed = Vec::with_capacity(jobs.len());
        let mut transaction = self.pool.begin().await.map_err(BackendError::new)?;
        for job in &jobs {
            pushed.push(self.insert(&mut transaction, job, now).await?);
        }
        transaction.commit().await.map_err(BackendError::new)?;
        Ok(pushed)
    }

    async fn insert(
        &self,
        transaction: &mut impl InTransaction<Database = D>,
        job: &NewJob,
        now: Millis,
    ) -> Result<Pushed, BackendError> {
        let inserted = insert(transaction, job, self.time(now), self.time(job.due)).await;
        inserted.map_err(BackendError::new)
    }
}

/// Stores a job in the transaction of a caller.
pub(crate) async fn insert<T: InTransaction>(
    transaction: &mut T,
    job: &NewJob,
    now: Millis,
    due: Millis,
) -> Result<Pushed, highball::Error> {
    if let (Some(key), Some(_)) = (&job.unique_key, job.unique_for) {
        let values = vec![text(&*job.name), text(key), Value::Int(now)];
        battery::fetch::<T::Database>(transaction, sql::FREE_KEY, values).await?;
    }
    let until = job.unique_for.map_or(0, |time| now + clamp(time));
    let values = vec![
        text(&*job.name),
        Value::Int(job.version.into()),
        text(&job.payload),
        Value::Int(due),
        optional(job.order_key.as_ref()),
        optional(job.unique_key.as_ref()),
        Value::Int(i64::from(job.unique_key.is_some())),
        Value::Int(until),
        Value::Int(now),
        text(&*job.producer),
        optional(job.trace.as_ref()),
        optional(job.limit_key.as_ref()),
    ];
    let rows = battery::fetch::<T::Database>(transaction, sql::INSERT, values).await?;
    let id = rows.first().and_then(|row| row.first()?.int());
    Ok(id.map_or(Pushed::Duplicate, |id| {
        Pushed::Stored(JobId::new(id.to_string()))
    }))
}

/// Marks a job as done in the transaction of its consumer. Returns whether the attempt still has its lease.
pub(crate) async fn finish<T: InTransaction>(
    transaction: &mut T,
    receipt: &Receipt,
    now: Millis,
) -> Result<bool, highball::Error> {
    let (statement, values) = ending(receipt, End::Done, now, |due| due)?;
    let rows = battery::fetch::<T::Database>(transaction, statement, values).await?;
    Ok(!rows.is_empty())
}

/// Returns the statement that ends an attempt, with its values.
fn ending(
    receipt: &Receipt,
    end: End,
    now: Millis,
    time: impl Fn(Millis) -> Millis,
) -> Result<(&'static str, Vec<Value>), BackendError> {
    let mut values = vec![id(&receipt.job)?, Value::Int(receipt.fence)];
    let statement = match end {
        End::Done => {
            values.push(Value::Int(now));
            sql::DONE_NOW
        }
        End::Park { reason } => {
            values.extend([Value::Int(now), Value::Text(reason)]);
            sql::PARK
        }
        End::Retry { due, reason } => {
            values.extend([Value::Int(time(due)), Value::Text(reason)]);
            sql::RETRY
        }
        End::Release { due } => {
            values.push(Value::Int(time(due)));
            sql::RELEASE
        }
    };
    Ok((statement, values))
}

/// Runs a statement, and returns its connection.
async fn run<D: Database>(
    mut conn: Lent<D>,
    statement: &'static str,
    values: Vec<Value>,
) -> Result<Rows, BackendError> {
    let rows = battery::fetch::<D>(&mut conn, statement, values).await;
    let rows = rows.map_err(BackendError::new)?;
    conn.release();
    Ok(rows)
}

fn system_millis() -> Millis {
    crate::time::millis(SystemTime::now())
}

fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 4)
}

/// Returns numbers as a JSON array.
fn array(numbers: &[impl fmt::Display]) -> String {
    let numbers = numbers.iter().map(ToString::to_string).collect::<Vec<_>>();
    format!("[{}]", numbers.join(","))
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn optional(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.clone()))
}

fn size(size: usize) -> Value {
    Value::Int(i64::try_from(size).unwrap_or(i64::MAX))
}

fn id(job: &JobId) -> Result<Value, BackendError> {
    let id = job.as_str().parse().map(Value::Int);
    id.map_err(|_| BackendError::new(highball::Error::new(format!("there is no job `{job}`"))))
}

impl<D: Database> fmt::Debug for Sql<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sql")
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}
