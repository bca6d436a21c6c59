//! The promises of the cache, one file each.

mod bounds;
mod close;
mod faults;
mod flights;
mod invalidation;
mod old_values;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use highball_cache::Cache;

const SEC: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A slow source of numbers, which counts how often it is read.
#[derive(Clone, Default)]
struct Source {
    begun: Arc<AtomicU64>,
    finished: Arc<AtomicU64>,
}

impl Source {
    /// Returns the number of the read: 1, 2, 3.
    async fn read(self, time: Duration) -> io::Result<u64> {
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(time).await;
        self.finished.fetch_add(1, Ordering::SeqCst);
        Ok(number)
    }

    fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    fn finished(&self) -> u64 {
        self.finished.load(Ordering::SeqCst)
    }
}

async fn fail() -> io::Result<u64> {
    Err(io::Error::other("the database is away"))
}

/// A cache without chance: no jitter, no early refresh.
fn plain(ttl: Duration) -> highball_cache::Builder<u64, u64> {
    Cache::builder(ttl).jitter(0.0).early(0.0)
}
