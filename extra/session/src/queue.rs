//! The order of changes within the process, so that a crowd of requests for one slot does not conflict in the store.

use std::hash::{BuildHasher, RandomState};

use tokio::sync::{Mutex, MutexGuard};

use crate::Key;

/// Locks, of which each slot of each session has one. Two slots may share a lock.
pub(crate) struct Queue {
    locks: [Mutex<()>; 64],
    state: RandomState,
}

impl Queue {
    /// Waits for the turn of a change. Turns are in the order of the calls.
    pub(crate) async fn turn(&self, key: &Key, slot: &str) -> MutexGuard<'_, ()> {
        let hash = self.state.hash_one((key, slot));
        self.locks[(hash % 64) as usize].lock().await
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            locks: std::array::from_fn(|_| Mutex::default()),
            state: RandomState::new(),
        }
    }
}
