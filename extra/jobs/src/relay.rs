//! Publishes the jobs of an outbox to a broker.
//!
//! A handler stores them in the database of the app, in its transaction. The relay takes these rows with a lease,
//! publishes each one under its identity, and deletes it after the confirm. If the process ends in between, another
//! relay takes the row after the lease, and the broker has the job twice with the same identity.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use highball::serve::Stopping;
use highball_db::{Database, Pool};
use tokio::{sync::Notify, task::JoinSet, time::timeout};

use crate::{
    Jobs,
    backend::{Backend, BackendError, Count, Fault, Millis, NewJob, Work},
    sql::SqlOutbox,
    time::{duration, first, random_part},
};

/// For how long a relay has a row. It must be longer than [`PATIENCE`].
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// How long a job may take until it is confirmed.
const PATIENCE: Duration = Duration::from_secs(8);

/// The most rows that are published at once.
const BATCH: usize = 64;

/// The longest pause between two looks for rows of processes that have ended.
const POLL: Duration = Duration::from_secs(1);

/// The longest pause between two tries while the broker takes no jobs.
const TRY: Duration = Duration::from_millis(500);

/// The shortest time between two reports of a failure.
const REPORT: Duration = Duration::from_secs(60);

/// For how long a row waits that the broker could not take.
const PAUSE: Duration = Duration::from_secs(2);

/// For how long a row waits whose own job is at fault. It must not hold up the others.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// How long the jobs of the last requests may take at the stop.
pub(crate) const FLUSH: Duration = Duration::from_secs(3);

/// A job of an outbox.
#[derive(Debug)]
pub(crate) struct Row {
    /// The number of the row.
    pub(crate) seq: i64,
    /// When it was stored.
    pub(crate) created: Millis,
    /// The job, with its identity.
    pub(crate) job: NewJob,
}

/// A table of jobs that wait for their publication, and the schedules that add to it.
pub(crate) trait OutboxTable: Send + Sync {
    /// Returns the name of the database.
    fn database(&self) -> &'static str;
    /// Creates the table, if it is missing.
    fn prepare(&self) -> Work<'_, ()>;
    /// Returns the time of the database at this time of the process.
    fn time(&self, now: Millis) -> Millis;
    /// Gives rows to a relay for the time of [`LEASE`].
    fn take(&self, most: usize, now: Millis) -> Work<'_, Vec<Row>>;
    /// Deletes rows that were published.
    fn remove(&self, rows: Vec<i64>) -> Work<'_, ()>;
    /// Lets rows wait until a time.
    fn put_back(&self, rows: Vec<i64>, next: Millis) -> Work<'_, ()>;
    /// Returns how many jobs wait, by name.
    fn counts(&self) -> Work<'_, Vec<Count>>;
    /// As [`Backend::last_tick`].
    fn last_tick(&self, schedule: String, now: Millis) -> Work<'_, Millis>;
    /// As [`Backend::tick`].
    fn tick(
        &self,
        schedule: String,
        last: Millis,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Work<'_, bool>;
}

/// An outbox in the database of the app, from which jobs are published to a broker.
pub(crate) struct Relay {
    pub(crate) table: Box<dyn OutboxTable>,
    /// A permit if there may be a row.
    pub(crate) wake: Notify,
}

/// The result of one round of the relay.
#[derive(Debug, Default)]
struct Round {
    taken: usize,
    sent: Vec<i64>,
    failed: Vec<i64>,
    /// The rows whose jobs are at fault.
    refused: Vec<i64>,
    error: Option<BackendError>,
    /// Whether no job could be published.
    is_away: bool,
}

impl Relay {
    pub(crate) fn new<D: Database>(pool: &Pool<D>) -> Self {
        Self {
            table: Box::new(SqlOutbox::new(pool)),
            wake: Notify::new(),
        }
    }

