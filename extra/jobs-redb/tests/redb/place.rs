//! A file of jobs for one test.

use std::{path::PathBuf, time::Duration};

use highball_faults::Folder;
use highball_jobs::backend::{Backend, Claim, Claimed, End, Limits, NewJob, Pushed, Recovered};
use highball_jobs_redb::Redb;

/// The time of the tests.
pub(crate) const NOW: i64 = 1_000_000;

/// A directory for the file.
pub(crate) struct Place(Folder);

impl Place {
    pub(crate) fn new() -> Self {
        Self(Folder::new())
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.file("jobs.redb")
    }

    pub(crate) fn open(&self) -> Redb {
        Redb::open(self.file()).expect("the file")
    }
}

pub(crate) fn job(payload: &str) -> NewJob {
    NewJob {
        name: "points".into(),
        version: 1,
        payload: payload.to_owned(),
        due: NOW,
        ..NewJob::default()
    }
}

pub(crate) async fn push(redb: &Redb, payload: &str) -> Pushed {
    let mut pushed = redb
        .push(vec![job(payload)], NOW)
        .await
        .expect("it is stored");
    pushed.remove(0)
}

pub(crate) fn asking(most: usize) -> Claim {
    Claim {
        name: "points",
        version: 1,
        most,
        suspect: false,
        rate: None,
        limit: None,
        worker: "worker".to_owned(),
        lease: Duration::from_secs(60),
    }
}

pub(crate) async fn claim(redb: &Redb, most: usize) -> Vec<Claimed> {
    redb.claim(asking(most), NOW).await.expect("a claim")
}

pub(crate) async fn settle(redb: &Redb, job: &Claimed, end: End) -> bool {
    let settled = redb.settle(job.receipt.clone(), end, NOW).await;
    settled.expect("it is stored")
}

pub(crate) async fn recover(redb: &Redb) -> Recovered {
    let limits = Limits {
        name: "points",
        crashes: 3,
        attempts: 12,
        pause: Duration::ZERO,
        lease: Duration::from_secs(60),
    };
    redb.recover(limits, NOW).await.expect("it is stored")
}
