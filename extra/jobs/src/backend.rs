//! The contract of backends: where jobs are kept until they are done.
//!
//! [`Sql`](crate::Sql) is the backend in SQLite and PostgreSQL.

use std::{fmt, future::Future, pin::Pin, time::Duration};

pub use crate::{fault::Fault, requirements::Requirements};

/// The result of a method of a backend.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, BackendError>> + Send + 'a>>;

/// Milliseconds since 1970.
pub type Millis = i64;

/// Where jobs are kept until they are done. It delivers each one at least once.
///
/// Implement it for a broker of your own; the tests of the feature `conformance` show whether it keeps the
/// promises. `now` is the time of the server's clock, which tests can move. Leases follow the clock of the system.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Sql, backend::Backend};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let backend = Sql::new(&Pool::<Shop>::memory().build());
/// backend.prepare().await?;
/// assert!(backend.counts().await?.is_empty());
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub trait Backend: Send + Sync + 'static {
    /// Returns the name, which errors and the console contain.
    fn name(&self) -> String;

    /// Connects, and creates what is missing: tables, queues.
    fn prepare(&self) -> Work<'_, ()>;

    /// Prepares for a consumer at the start of its worker.
    ///
    /// A backend that cannot keep what the consumer requires returns an error with a sentence about it.
    fn accept(&self, consumer: Requirements) -> Work<'_, ()> {
        let _ = consumer;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Stores jobs. They survive a crash when this returns.
    ///
    /// The results are in the order of the jobs. A job whose unique key is taken is not stored.
    fn push(&self, jobs: Vec<NewJob>, now: Millis) -> Work<'_, Vec<Pushed>>;

    /// Gives up to `claim.most` jobs to a worker, for the time of the lease, and counts an attempt of each.
    fn claim(&self, claim: Claim, now: Millis) -> Work<'_, Vec<Claimed>>;

    /// Makes the leases of a worker last until `now + lease`, and returns those that it still has. Those of `stuck`
    /// are left to their end.
    fn renew(&self, worker: String, stuck: Vec<JobId>, lease: Duration) -> Work<'_, Vec<JobId>>;

    /// Ends an attempt. Returns whether it was still that of this worker: if its lease has ended, another one may run.
    fn settle(&self, receipt: Receipt, end: End, now: Millis) -> Work<'_, bool>;

    /// Counts a crash for each job whose lease has ended, and makes it available again, or parks it.
    fn recover(&self, limits: Limits, now: Millis) -> Work<'_, Recovered>;

    /// Returns the result of a step that an earlier attempt has done.
    fn step(&self, job: JobId, name: String) -> Work<'_, Option<String>>;

    /// Stores the result of a step, if the attempt still has its lease.
    fn keep_step(&self, receipt: Receipt, name: String, result: String) -> Work<'_, bool>;

    /// Returns how many jobs there are, by name and state.
    fn counts(&self) -> Work<'_, Vec<Count>>;

    /// Returns unfinished or parked jobs of a name, the oldest first.
    fn list(&self, name: String, state: State, most: usize) -> Work<'_, Vec<Listed>>;

    /// Makes parked jobs available again: one, or up to `most` of a name. Returns how many.
    fn requeue(&self, which: Which, now: Millis) -> Work<'_, u64>;

    /// Deletes jobs that were finished before `before`. Returns how many.
    fn prune(&self, name: String, before: Millis) -> Work<'_, u64>;

    /// Returns the time of the last run of a schedule that was queued. The first call stores `now`.
    fn last_tick(&self, schedule: String, now: Millis) -> Work<'_, Millis>;

    /// Stores the jobs of a schedule, and the time of the last one, if `last` is still the time of the last one.
    /// Of all processes that call it with the same `last`, one succeeds.
    fn tick(
        &self,
        schedule: String,
        last: Millis,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Work<'_, bool>;

    /// Waits until a job of another process may be available. A backend without messages never returns.
    fn changed(&self) -> Work<'_, Vec<String>> {
        Box::pin(std::future::pending())
    }

    /// Returns a second connection, on which a separate thread renews leases.
    ///
    /// A handler that blocks a thread of the runtime must not hinder the renewal of others.
    fn for_renewal(&self) -> Option<Box<dyn Backend>> {
        None
    }
}

/// A job to store.
#[derive(Debug, Clone, Default)]
pub struct NewJob {
    /// The identity, if the job already has one because another backend passes it on.
    pub id: Option<JobId>,
    /// The name of the job.
    pub name: &'static str,
    /// The version of the payload.
    pub version: u32,
    /// The JSON of the job.
    pub payload: String,
    /// The key of jobs that run one after another.
    pub order_key: Option<String>,
    /// The key of which there is one job at a time.
    pub unique_key: Option<String>,
    /// For how many milliseconds the unique key is taken at least.
    pub unique_for: Option<u64>,
    /// When it may run first.
    pub due: Millis,
    /// The route or consumer that has published it.
    pub producer: &'static str,
    /// The `traceparent` of the request that has published it.
    pub trace: Option<String>,
}