    /// Publishes up to `most` rows. An error of the round is that of the database.
    async fn publish(&self, jobs: &Jobs, most: usize) -> Result<Round, BackendError> {
        let mut round = Round::default();
        let rows = self.table.take(most, jobs.now()).await?;
        round.taken = rows.len();
        let mut tasks = JoinSet::new();
        for row in rows {
            tasks.spawn(publish(Arc::clone(jobs.backend()), row));
        }
        while let Some(published) = tasks.join_next().await {
            let (seq, name, outcome) = published.map_err(BackendError::new)?;
            match outcome {
                Ok(()) => {
                    round.sent.push(seq);
                    jobs.line(&name).wake.notify_one();
                }
                Err(error) => {
                    match is_away(&error) {
                        true => round.failed.push(seq),
                        false => round.refused.push(seq),
                    }
                    round.is_away |= is_away(&error);
                    round.error = Some(error);
                }
            }
        }
        self.store(jobs, &round).await?;
        Ok(round)
    }

    async fn store(&self, jobs: &Jobs, round: &Round) -> Result<(), BackendError> {
        if !round.sent.is_empty() {
            self.table.remove(round.sent.clone()).await?;
        }
        for (rows, pause) in [(&round.failed, PAUSE), (&round.refused, LONG_PAUSE)] {
            if !rows.is_empty() {
                let next = jobs.now() + duration(pause);
                self.table.put_back(rows.clone(), next).await?;
            }
        }
        Ok(())
    }
}

/// Returns whether other jobs would fail as well.
fn is_away(error: &BackendError) -> bool {
    matches!(
        error.fault(),
        Fault::Blocked | Fault::Disconnected | Fault::Unconfirmed
    )
}

/// Publishes a row, and returns when the broker has confirmed it.
async fn publish(
    backend: Arc<dyn Backend>,
    mut row: Row,
) -> (i64, String, Result<(), BackendError>) {
    let name = row.job.name.to_string();
    // It is due by the clock of the app, which the broker does not have.
    row.job.due = 0;
    let pushed = backend.push(vec![row.job], row.created);
    let outcome = match timeout(PATIENCE, pushed).await {
        Ok(pushed) => pushed.map(drop),
        Err(_) => Err(BackendError::of(
            Fault::Unconfirmed,
            highball::Error::new(format!("it was not confirmed within {PATIENCE:?}")),
        )),
    };
    (row.seq, name, outcome)
}

impl Jobs {
    /// Publishes the jobs of the outbox until a stop begins.
    pub(crate) async fn relay(&self, stopping: Stopping) -> highball::Result {
        let Some(relay) = self.outbox() else {
            return Ok(());
        };
        let (mut has_failed, mut reported) = (false, None::<Instant>);
        while !stopping.has_begun() {
            // A broker that takes no jobs is tried with one of them.
            let most = if has_failed { 1 } else { BATCH };
            let outcome = relay.publish(self, most).await;
            let (taken, is_away, error) = match outcome {
                Ok(round) => (round.taken, round.is_away, round.error),
                Err(error) => (0, true, Some(error)),
            };
            if let Some(error) = &error
                && reported.is_none_or(|at| at.elapsed() > REPORT)
            {
                let database = relay.table.database();
                eprintln!("jobs wait in the outbox of `{database}`: {error}");
                reported = Some(Instant::now());
            }
            // An empty round shows nothing about the broker.
            has_failed = is_away || has_failed && taken == 0;
            if !has_failed && taken > 0 {
                continue;
            }
            self.wait(relay, &stopping, has_failed).await;
        }
        Ok(())
    }

    async fn wait(&self, relay: &Relay, stopping: &Stopping, has_failed: bool) {
        let pause = if has_failed { TRY } else { POLL };
        let woken = pin!(async {
            match has_failed {
                true => std::future::pending().await,
                false => relay.wake.notified().await,
            }
        });
        let polled = pin!(tokio::time::sleep(pause / 2 + random_part(pause / 2)));
        first([woken, polled, pin!(stopping.clone())]).await;
    }

    /// Publishes the jobs of the outbox until none is due.
    pub(crate) async fn relay_due(&self) -> Result<(), BackendError> {
        let Some(relay) = self.outbox() else {
            return Ok(());
        };
        loop {
            let round = relay.publish(self, BATCH).await?;
            if let Some(error) = round.error {
                return Err(error);
            }
            if round.taken == 0 {
                return Ok(());
            }
        }
    }

    /// Publishes the jobs of the last requests. If this fails, the next process publishes them.
    pub(crate) async fn flush(&self) -> highball::Result {
        drop(timeout(FLUSH, self.relay_due()).await);
        Ok(())
    }
}
