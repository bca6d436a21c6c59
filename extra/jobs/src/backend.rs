//! The contract of backends: where jobs are kept until they are done.
//!
//! [`Sql`](crate::Sql) is the backend in SQLite and PostgreSQL.

mod data;
mod steady;

use std::{future::Future, pin::Pin, time::Duration};

pub use self::data::{
    Claim, Claimed, Count, End, JobId, Limits, Listed, NewJob, Pushed, Receipt, Recovered, State,
    Which,
};
pub use self::steady::Steady;
pub use crate::{
    fault::{BackendError, Fault},
    requirements::Requirements,
};

/// The result of a method of a backend.
///
/// # Examples
/// ```
/// use highball_jobs::backend::Work;
///
/// /// A method of a backend that has nothing to do.
/// fn nothing<'a>() -> Work<'a, ()> {
///     Box::pin(async { Ok(()) })
/// }
/// # let _ = nothing();
/// ```
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, BackendError>> + Send + 'a>>;

/// Milliseconds since 1970.
///
/// # Examples
/// ```
/// use highball_jobs::backend::Millis;
///
/// const SECOND: Millis = 1000;
/// # let _ = SECOND;
/// ```
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

    /// Returns the name of the database, if jobs can be published in its transactions.
    fn database(&self) -> Option<&'static str> {
        None
    }

    /// Returns the time of the backend's clock at this time of the process. The transaction of a publisher stores times
    /// of this clock.
    fn time(&self, now: Millis) -> Millis {
        now
    }

    /// Connects, and creates what is missing: tables, queues.
    fn prepare(&self) -> Work<'_, ()>;

    /// Creates what is missing for the jobs of a name. Workers call it at their start, and any use of a job does the
    /// same.
    fn declare(&self, name: &'static str) -> Work<'_, ()> {
        let _ = name;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Returns an error with a sentence if it cannot keep a promise of a job. It needs no connection: outboxes call it
    /// before they store a job that is pushed later.
    fn check_job(&self, job: &NewJob) -> Result<(), BackendError> {
        let _ = job;
        Ok(())
    }

    /// Returns an error with a sentence if it cannot keep what a consumer requires. It needs no connection: workers
    /// call it at their start.
    fn check_consumer(&self, consumer: &Requirements) -> Result<(), BackendError> {
        let _ = consumer;
        Ok(())
    }

    /// Returns whether it keeps [`NewJob::id`], and no two jobs of a name ever have the same identity, in all of its
    /// databases and after the restoration of a backup too.
    ///
    /// Consumers with a transaction then store the identity there, so that a second delivery has no effect.
    fn has_unique_ids(&self) -> bool {
        false
    }

    /// Stores jobs. They survive a crash when this returns.
    ///
    /// The results are in the order of the jobs. A job whose unique key is taken is not stored.
    fn push(&self, jobs: Vec<NewJob>, now: Millis) -> Work<'_, Vec<Pushed>>;

    /// Gives up to `claim.most` jobs to a worker, for the time of the lease, and counts an attempt of each.
    fn claim(&self, claim: Claim, now: Millis) -> Work<'_, Vec<Claimed>>;

    /// Makes the leases of these jobs of a worker last for this time from now on, and returns those that it still has.
    fn renew(&self, worker: String, jobs: Vec<JobId>, lease: Duration) -> Work<'_, Vec<JobId>>;

    /// Ends an attempt. Returns whether it was still that of this worker: if its lease has ended, another one may run.
    fn settle(&self, receipt: Receipt, end: End, now: Millis) -> Work<'_, bool>;

    /// Counts a crash for each job whose lease has ended, and makes it available again, or parks it.
    ///
    /// A lease that could not be renewed because the backend was away or busy is not counted.
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

    /// Waits until a job of another process may be available, and returns its name. An empty list means any name,
    /// such as after a lost connection. A backend without messages never returns.
    ///
    /// One task of a process calls this, and workers look for jobs in any case, though less often.
    fn changed(&self) -> Work<'_, Vec<String>> {
        Box::pin(std::future::pending())
    }

    /// Reports to other processes that a job was stored, so that their [`changed`](Self::changed) returns its name.
    ///
    /// It returns at once, because responses wait for it. A message that is lost costs the wait for the next poll.
    fn announce(&self, _name: &'static str) {}

    /// Returns a second connection, on which a separate thread renews leases.
    ///
    /// A handler that blocks a thread of the runtime must not hinder the renewal of others.
    fn for_renewal(&self) -> Option<Box<dyn Backend>> {
        None
    }
}
