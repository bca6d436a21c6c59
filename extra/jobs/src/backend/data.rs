//! The data that workers and backends exchange.

use std::{borrow::Cow, fmt, time::Duration};

use super::Millis;

/// A job to store.
///
/// # Examples
/// ```
/// use highball_jobs::backend::NewJob;
///
/// let job = NewJob { name: "email".into(), version: 1, payload: "{}".to_owned(), ..NewJob::default() };
/// assert!(job.unique_key.is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct NewJob {
    /// The identity, if the job already has one because it comes from an outbox. A backend in a database ignores it.
    pub id: Option<JobId>,
    /// The name of the job.
    pub name: Cow<'static, str>,
    /// The version of the payload.
    pub version: u32,
    /// The JSON of the job.
    pub payload: String,
    /// The key of jobs that run one after another.
    pub order_key: Option<String>,
    /// The key of jobs of which a limited number runs at once.
    pub limit_key: Option<String>,
    /// The key of which there is one job at a time.
    pub unique_key: Option<String>,
    /// For how many milliseconds the unique key is taken at least.
    pub unique_for: Option<u64>,
    /// When it may run first.
    pub due: Millis,
    /// The route or consumer that has published it.
    pub producer: Cow<'static, str>,
    /// The `traceparent` of the request that has published it.
    pub trace: Option<String>,
}

/// Whether a job that was pushed is stored.
///
/// # Examples
/// ```
/// use highball_jobs::backend::{JobId, Pushed};
///
/// assert_eq!(Pushed::Stored(JobId::new("7")).id(), Some(&JobId::new("7")));
/// assert_eq!(Pushed::Duplicate.id(), None);
/// ```
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
///
/// # Examples
/// ```
/// use highball_jobs::backend::JobId;
///
/// assert_eq!(JobId::new("7").as_str(), "7");
/// ```
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
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_jobs::backend::Claim;
///
/// let claim = Claim {
///     name: "email",
///     version: 1,
///     most: 10,
///     suspect: false,
///     rate: None,
///     limit: None,
///     worker: "1".to_owned(),
///     lease: Duration::from_secs(30),
/// };
/// assert_eq!(claim.most, 10);
/// ```
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
    /// The most jobs of a limit key that run at once, in all processes.
    pub limit: Option<u32>,
    /// The worker.
    pub worker: String,
    /// The time until the lease ends.
    pub lease: Duration,
}

/// The right to end an attempt.
///
/// # Examples
/// ```
/// use highball_jobs::backend::{JobId, Receipt};
///
/// let (first, second) = (JobId::new("7"), JobId::new("7"));
/// assert_ne!(Receipt { job: first, fence: 1 }, Receipt { job: second, fence: 2 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// The job.
    pub job: JobId,
    /// It grows with each attempt, so that a later one shuts the earlier one out.
    pub fence: i64,
}

/// A job that a worker has.
///
/// # Examples
/// ```
/// use highball_jobs::backend::Claimed;
///
/// /// Returns whether the job has ended a process before.
/// fn is_suspect(job: &Claimed) -> bool {
///     job.crashes > 0
/// }
/// # let _ = is_suspect;
/// ```
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
///
/// # Examples
/// ```
/// use highball_jobs::backend::End;
///
/// let end = End::Park { reason: "there is no such address".to_owned() };
/// assert_ne!(end, End::Done);
/// ```
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
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_jobs::backend::Limits;
///
/// let (pause, lease) = (Duration::from_secs(1), Duration::from_secs(30));
/// let limits = Limits { name: "email", crashes: 3, attempts: 12, pause, lease };
/// assert!(limits.crashes < limits.attempts);
/// ```
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
    /// The time of the leases, which are renewed after a third of it.
    pub lease: Duration,
}

/// How many jobs have lost their lease.
///
/// # Examples
/// ```
/// use highball_jobs::backend::Recovered;
///
/// assert_eq!(Recovered::default(), Recovered { available: 0, parked: 0 });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// They run again.
    pub available: u64,
    /// They are parked.
    pub parked: u64,
}

/// The state of a job.
///
/// # Examples
/// ```
/// use highball_jobs::backend::State;
///
/// assert_eq!(State::Parked.to_string(), "parked");
/// ```
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
///
/// # Examples
/// ```
/// use highball_jobs::backend::{Count, State};
///
/// let count = Count { name: "email".to_owned(), state: State::Waiting, jobs: 3, oldest: 0 };
/// assert_eq!(count.jobs, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The name of the jobs.
    pub name: String,
    /// Their state.
    pub state: State,
    /// Their number.
    pub jobs: u64,
    /// When the oldest of them was stored. For those that wait, when the first of them can begin, which is in the
    /// future if all of them are delayed.
    pub oldest: Millis,
}

/// A job in a list.
///
/// # Examples
/// ```
/// use highball_jobs::backend::Listed;
///
/// fn line(job: &Listed) -> String {
///     format!("{} after {} attempts", job.id, job.attempts)
/// }
/// # let _ = line;
/// ```
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
///
/// # Examples
/// ```
/// use highball_jobs::backend::{JobId, Which};
///
/// let one = Which::One(JobId::new("7"));
/// let some = Which::Some("email".to_owned(), 100);
/// # let _ = (one, some);
/// ```
#[derive(Debug, Clone)]
pub enum Which {
    /// The one with this id.
    One(JobId),
    /// Those of this name, up to this number, the oldest first.
    Some(String, usize),
}
