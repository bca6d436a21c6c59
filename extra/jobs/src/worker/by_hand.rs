//! A worker that a test drives.

use std::{fmt, sync::Arc, time::Duration};

use highball::clock::Clock;
use tokio::task::JoinSet;

use super::{Worker, Workers};
use crate::cron::Times;

impl<S: Send + Sync + 'static> Workers<S> {
    /// Returns a worker that runs jobs when a test calls it, with the clock of the test.
    pub fn by_hand(self, clock: &Clock) -> WorkerByHand<S> {
        self.jobs.follow(clock);
        WorkerByHand {
            worker: Arc::new(Worker::new(self)),
            clock: clock.clone(),
        }
    }
}

/// A worker for tests, which runs jobs when it is called. [`Workers::by_hand`] returns it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::Clock};
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Job, Jobs, Retry, WorkerByHand, consumer};
/// use serde::{Deserialize, Serialize};
///
/// database!(Shop: Sqlite);
///
/// #[derive(Clone, State)]
/// struct AppState {
///     jobs: Jobs,
/// }
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("report")]
/// struct Report {
///     day: u32,
/// }
///
/// #[consumer(timeout = mins(5), from = outside)]
/// async fn write_report(report: Report) -> Result<(), Retry> {
///     match report.day {
///         0 => Err(Retry::never("there is no day 0")),
///         _ => Ok(()),
///     }
/// }
///
/// #[routes(app, jobs(write_report))]
/// struct Api();
///
/// # highball::block_on(async {
/// let jobs = Jobs::new(&Pool::<Shop>::memory().build());
/// let state = AppState { jobs: jobs.clone() };
/// let worker: WorkerByHand<AppState> = jobs.workers(Api, &state).by_hand(&Clock::new().handle());
/// jobs.push(Report { day: 0 }).await?;
/// jobs.push(Report { day: 1 }).await?;
/// assert_eq!(worker.run_due().await?, 2);
/// assert_eq!(jobs.parked::<Report>(10).await?.len(), 1);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct WorkerByHand<S> {
    worker: Arc<Worker<S>>,
    clock: Clock,
}

impl<S: Send + Sync + 'static> WorkerByHand<S> {
    /// Runs jobs until none is due, those of schedules among them, and returns the number of attempts.
    ///
    /// A retry is due after its pause: move the clock, and call this again.
    ///
    /// # Errors
    /// Returns an error if the backend fails, or if a schedule is invalid.
    ///
    /// # Cancel safety
    /// If the future is dropped, jobs that run are dropped, and their leases end.
    pub async fn run_due(&self) -> highball::Result<usize> {
        let worker = &self.worker;
        worker.prepare().await?;
        let mut attempts = 0;
        loop {
            self.queue_scheduled().await?;
            worker.jobs.relay_due().await?;
            worker.recover(Duration::ZERO, Duration::ZERO).await?;
            let mut running = JoinSet::new();
            for idx in 0..worker.consumers.len() {
                let at_once = worker.consumers[idx].options.at_once;
                for job in worker.claim(idx, at_once).await? {
                    running.spawn(Arc::clone(worker).perform(idx, job, self.clock.clone()));
                }
            }
            if running.is_empty() {
                return Ok(attempts);
            }
            attempts += running.len();
            while let Some(ended) = running.join_next().await {
                ended?;
            }
        }
    }

    async fn queue_scheduled(&self) -> highball::Result {
        for consumer in &self.worker.consumers {
            if let Some(schedule) = consumer.schedule {
                let times = Times::new(schedule.cron, schedule.zone);
                let times = times.map_err(highball::Error::new)?;
                self.worker.tick(consumer.name(), &schedule, &times).await?;
            }
        }
        Ok(())
    }
}

impl<S> fmt::Debug for WorkerByHand<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerByHand")
            .field("jobs", &self.worker.jobs)
            .finish_non_exhaustive()
    }
}
