//! The entries of keys.

use std::sync::Arc;

use super::times::Times;
use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Slot},
};

/// The entry of a key.
pub(super) enum Entry {
    /// The session whose current key this is.
    Live(Session),
    /// The key of a session was replaced by `to`, and still leads to it until a time.
    Kept { to: Key, until: Millis },
    /// A call is about to replace the key `from` by this one. While `from` has a session, this key has none.
    Incoming { from: Key },
}

/// A session as it is between two changes of its slots. The versions share the rest.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) life: Arc<Life>,
    slots: Vec<Stored>,
}

/// The part of a session that stays the same until it gets another key, and its times.
pub(super) struct Life {
    /// Its times are those of the beginning: `times` has the current ones.
    head: Head,
    pub(super) times: Times,
    /// The earlier keys that led to the session at the beginning, the latest at the end, and until when they do.
    pub(super) kept: Vec<(Key, Millis)>,
}

#[derive(Clone)]
struct Stored {
    name: Arc<str>,
    version: u64,
    schema: u32,
    json: Arc<[u8]>,
}

impl Stored {
    fn slot(&self) -> Slot {
        let data = Data {
            schema: self.schema,
            json: self.json.to_vec(),
        };
        Slot {
            version: self.version,
            data,
        }
    }
}

impl Life {
    pub(super) fn new(head: &Head, kept: Vec<(Key, Millis)>) -> Self {
        Self {
            head: head.clone(),
            times: Times::new(head.seen, head.expires),
            kept,
        }
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.head.user.as_deref()
    }

    pub(super) fn head(&self, (seen, expires): (Millis, Millis)) -> Head {
        Head {
            seen,
            expires,
            ..self.head.clone()
        }
    }
}

impl Session {
    pub(super) fn new(life: Arc<Life>) -> Self {
        Self {
            life,
            slots: Vec::new(),
        }
    }

    /// Returns the session with another life and the same slots.
    pub(super) fn with_life(&self, life: Arc<Life>) -> Self {
        Self {
            life,
            slots: self.slots.clone(),
        }
    }

    pub(super) fn loaded(&self, key: Key, times: (Millis, Millis)) -> Loaded {
        let slots = self.slots.iter();
        let slots = slots.map(|stored| (String::from(&*stored.name), stored.slot()));
        Loaded::new(key, self.life.head(times), slots.collect())
    }

    /// Returns the next version of the session, or the result if the slot has another version.
    pub(super) fn put(&self, slot: &str, expected: u64, data: &Data) -> Result<Self, Put> {
        let place = self.slots.iter().position(|stored| *stored.name == *slot);
        let current = place.map(|idx| &self.slots[idx]);
        let version = current.map_or(0, |stored| stored.version);
        if version != expected {
            return Err(Put::Conflict(current.map(Stored::slot)));
        }
        let changed = Stored {
            name: current.map_or_else(|| slot.into(), |stored| Arc::clone(&stored.name)),
            version: version + 1,
            schema: data.schema,
            json: data.json.as_slice().into(),
        };
        let mut next = self.clone();
        match place {
            Some(idx) => next.slots[idx] = changed,
            None => {
                // Most sessions have one slot or two, and `push` would make room for four.
                next.slots.reserve_exact(1);
                next.slots.push(changed);
            }
        }
        Ok(next)
    }
}
