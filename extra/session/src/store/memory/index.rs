//! The orders of the sessions, which change when a session begins, gets another key, or ends.

use std::{collections::BTreeSet, sync::Arc};

use super::session::Session;
use crate::store::Millis;

/// The orders of the sessions, by their numbers. A number is never used again.
///
/// One mutex guards them, and it is locked in each call that changes a key, a user or the number of sessions. Loading,
/// touching, and storing a slot do not lock it.
#[derive(Default)]
pub(super) struct Index {
    last_number: u64,
    /// When the next sweep looks at each session. Each has one entry.
    pub(super) due: BTreeSet<(Millis, u64)>,
    /// When the keys that a session has kept end.
    pub(super) kept: BTreeSet<(Millis, u64)>,
    /// The sessions without a user, by the time of their last use when the order was last updated.
    pub(super) anonymous: BTreeSet<(Millis, u64)>,
    users: BTreeSet<(Arc<str>, u64)>,
}

impl Index {
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    pub(super) fn add(&mut self, number: u64, session: &Session) {
        self.due.insert((session.times.scheduled(), number));
        for (_, until) in &session.kept {
            self.kept.insert((*until, number));
        }
        match session.user() {
            Some(user) => self.users.insert((user.into(), number)),
            None => self.anonymous.insert((session.times.rank(), number)),
        };
    }

    pub(super) fn remove(&mut self, number: u64, session: &Session) {
        self.due.remove(&(session.times.scheduled(), number));
        for (_, until) in &session.kept {
            self.kept.remove(&(*until, number));
        }
        match session.user() {
            Some(user) => self.users.remove(&(user.into(), number)),
            None => self.anonymous.remove(&(session.times.rank(), number)),
        };
    }

    /// Returns the number of sessions with a user.
    #[cfg(test)]
    pub(super) fn users(&self) -> usize {
        self.users.len()
    }

    /// Returns the numbers of the sessions of a user.
    pub(super) fn of_user(&self, user: &str) -> impl Iterator<Item = u64> {
        let user: Arc<str> = user.into();
        let range = (user.clone(), 0)..=(user, u64::MAX);
        self.users.range(range).map(|(_, number)| *number)
    }

    /// Lets a sweep look at a session when it expires, which may have changed.
    pub(super) fn reschedule(&mut self, number: u64, session: &Session) {
        let times = &session.times;
        while let Some((_, expires)) = times.read() {
            let scheduled = times.scheduled();
            if scheduled == expires {
                return;
            }
            self.due.remove(&(scheduled, number));
            self.due.insert((expires, number));
            times.schedule(expires);
        }
    }

    /// Moves a session without a user in their order to the time of its last use.
    pub(super) fn rerank(&mut self, number: u64, session: &Session, seen: Millis) {
        self.anonymous.remove(&(session.times.rank(), number));
        session.times.set_rank(seen);
        self.anonymous.insert((seen, number));
    }
}
