//! The removal of sessions that have expired.

use std::{collections::BTreeSet, iter};

use super::{MAX_EARLY, Memory, index::Index, life, remove};
use crate::{Key, store::Millis};

/// The number of sessions that a step looks at while it owns the index.
const STEP: usize = 64;

/// A sweep in steps, between which other calls run.
///
/// It takes time for the sessions that have expired, for those that would have expired without a touch, and for those
/// that expire earlier than they did. Only if the last ones were too many, it looks at all sessions.
pub(crate) struct Sweep<'a> {
    store: &'a Memory,
    now: Millis,
    /// The sessions that may expire earlier than the index has it.
    early: Vec<Key>,
    removed: usize,
}

impl Memory {
    /// Begins [`Store::sweep`](crate::store::Store::sweep).
    pub(crate) fn sweep(&self, now: Millis) -> Sweep<'_> {
        let mut early: Vec<_> = iter::from_fn(|| self.early.pop())
            // Touches may push as fast as this pops.
            .take(MAX_EARLY)
            .collect();
        if self.early.take_overflow() {
            early = self.map.pin().keys().copied().collect();
        }
        Sweep {
            store: self,
            now,
            early,
            removed: 0,
        }
    }
}

impl Memory {
    /// Removes some of the sessions that have expired.
    pub(super) fn sweep_some(&self, index: &mut Index, now: Millis) {
        let mut sweep = Sweep {
            store: self,
            now,
            early: Vec::new(),
            removed: 0,
        };
        for _ in 0..STEP {
            let Some(key) = due(&index.due, now) else {
                break;
            };
            sweep.look_at(index, &key);
        }
    }
}

impl Sweep<'_> {
    /// Does a part of the sweep. Returns whether there is more.
    pub(crate) fn step(&mut self) -> bool {
        let store = self.store;
        let mut index = store.lock();
        if !self.early.is_empty() {
            self.reschedule(&mut index);
            return true;
        }
        for _ in 0..STEP {
            if let Some(key) = due(&index.due, self.now) {
                self.look_at(&mut index, &key);
            } else if due(&index.kept, self.now).is_some() {
                self.drop_kept(&mut index);
            } else {
                return false;
            }
        }
        true
    }

    /// Returns the number of sessions that it has removed.
    pub(crate) fn removed(&self) -> usize {
        self.removed
    }

    fn reschedule(&mut self, index: &mut Index) {
        let map = self.store.map.pin();
        let rest = self.early.len().saturating_sub(STEP);
        for key in self.early.drain(rest..) {
            if let Some(life) = life(&map, &key) {
                index.reschedule(key, life);
            }
        }
    }

    /// Removes a session if it has expired. Otherwise, it is looked at again when it expires.
    fn look_at(&mut self, index: &mut Index, key: &Key) {
        let map = self.store.map.pin();
        let Some(life) = life(&map, key) else {
            return;
        };
        if life.times.expire(self.now).is_ok() {
            remove(&map, index, key, life);
            self.removed += 1;
        } else {
            index.reschedule(*key, life);
        }
    }

    /// Removes the key that is kept for the shortest time.
    fn drop_kept(&self, index: &mut Index) {
        let map = self.store.map.pin();
        if let Some((_, key)) = index.kept.pop_first() {
            map.remove(&key);
        }
    }
}

/// Returns the first key in an order if its time has come.
fn due(order: &BTreeSet<(Millis, Key)>, now: Millis) -> Option<Key> {
    let (time, key) = order.first()?;
    (*time <= now).then_some(*key)
}
