//! The orders of the sessions, which change when a session begins, gets another key, or ends.

use std::{collections::BTreeSet, sync::Arc};

use super::session::Life;
use crate::{Key, store::Millis};

/// The orders of the sessions, by their current keys.
///
/// One mutex guards them, and it is locked in each call that changes a key, a user or the number of sessions. Loading,
/// touching, and storing a slot do not lock it.
#[derive(Default)]
pub(super) struct Index {
    /// When the next sweep looks at each session. Each has one entry.
    pub(super) due: BTreeSet<(Millis, Key)>,
    /// When the keys that sessions have kept end.
    pub(super) kept: BTreeSet<(Millis, Key)>,
    /// The sessions without a user, by the time of their last use when the order was last updated.
    pub(super) anonymous: BTreeSet<(Millis, Key)>,
    users: BTreeSet<(Arc<str>, Key)>,
}

impl Index {
    pub(super) fn add(&mut self, key: Key, life: &Life) {
        self.due.insert((life.times.scheduled(), key));
        match life.user() {
            Some(user) => self.users.insert((user.into(), key)),
            None => self.anonymous.insert((life.times.rank(), key)),
        };
    }

    pub(super) fn remove(&mut self, key: Key, life: &Life) {
        self.due.remove(&(life.times.scheduled(), key));
        match life.user() {
            Some(user) => self.users.remove(&(user.into(), key)),
            None => self.anonymous.remove(&(life.times.rank(), key)),
        };
    }

    /// Returns the number of sessions with a user.
    #[cfg(test)]
    pub(super) fn users(&self) -> usize {
        self.users.len()
    }

    /// Returns the keys of the sessions of a user.
    pub(super) fn of_user(&self, user: &str) -> impl Iterator<Item = Key> {
        let user: Arc<str> = user.into();
        let range = (user.clone(), Key::new([0; 32]))..=(user, Key::new([u8::MAX; 32]));
        self.users.range(range).map(|(_, key)| *key)
    }

    /// Lets a sweep look at a session when it expires, which may have changed.
    pub(super) fn reschedule(&mut self, key: Key, life: &Life) {
        while let Some((_, expires)) = life.times.read() {
            let scheduled = life.times.scheduled();
            if scheduled == expires {
                return;
            }
            self.due.remove(&(scheduled, key));
            self.due.insert((expires, key));
            life.times.schedule(expires);
        }
    }

    /// Moves a session without a user in their order to the time of its last use.
    pub(super) fn rerank(&mut self, key: Key, life: &Life, seen: Millis) {
        self.anonymous.remove(&(life.times.rank(), key));
        life.times.set_rank(seen);
        self.anonymous.insert((seen, key));
    }
}