/// Whether a job that was pushed is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It is stored under this id.
    Stored(JobId),
    /// It is not stored, because another one has its unique key.
    Duplicate,
}

impl Pushed {
    /// Returns the id, if the job was stored.
    pub fn id(&self) -> Option<&JobId> {
        match self {
            Self::Stored(id) => Some(id),
            Self::Duplicate => None,
        }
    }
}

/// The identity of a job, which is the same in each attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(String);

impl JobId {
    /// Creates an id of a backend.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The jobs that a worker takes.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The name of the jobs.
    pub name: &'static str,
    /// The newest version that it can read.
    pub version: u32,
    /// The most jobs.
    pub most: usize,
    /// Whether it takes a job that has crashed, of which one runs at a time.
    pub suspect: bool,
    /// The most jobs of this name that may start in a second, in all processes.
    pub rate: Option<u32>,
    /// The worker.
    pub worker: String,
    /// The time until the lease ends.
    pub lease: Duration,
}

/// The right to end an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// The job.
    pub job: JobId,
    /// It grows with each attempt, so that a later one shuts the earlier one out.
    pub fence: i64,
}

/// A job that a worker has.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The right to end the attempt.
    pub receipt: Receipt,
    /// The version of the payload.
    pub version: u32,
    /// The JSON of the job.
    pub payload: String,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// How many attempts have ended with their process, or without a renewal of the lease.
    pub crashes: u32,
    /// When it was stored.
    pub created: Millis,
    /// When it could run first.
    pub due: Millis,
    /// The route or consumer that has published it.
    pub producer: String,
    /// The `traceparent` of the request that has published it.
    pub trace: Option<String>,
}

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The job is done.
    Done,
    /// It runs again at this time.
    Retry {
        /// When it runs again.
        due: Millis,
        /// Why it has not succeeded.
        reason: String,
    },
    /// It runs again at this time, as if this attempt had not begun.
    Release {
        /// When it runs again.
        due: Millis,
    },
    /// It is parked, because it cannot succeed.
    Park {
        /// Why it cannot.
        reason: String,
    },
}

/// When a job that has crashed is parked.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The name of the jobs.
    pub name: &'static str,
    /// The most crashes.
    pub crashes: u32,
    /// The most attempts.
    pub attempts: u32,
    /// For how long a job with one crash waits; with each further one the time doubles.
    pub pause: Duration,
}

/// How many jobs have lost their lease.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// They run again.
    pub available: u64,
    /// They are parked.
    pub parked: u64,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits for a worker, or for its time.
    Waiting,
    /// A worker has it.
    Running,
    /// It is done.
    Done,
    /// It has not succeeded, and does not run again by itself.
    Parked,
}

impl State {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Parked];
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Parked => "parked",
        })
    }
}

/// How many jobs of a name are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The name of the jobs.
    pub name: String,
    /// Their state.
    pub state: State,
    /// Their number.
    pub jobs: u64,
    /// When the oldest of them was stored.
    pub oldest: Millis,
}

/// A job in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The job.
    pub id: JobId,
    /// The version of the payload.
    pub version: u32,
    /// The JSON of the job, with all its fields.
    pub payload: String,
    /// How many attempts have begun.
    pub attempts: u32,
    /// How many of them have ended with their process.
    pub crashes: u32,
    /// When it was stored.
    pub created: Millis,
    /// When it may run.
    pub due: Millis,
    /// Why the last attempt has not succeeded.
    pub reason: Option<String>,
    /// The route or consumer that has published it.
    pub producer: String,
}

/// Which parked jobs run again.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one with this id.
    One(JobId),
    /// Those of this name, up to this number, the oldest first.
    Some(String, usize),
}

/// Why a backend has failed.
#[derive(Debug)]
pub struct BackendError(highball::Error, Fault);

impl BackendError {
    /// Creates an error from that of a driver.
    #[track_caller]
    pub fn new(error: impl Into<highball::Error>) -> Self {
        Self(error.into(), Fault::Other)
    }

    /// Creates an error of a kind that publishers can tell apart.
    #[track_caller]
    pub fn of(fault: Fault, error: impl Into<highball::Error>) -> Self {
        Self(error.into(), fault)
    }

    /// Returns the kind of the failure.
    pub fn fault(&self) -> Fault {
        self.1
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for BackendError {}
