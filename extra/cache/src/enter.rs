//! The first step of a call: a value, a lead, or a wait.

use std::{hash::Hash, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    early::is_early,
    entry::{Entry, Stage},
    flight::{Flight, Follow, Lead},
    shared::Shared,
    stats::Event,
};

/// The next step of a call.
pub(crate) enum Entered<K: Hash + Eq + Clone, V> {
    /// Return the value.
    Fresh(Arc<Entry<V>>),
    /// Return the value, and refresh it in the background if there is a lead. Its age may be less than its `ttl`: then
    /// it is refreshed early.
    Stale(Arc<Entry<V>>, Option<Lead<K, V>>),
    /// Compute the value. If that fails or is slow, return the old one.
    Lead(Lead<K, V>, Option<Arc<Entry<V>>>),
    /// Wait for a computation. If that fails or is slow, return the old value.
    Follow(Follow<V>, Option<Arc<Entry<V>>>),
}

/// A value and its use.
struct Found<V> {
    entry: Arc<Entry<V>>,
    stage: Stage,
    age: Duration,
    /// Whether no refresh may begin, because the last one has just failed.
    is_delayed: bool,
}

impl<K: Hash + Eq + Clone, V> Shared<K, V> {
    /// Returns the time of the tags, to be passed to each `enter` of one call.
    ///
    /// A call never gets a value that was invalidated before this time.
    pub(crate) fn arrive(&self) -> u64 {
        self.tags.now()
    }

    pub(crate) fn enter(self: &Arc<Self>, key: &K, seen: u64) -> Entered<K, V> {
        let now = Instant::now();
        let mut early = None;
        if let Some(found) = self.find(key, now)
            && found.stage == Stage::Fresh
        {
            if !self.is_early(&found) {
                self.counters.count(Event::Hit);
                return Entered::Fresh(found.entry);
            }
            early = Some(found.entry);
        }
        let entered = self.enter_locked(key, seen, now, early.as_ref());
        self.counters.count(match &entered {
            Entered::Fresh(_) => Event::Hit,
            Entered::Stale(entry, _) if entry.stage(entry.age(now)) == Stage::Fresh => Event::Hit,
            Entered::Stale(..) => Event::Stale,
            Entered::Lead(..) | Entered::Follow(..) => Event::Wait,
        });
        entered
    }

    /// Decides under the lock of the key, so that only one call begins a computation.
    fn enter_locked(
        self: &Arc<Self>,
        key: &K,
        seen: u64,
        now: Instant,
        early: Option<&Arc<Entry<V>>>,
    ) -> Entered<K, V> {
        // The tags come from code of the user, so they are computed before the lock is acquired.
        let tags = self.tags_of(key);
        // Declared before the lock, so that an entry that was evicted meanwhile is dropped after it.
        let _kept;
        let mut flights = self.flights(key);
        let found = self.find(key, now);
        _kept = found.as_ref().map(|found| Arc::clone(&found.entry));
        let flight = flights.get(key);
        let flight = flight.filter(|flight| self.is_valid(flight, now));
        let Some(found) = found.filter(|found| found.stage != Stage::Gone) else {
            return match flight {
                Some(flight) => Entered::Follow(follow(flight, seen), None),
                None => Entered::Lead(self.take_off(&mut flights, key, tags, None), None),
            };
        };
        let may_refresh = flight.is_none() && !found.is_delayed && self.tasks.is_open();
        let Found { entry, stage, .. } = found;
        match stage {
            // Another call has refreshed it meanwhile.
            Stage::Fresh if !early.is_some_and(|early| Arc::ptr_eq(early, &entry)) => {
                Entered::Fresh(entry)
            }
            Stage::Fresh | Stage::Stale if may_refresh => {
                let lead = self.take_off(&mut flights, key, tags, Some(Arc::clone(&entry)));
                Entered::Stale(entry, Some(lead))
            }
            Stage::Fresh => Entered::Fresh(entry),
            Stage::Stale => Entered::Stale(entry, None),
            Stage::Fallback => match flight {
                Some(flight) => Entered::Follow(follow(flight, seen), Some(entry)),
                None if !may_refresh => Entered::Stale(entry, None),
                None => {
                    let old = Some(Arc::clone(&entry));
                    let lead = self.take_off(&mut flights, key, tags, old);
                    Entered::Lead(lead, Some(entry))
                }
            },
            Stage::Gone => unreachable!("it is filtered above"),
        }
    }

    /// Returns the value of a key, however old it is. A value that was invalidated is `Gone`.
    fn find(&self, key: &K, now: Instant) -> Option<Found<V>> {
        let entry = self.store.get(key)?;
        let age = entry.age(now);
        let stage = if entry.is_valid() && self.is_trusted(&entry, now) {
            entry.stage(age)
        } else {
            Stage::Gone
        };
        Some(Found {
            stage,
            age,
            is_delayed: entry.is_delayed(age),
            entry,
        })
    }

    /// Returns the value of a key if it is fresh.
    pub(crate) fn peek(&self, key: &K) -> Option<Arc<Entry<V>>> {
        let found = self.find(key, Instant::now())?;
        (found.stage == Stage::Fresh).then_some(found.entry)
    }

    fn is_early(&self, found: &Found<V>) -> bool {
        let entry = &found.entry;
        let left = entry.terms.fresh.saturating_sub(found.age);
        found.age >= entry.early_from && is_early(left, entry.cost, self.options.early)
    }
}

fn follow<V>(flight: &Flight<V>, seen: u64) -> Follow<V> {
    Follow {
        seen,
        outcome: flight.outcome.clone(),
    }
}
