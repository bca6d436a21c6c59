//! Sessions that get another key.

use std::sync::Arc;

use super::{
    Memory, Pinned,
    index::Index,
    life,
    session::{Entry, Life},
};
use crate::{
    Key,
    store::{Head, Millis},
};

/// The number of earlier keys of a session that are kept at most.
const MAX_KEPT: usize = 4;

impl Memory {
    /// See [`Store::replace`](crate::store::Store::replace).
    pub(crate) fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> bool {
        let mut index = self.lock();
        let map = self.map.pin();
        let Some(last) = life(&map, old).filter(|_| !map.contains_key(new)) else {
            return false;
        };
        let kept = kept_until.map_or_else(Vec::new, |until| keep(&map, old, last, until));
        let next = Arc::new(Life::new(head, kept));
        // Until the entry of the old key changes, nothing finds the session by the new one. Later, a call that finds it
        // by neither waits for this one.
        map.insert(*new, Entry::Incoming { from: *old });
        let entry = match kept_until {
            Some(until) => map.insert(*old, Entry::Kept { to: *new, until }),
            None => map.remove(old),
        };
        if let Some(Entry::Live(session)) = entry {
            map.insert(*new, Entry::Live(session.with_life(Arc::clone(&next))));
        }
        redirect(&map, &mut index, (old, last), (new, &next));
        index.kept.extend(kept_until.map(|until| (until, *old)));
        index.remove(*old, last);
        index.add(*new, &next);
        true
    }
}

/// Returns the earlier keys that lead to a session, and until when they do. Since the session has got its key, some may
/// have expired.
pub(super) fn kept_keys(map: &Pinned<'_>, key: &Key, life: &Life) -> Vec<(Key, Millis)> {
    let leads_to = |kept| matches!(map.get(kept), Some(Entry::Kept { to, .. }) if to == key);
    let kept = life.kept.iter().filter(|(kept, _)| leads_to(kept));
    kept.copied().collect()
}

/// Returns the keys that are kept if `key` is replaced and kept too.
fn keep(map: &Pinned<'_>, key: &Key, life: &Life, until: Millis) -> Vec<(Key, Millis)> {
    let mut kept = kept_keys(map, key, life);
    kept.push((*key, until));
    let excess = kept.len().saturating_sub(MAX_KEPT);
    kept.drain(..excess);
    kept
}

/// Lets the earlier keys of a session lead to its new key, or drops them.
fn redirect(map: &Pinned<'_>, index: &mut Index, old: (&Key, &Life), new: (&Key, &Life)) {
    for (key, until) in kept_keys(map, old.0, old.1) {
        if new.1.kept.iter().any(|(kept, _)| *kept == key) {
            map.insert(key, Entry::Kept { to: *new.0, until });
        } else {
            index.kept.remove(&(until, key));
            map.remove(&key);
        }
    }
}
