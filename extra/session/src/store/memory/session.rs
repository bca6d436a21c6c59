//! One version of a session.

use std::{iter, sync::Arc};

use super::times::Times;
use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Slot},
};

/// The number of earlier keys of a session that are kept at most.
const MAX_KEPT: usize = 4;

/// A session as it is between two changes. A change stores a new version of it; the versions share what is the same.
#[derive(Clone)]
pub(super) struct Session {
    /// The key of the session. Calls with an earlier key find it only through `kept`.
    pub(super) key: Key,
    /// Its times are those of the beginning: `times` has the current ones.
    head: Arc<Head>,
    pub(super) times: Arc<Times>,
    /// The earlier keys, the latest at the end, and until when each is kept.
    pub(super) kept: Vec<(Key, Millis)>,
    slots: Vec<(Arc<str>, Arc<Slot>)>,
}

impl Session {
    pub(super) fn new(key: Key, head: &Head) -> Self {
        Self {
            key,
            head: Arc::new(head.clone()),
            times: Arc::new(Times::new(head.seen, head.expires)),
            kept: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// Returns the session with the key and the head of `next`, and with its own slots.
    pub(super) fn become_next(&self, next: &Self) -> Self {
        Self {
            slots: self.slots.clone(),
            ..next.clone()
        }
    }

    /// Keeps the current and earlier keys of `last` until a time.
    pub(super) fn keep(&mut self, last: &Self, until: Millis) {
        self.kept = last.kept.clone();
        self.kept.push((last.key, until));
        let excess = self.kept.len().saturating_sub(MAX_KEPT);
        self.kept.drain(..excess);
    }

    pub(super) fn with_kept(&self, kept: Vec<(Key, Millis)>) -> Self {
        Self {
            kept,
            ..self.clone()
        }
    }

    pub(super) fn is_found_by(&self, key: &Key, now: Millis) -> bool {
        let is_kept = |(kept, until): &(Key, Millis)| kept == key && *until > now;
        self.key == *key || self.kept.iter().any(is_kept)
    }

    /// Returns whether this is the current key, and the session has not ended.
    pub(super) fn is_live(&self, key: &Key) -> bool {
        self.key == *key && self.times.read().is_some()
    }

    /// Returns the current key and the earlier ones.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        iter::once(&self.key).chain(self.kept.iter().map(|(key, _)| key))
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.head.user.as_deref()
    }

    pub(super) fn head(&self, (seen, expires): (Millis, Millis)) -> Head {
        Head {
            seen,
            expires,
            ..Head::clone(&self.head)
        }
    }

    pub(super) fn loaded(&self, times: (Millis, Millis)) -> Loaded {
        let slots = self.slots.iter();
        let slots = slots.map(|(name, slot)| (String::from(&**name), Slot::clone(slot)));
        Loaded::new(self.key, self.head(times), slots.collect())
    }

    /// Returns the next version of the session, or the result if the slot has another version.
    pub(super) fn put(&self, slot: &str, expected: u64, data: &Data) -> Result<Self, Put> {
        let place = self.slots.iter().position(|(name, _)| **name == *slot);
        let current = place.map(|idx| &self.slots[idx].1);
        let version = current.map_or(0, |slot| slot.version);
        if version != expected {
            return Err(Put::Conflict(current.map(|slot| Slot::clone(slot))));
        }
        let mut next = self.clone();
        let changed = Arc::new(Slot {
            version: version + 1,
            data: data.clone(),
        });
        match place {
            Some(idx) => next.slots[idx].1 = changed,
            None => next.slots.push((slot.into(), changed)),
        }
        Ok(next)
    }
}
