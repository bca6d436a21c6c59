//! A backend whose reports of jobs a test sends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use highball_jobs::backend::{
    Backend, BackendError, Claim, Claimed, Count, End, JobId, Limits, Listed, Millis, NewJob,
    Pushed, Receipt, Recovered, State, Which, Work,
};
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// A report: names of jobs, or a failure.
pub(crate) type Report = Result<Vec<String>, &'static str>;

/// Another backend, whose reports a test sends.
pub(crate) struct Reporting<B> {
    backend: B,
    reports: Mutex<UnboundedReceiver<Report>>,
    calls: Arc<Calls>,
}

/// How often the worker has called methods.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) claims: AtomicUsize,
    /// For how many milliseconds a claim is on the way back, and one of jobs that have crashed.
    pub(crate) delays: [AtomicU64; 2],
    pub(crate) waits: AtomicUsize,
}

impl Calls {
    /// Waits until a count has reached a number.
    pub(crate) async fn reach(count: &AtomicUsize, number: usize) {
        let reached = async {
            while count.load(Relaxed) < number {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), reached).await;
        waited.unwrap_or_else(|_| panic!("{} of {number} calls", count.load(Relaxed)));
    }
}

impl<B> Reporting<B> {
    pub(crate) fn new(backend: B) -> (Self, UnboundedSender<Report>, Arc<Calls>) {
        let (send, receive) = unbounded_channel();
        let calls = Arc::<Calls>::default();
        let reporting = Self {
            backend,
            reports: Mutex::new(receive),
            calls: Arc::clone(&calls),
        };
        (reporting, send, calls)
    }
}

#[rustfmt::skip]
impl<B: Backend> Backend for Reporting<B> {
    fn name(&self) -> String {
        self.backend.name()
    }

    fn claim(&self, claim: Claim, now: Millis) -> Work<'_, Vec<Claimed>> {
        Box::pin(async move {
            let delay = &self.calls.delays[usize::from(claim.suspect)];
            let claimed = self.backend.claim(claim, now).await;
            self.calls.claims.fetch_add(1, Relaxed);
            tokio::time::sleep(Duration::from_millis(delay.load(Relaxed))).await;
            claimed
        })
    }

    /// Fails at once when the test has dropped the other end.
    fn changed(&self) -> Work<'_, Vec<String>> {
        Box::pin(async move {
            self.calls.waits.fetch_add(1, Relaxed);
            match self.reports.lock().await.recv().await {
                Some(Ok(names)) => Ok(names),
                Some(Err(reason)) => Err(BackendError::new(highball::Error::new(reason))),
                None => Err(BackendError::new(highball::Error::new("no further reports"))),
            }
        })
    }

    fn prepare(&self) -> Work<'_, ()> {
        self.backend.prepare()
    }

    fn push(&self, jobs: Vec<NewJob>, now: Millis) -> Work<'_, Vec<Pushed>> {
        self.backend.push(jobs, now)
    }

    fn renew(&self, worker: String, jobs: Vec<JobId>, lease: Duration) -> Work<'_, Vec<JobId>> {
        self.backend.renew(worker, jobs, lease)
    }

    fn settle(&self, receipt: Receipt, end: End, now: Millis) -> Work<'_, bool> {
        self.backend.settle(receipt, end, now)
    }

    fn recover(&self, limits: Limits, now: Millis) -> Work<'_, Recovered> {
        self.backend.recover(limits, now)
    }

    fn step(&self, job: JobId, name: String) -> Work<'_, Option<String>> {
        self.backend.step(job, name)
    }

    fn keep_step(&self, receipt: Receipt, name: String, result: String) -> Work<'_, bool> {
        self.backend.keep_step(receipt, name, result)
    }

    /// The worker also wakes consumers whose jobs it has counted, so it never gets a count.
    fn counts(&self) -> Work<'_, Vec<Count>> {
        Box::pin(std::future::pending())
    }

    fn list(&self, name: String, state: State, most: usize) -> Work<'_, Vec<Listed>> {
        self.backend.list(name, state, most)
    }

    fn requeue(&self, which: Which, now: Millis) -> Work<'_, u64> {
        self.backend.requeue(which, now)
    }

    fn prune(&self, name: String, before: Millis) -> Work<'_, u64> {
        self.backend.prune(name, before)
    }

    fn last_tick(&self, schedule: String, now: Millis) -> Work<'_, Millis> {
        self.backend.last_tick(schedule, now)
    }

    fn tick(&self, schedule: String, last: Millis, jobs: Vec<NewJob>, now: Millis) -> Work<'_, bool> {
        self.backend.tick(schedule, last, jobs, now)
    }
}
