//! Tests of the tables: what a claim looks at, the indexes after random changes, and disks that fail.

mod disks;
mod indexes;
mod long_queues;

use std::time::Duration;

use highball_jobs::backend::{Claim, NewJob};
use redb::{Builder, backends::InMemoryBackend};

use crate::{file::File, store::Store};

/// The time of the tests.
const NOW: i64 = 1_000_000;

/// Returns a store in memory.
fn store() -> Store {
    Store::new(File::with(|| {
        Builder::new().create_with_backend(InMemoryBackend::new())
    }))
}

/// Returns a job, with an order key unless it is empty.
fn job(key: &str) -> NewJob {
    NewJob {
        name: "points".into(),
        version: 1,
        payload: key.to_owned(),
        order_key: Some(key.to_owned()).filter(|key| !key.is_empty()),
        due: NOW,
        ..NewJob::default()
    }
}

fn claim(most: usize) -> Claim {
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
