//! When jobs have run.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use crate::{Failure, PAUSE, SINGLE, WAITING};

/// How long a part of a measurement may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Returns microseconds since the start of the process, for the payload of a job.
pub fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = START.get_or_init(Instant::now);
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// When each job was published and has run.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<Vec<(u64, u64)>>>);

impl Tally {
    /// Notes that a job runs that was published at a time.
    pub fn runs(&self, published: u64) {
        self.jobs().push((published, now()));
    }

    fn jobs(&self) -> MutexGuard<'_, Vec<(u64, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reach(&self, number: usize) -> Result<(), Failure> {
        let begun = Instant::now();
        while self.jobs().len() < number {
            if begun.elapsed() > LIMIT {
                let ran = self.jobs().len();
                return Err(Failure::new(format!("{ran} of {number} jobs have run")));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Waits for the jobs that were stored before, and then publishes single ones.
    pub async fn measure<P>(&self, publish: P) -> Result<Measured, Failure>
    where
        P: AsyncFn() -> Result<(), Failure>,
    {
        self.reach(WAITING).await?;
        let jobs = std::mem::take(&mut *self.jobs());
        let ran = || jobs.iter().map(|(_, ran)| *ran);
        let first = ran().min().unwrap_or_default();
        let took = ran().max().unwrap_or_default() - first;
        // Jobs that end need a moment more.
        tokio::time::sleep(Duration::from_secs(1)).await;
        for _ in 0..SINGLE {
            let next = tokio::time::Instant::now() + PAUSE;
            publish().await?;
            tokio::time::sleep_until(next).await;
        }
        self.reach(SINGLE).await?;
        let jobs = std::mem::take(&mut *self.jobs());
        let mut waits = jobs
            .iter()
            .map(|(published, ran)| ran - published)
            .collect::<Vec<_>>();
        waits.sort_unstable();
        Ok(Measured {
            rate: WAITING as u64 * 1_000_000 / took.max(1),
            median: waits[waits.len() / 2],
            p99: waits[waits.len() * 99 / 100],
        })
    }
}

/// The figures: jobs per second, and waits in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    rate: u64,
    median: u64,
    p99: u64,
}

impl Measured {
    /// Returns the median of each figure.
    pub fn median(rounds: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> u64| {
            let mut figures = rounds.iter().map(figure).collect::<Vec<_>>();
            figures.sort_unstable();
            figures[figures.len() / 2]
        };
        Self {
            rate: middle(|round| round.rate),
            median: middle(|round| round.median),
            p99: middle(|round| round.p99),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = |micros: u64| format!("{}.{} ms", micros / 1000, micros / 100 % 10);
        write!(
            f,
            "{} | {} | {}",
            self.rate,
            tenths(self.median),
            tenths(self.p99)
        )
    }
}
