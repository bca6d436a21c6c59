//! A name of jobs that no other test uses, and calls of a backend for it.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::backend::{
    Backend, Claim, Claimed, End, JobId, Limits, Millis, NewJob, Pushed, Recovered, State,
};

/// A lease that no test waits for.
const LONG: Duration = Duration::from_secs(60);

/// The jobs of one name in a backend.
#[derive(Clone)]
pub(super) struct Queue {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) name: &'static str,
    pub(super) now: Millis,
}

impl Queue {
    pub(super) async fn new(backend: Arc<dyn Backend>) -> Self {
        backend.prepare().await.unwrap();
        let random = RandomState::new().hash_one(0_u8);
        Self {
            backend,
            name: format!("test-{random:016x}").leak(),
            now: crate::time::millis(SystemTime::now()),
        }
    }

    /// Returns a job that is due now.
    pub(super) fn job(&self, payload: &str) -> NewJob {
        NewJob {
            name: self.name.into(),
            version: 1,
            payload: payload.to_owned(),
            due: self.now,
            producer: "test".into(),
            ..NewJob::default()
        }
    }

    pub(super) async fn push(&self, job: NewJob) -> Pushed {
        let pushed = self.backend.push(vec![job], self.now).await.unwrap();
        pushed.into_iter().next().unwrap()
    }

    /// Publishes jobs with these payloads.
    pub(super) async fn push_all(&self, payloads: &[&str]) {
        let jobs = payloads.iter().map(|payload| self.job(payload)).collect();
        self.backend.push(jobs, self.now).await.unwrap();
    }

    pub(super) fn ask(&self, most: usize) -> Claim {
        Claim {
            name: self.name,
            version: 1,
            most,
            suspect: false,
            rate: None,
            limit: None,
            worker: format!("worker of {}", self.name),
            lease: LONG,
        }
    }

    pub(super) async fn claim_as(&self, claim: Claim) -> Vec<Claimed> {
        self.backend.claim(claim, self.now).await.unwrap()
    }

    pub(super) async fn claim(&self, most: usize) -> Vec<Claimed> {
        self.claim_as(self.ask(most)).await
    }

    pub(super) async fn claim_suspect(&self) -> Vec<Claimed> {
        let suspect = true;
        self.claim_as(Claim {
            suspect,
            ..self.ask(9)
        })
        .await
    }

    /// Claims jobs whose lease ends at once.
    pub(super) async fn claim_briefly(&self, most: usize) -> Vec<Claimed> {
        let lease = Duration::from_millis(1);
        let claimed = self
            .claim_as(Claim {
                lease,
                ..self.ask(most)
            })
            .await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        claimed
    }

    /// Returns the payloads of up to 100 claimed jobs.
    pub(super) async fn payloads(&self) -> Vec<String> {
        let claimed = self.claim(100).await;
        claimed.into_iter().map(|job| job.payload).collect()
    }

    pub(super) async fn settle(&self, job: &Claimed, end: End) -> bool {
        let receipt = job.receipt.clone();
        self.backend.settle(receipt, end, self.now).await.unwrap()
    }

    pub(super) async fn done(&self, job: &Claimed) {
        assert!(self.settle(job, End::Done).await);
    }

    pub(super) async fn recover(&self) -> Recovered {
        let limits = Limits {
            name: self.name,
            crashes: 3,
            attempts: 12,
            pause: Duration::ZERO,
            lease: Duration::ZERO,
        };
        self.backend.recover(limits, self.now).await.unwrap()
    }

    /// Returns the ids of jobs in a state.
    pub(super) async fn ids(&self, state: State) -> Vec<JobId> {
        let listed = self.backend.list(self.name.to_owned(), state, 100);
        listed
            .await
            .unwrap()
            .into_iter()
            .map(|job| job.id)
            .collect()
    }

    /// Returns whether a time is that of the tests. A backend may have a separate clock.
    pub(super) fn is_now(&self, time: Millis) -> bool {
        (time - self.now).abs() < 1000
    }

    /// Returns the same jobs at a later time.
    pub(super) fn later(&self, time: Duration) -> Self {
        Self {
            now: self.now + crate::time::duration(time),
            ..self.clone()
        }
    }
}

/// Returns the end of a failed attempt.
pub(super) fn park() -> End {
    End::Park {
        reason: "it cannot succeed".to_owned(),
    }
}
