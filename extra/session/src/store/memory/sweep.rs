//! The removal of sessions that have expired.

use std::{collections::BTreeSet, iter};

use super::{MAX_EARLY, Memory, index::Index};
use crate::store::Millis;

/// The number of sessions that a step looks at while it owns the index.
const STEP: usize = 256;

/// A sweep in steps, between which other calls run.
///
/// It takes time for the sessions that have expired, for those that would have expired without a touch, and for those
/// that expire earlier than they did. Only if the last ones were too many, it looks at all sessions.
pub(crate) struct Sweep<'a> {
    store: &'a Memory,
    now: Millis,
    /// The sessions that may expire earlier than the index has it.
    early: Vec<u64>,
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
            early = self.sessions.pin().keys().copied().collect();
        }
        Sweep {
            store: self,
            now,
            early,
            removed: 0,
        }
    }

    /// Removes the keys that a session has kept until now.
    fn drop_kept(&self, index: &mut Index, number: u64, now: Millis) {
        let (keys, sessions) = (self.keys.pin(), self.sessions.pin());
        let Some(session) = sessions.get(&number) else {
            return;
        };
        let (expired, kept): (Vec<_>, Vec<_>) =
            session.kept.iter().partition(|(_, until)| *until <= now);
        sessions.update(number, |session| session.with_kept(kept.clone()));
        for (key, until) in expired {
            index.kept.remove(&(until, number));
            keys.remove(&key);
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
            if let Some(number) = due(&index.due, self.now) {
                self.look_at(&mut index, number);
            } else if let Some(number) = due(&index.kept, self.now) {
                store.drop_kept(&mut index, number, self.now);
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
        let sessions = self.store.sessions.pin();
        let rest = self.early.len().saturating_sub(STEP);
        for number in self.early.drain(rest..) {
            if let Some(session) = sessions.get(&number) {
                index.reschedule(number, session);
            }
        }
    }

    /// Removes a session if it has expired. Otherwise, it is looked at again when it expires.
    fn look_at(&mut self, index: &mut Index, number: u64) {
        let sessions = self.store.sessions.pin();
        let Some(session) = sessions.get(&number) else {
            return;
        };
        if session.times.expire(self.now).is_ok() {
            self.store.remove(index, number, session);
            self.removed += 1;
        } else {
            index.reschedule(number, session);
        }
    }
}

/// Returns the number of the first session in an order whose time has come.
fn due(order: &BTreeSet<(Millis, u64)>, now: Millis) -> Option<u64> {
    let (time, number) = order.first()?;
    (*time <= now).then_some(*number)
}
