//! Queues of one test, which are deleted at its end, and calls of a backend for them.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, Instant, SystemTime},
};

use highball_faults::{Backend as Kind, Proxy, url_of};
use highball_jobs::backend::{
    Backend as _, BackendError, Claim, Claimed, End, Limits, Millis, NewJob, Pushed, Recovered,
    Requirements,
};
use highball_jobs_amqp::{Amqp, Builder};
use lapin::{Channel, Connection, ConnectionProperties};

/// The name of jobs.
pub(crate) const JOB: &str = "work";

/// Queues with a prefix that no other test has.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) prefix: String,
    amqp: Amqp,
}

impl Place {
    /// Returns a place on the broker of the developer, if there is one.
    pub(crate) async fn new() -> Option<Self> {
        Some(Self::at(url_of(Kind::Amqp)?))
    }

    pub(crate) fn at(url: String) -> Self {
        let random = RandomState::new().hash_one(0_u8);
        let prefix = format!("test-{random:016x}");
        let amqp = Amqp::at(&url).prefix(&prefix).build().expect("a URL");
        Self { url, prefix, amqp }
    }

    /// Returns the backend whose queues are deleted at the end.
    pub(crate) fn amqp(&self) -> Amqp {
        self.amqp.clone()
    }

    /// Returns the settings of another process.
    pub(crate) fn settings(&self) -> Builder {
        self.settings_at(&self.url)
    }

    pub(crate) fn settings_at(&self, url: &str) -> Builder {
        Amqp::at(url).prefix(&self.prefix)
    }

    pub(crate) fn queue(&self) -> String {
        format!("{}.{JOB}", self.prefix)
    }

    /// Starts a proxy of the broker, and returns the URL through it.
    pub(crate) fn proxy(&self) -> (Proxy, String) {
        let after = self.url.split('@').nth(1).expect("a user");
        let addr = after.split('/').next().expect("a host");
        let proxy = Proxy::start(addr.parse().expect("an address"));
        let url = self.url.replace(addr, &proxy.addr().to_string());
        (proxy, url)
    }

    /// Returns a channel of an operator.
    pub(crate) async fn channel(&self) -> Channel {
        let conn = Connection::connect(&self.url, ConnectionProperties::default()).await;
        conn.unwrap().create_channel().await.unwrap()
    }
}

/// Deletes the queues, also after a failure of the test, and unless its broker has gone.
impl Drop for Place {
    fn drop(&mut self) {
        std::thread::scope(|scope| {
            let delete = || {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().build().expect("a runtime");
                runtime.block_on(async {
                    for name in [JOB, "points"] {
                        drop(self.amqp.declare(name).await);
                    }
                    drop(self.amqp.delete_queues().await);
                });
            };
            scope.spawn(delete);
        });
    }
}

pub(crate) fn requirements() -> Requirements {
    Requirements {
        timeout: Some(Duration::from_secs(30)),
        ..Requirements::of(JOB)
    }
}

/// Returns a job that is due now.
pub(crate) fn job(payload: &str) -> NewJob {
    NewJob {
        name: JOB.into(),
        version: 1,
        payload: payload.to_owned(),
        due: now(),
        producer: "test".into(),
        ..NewJob::default()
    }
}

pub(crate) fn now() -> Millis {
    let time = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Millis::try_from(time.as_millis()).unwrap()
}

pub(crate) async fn push(amqp: &Amqp, job: NewJob) -> Result<Vec<Pushed>, BackendError> {
    amqp.push(vec![job], now()).await
}

pub(crate) fn ask(most: usize) -> Claim {
    Claim {
        name: JOB,
        version: 1,
        most,
        suspect: false,
        rate: None,
        limit: None,
        worker: "a worker".to_owned(),
        lease: Duration::from_secs(60),
    }
}

pub(crate) async fn claim(amqp: &Amqp, claim: Claim) -> Vec<Claimed> {
    amqp.claim(claim, now()).await.unwrap()
}

/// Claims until there is a job, and returns the time of the wait.
pub(crate) async fn wait(amqp: &Amqp, ask: Claim) -> (Claimed, Duration) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        // The connection may be lost.
        if let Ok(mut claimed) = amqp.claim(ask.clone(), now()).await
            && let Some(claimed) = claimed.pop()
        {
            return (claimed, begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no job came");
}

pub(crate) async fn settle(amqp: &Amqp, claimed: &Claimed, end: End) -> bool {
    amqp.settle(claimed.receipt.clone(), end, now())
        .await
        .unwrap()
}

pub(crate) async fn recover(amqp: &Amqp) -> Recovered {
    let limits = Limits {
        name: JOB,
        crashes: 3,
        attempts: 12,
        pause: Duration::ZERO,
        lease: Duration::ZERO,
    };
    amqp.recover(limits, now()).await.unwrap()
}
