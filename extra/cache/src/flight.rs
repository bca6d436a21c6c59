//! A computation that is under way: its lead, and the callers that follow it.

use std::{hash::Hash, sync::Arc};

use tokio::{sync::watch, time::Instant};

use crate::{
    early::early_from,
    entry::{Entry, Terms},
    error::LoadError,
    shared::Shared,
    tags::{SharedStamp, Tag},
};

/// A computation in the table of flights. It is in the table until it lands, fails or is invalidated.
pub(crate) struct Flight<V> {
    /// The time of the tags before the computation began.
    pub(crate) began: u64,
    /// The stamps of the tags that follow from the key.
    pub(crate) tags: Box<[SharedStamp]>,
    pub(crate) outcome: watch::Receiver<Outcome<V>>,
    #[cfg(feature = "redis")]
    pub(crate) started: Instant,
}

/// How a computation has ended.
pub(crate) enum Outcome<V> {
    Running,
    Landed(Arc<Entry<V>>),
    Failed(LoadError),
}

/// The right to compute the value of a key, and the duty to report how that ended.
///
/// If it is dropped, one of the followers gets the lead.
#[must_use]
pub(crate) struct Lead<K: Hash + Eq + Clone, V> {
    pub(crate) shared: Arc<Shared<K, V>>,
    pub(crate) key: K,
    pub(crate) flight: Arc<Flight<V>>,
    pub(crate) outcome: watch::Sender<Outcome<V>>,
    pub(crate) started: Instant,
    /// The expired value, whose refresh this is.
    pub(crate) old: Option<Arc<Entry<V>>>,
    pub(crate) has_ended: bool,
}

impl<K: Hash + Eq + Clone, V> Lead<K, V> {
    pub(crate) fn follow(&self, seen: u64) -> Follow<V> {
        Follow {
            seen,
            outcome: self.flight.outcome.clone(),
        }
    }

    /// Stores the value, unless it was invalidated, and returns it to the followers.
    pub(crate) fn land(
        self,
        value: V,
        terms: Terms,
        weight: u64,
        tags: impl IntoIterator<Item = Tag>,
    ) -> Arc<Entry<V>> {
        let began = self.flight.began;
        let mut stamps = self.flight.tags.to_vec();
        stamps.extend(self.shared.tags.stamps(tags));
        let mut entry = Entry::new(value, began, stamps.into(), terms, self.shared.now());
        entry.cost = entry.stored_at.saturating_duration_since(self.started);
        entry.weight = weight;
        #[cfg(feature = "redis")]
        {
            entry.valid_at = self.started;
        }
        self.land_entry(entry)
    }

    /// Stores an entry with the tags of the flight, unless it was invalidated, and returns it to the followers.
    pub(crate) fn land_entry(mut self, mut entry: Entry<V>) -> Arc<Entry<V>> {
        let early = self.shared.options.early;
        entry.early_from = early_from(entry.terms.fresh, entry.cost, early);
        let entry = Arc::new(entry);
        self.shared.land(&self.key, &self.flight, &entry);
        self.end(Outcome::Landed(Arc::clone(&entry)));
        entry
    }

    /// Returns a value to the followers that is not stored. The value before it stays.
    #[cfg(feature = "highball")]
    pub(crate) fn share(mut self, value: V, terms: Terms) {
        let (began, tags) = (self.flight.began, self.flight.tags.clone());
        let entry = Entry::new(value, began, tags, terms, self.shared.now());
        self.shared.leave(&self.key, &self.flight);
        self.end(Outcome::Landed(Arc::new(entry)));
    }

    /// Returns the error to the followers. The expired value stays, and is not refreshed for a while.
    pub(crate) fn fail(mut self, error: LoadError) {
        if let Some(old) = &self.old {
            old.delay_refresh(self.shared.now(), self.shared.options.retry);
        }
        self.shared.leave(&self.key, &self.flight);
        self.end(Outcome::Failed(error));
    }

    fn end(&mut self, outcome: Outcome<V>) {
        self.has_ended = true;
        self.outcome.send_replace(outcome);
    }
}

impl<K: Hash + Eq + Clone, V> Drop for Lead<K, V> {
    fn drop(&mut self) {
        if !self.has_ended {
            // The followers see that the sender is dropped.
            self.shared.leave(&self.key, &self.flight);
        }
    }
}

/// The wait for a computation of another caller.
pub(crate) struct Follow<V> {
    /// The time of the tags when the caller came.
    pub(crate) seen: u64,
    pub(crate) outcome: watch::Receiver<Outcome<V>>,
}

/// How a wait has ended.
pub(crate) enum Followed<V> {
    Value(Arc<Entry<V>>),
    Failed(LoadError),
    /// The value is older than the call, or the lead was dropped: enter again.
    Again,
}

impl<V> Follow<V> {
    pub(crate) async fn wait(&mut self) -> Followed<V> {
        let seen = self.seen;
        let is_over = |outcome: &Outcome<V>| !matches!(outcome, Outcome::Running);
        let Ok(outcome) = self.outcome.wait_for(is_over).await else {
            return Followed::Again;
        };
        match &*outcome {
            // The caller came after an invalidation of a tag that the flight got only when it landed.
            Outcome::Landed(entry) if is_older(entry, seen) => Followed::Again,
            Outcome::Landed(entry) => Followed::Value(Arc::clone(entry)),
            Outcome::Failed(error) => Followed::Failed(error.clone()),
            Outcome::Running => Followed::Again,
        }
    }
}

/// Returns whether a tag may have been invalidated after the computation began and before a caller came. The stamp of
/// a tag is the last of its invalidations, so an earlier one may be hidden.
fn is_older<V>(entry: &Entry<V>, seen: u64) -> bool {
    seen > entry.began && !entry.is_valid()
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use std::time::Duration;

    use tokio::task::{JoinSet, yield_now};

    use super::*;
    use crate::{Cache, enter::Entered};

    const TERMS: Terms = Terms {
        fresh: Duration::from_secs(60),
        stale: Duration::ZERO,
        on_error: Duration::ZERO,
    };

    fn shared() -> Arc<Shared<u8, u8>> {
        Cache::builder(TERMS.fresh).build().shared
    }

    /// The value of a caller that computes it in its own future, as a route does, or the error of another caller.
    async fn value(shared: Arc<Shared<u8, u8>>, leave: bool) -> Result<u8, LoadError> {
        let seen = shared.arrive();
        loop {
            let mut follow = match shared.enter(&1, seen) {
                Entered::Fresh(entry) | Entered::Stale(entry, _) => return Ok(entry.value),
                Entered::Follow(follow, _) => follow,
                Entered::Lead(lead, _) => {
                    yield_now().await;
                    if leave {
                        return Ok(0);
                    }
                    return Ok(lead.land(5, TERMS, 1, []).value);
                }
            };
            match follow.wait().await {
                Followed::Value(entry) => return Ok(entry.value),
                Followed::Failed(error) => return Err(error),
                Followed::Again => {}
            }
        }
    }

    #[tokio::test]
    async fn a_follower_gets_the_lead_that_was_dropped() {
        let shared = shared();
        let mut callers = JoinSet::new();
        for idx in 0..100 {
            callers.spawn(value(Arc::clone(&shared), idx < 3));
        }
        let values = callers.join_all().await;
        let count = |wanted| {
            let values = values.iter();
            values
                .filter(|value| value.as_ref().is_ok_and(|value| *value == wanted))
                .count()
        };
        // The first one leaves. Then any of the others may lead.
        assert!((1..=3).contains(&count(0)) && count(0) + count(5) == 100);
        assert_eq!(shared.stats().loads as usize, count(0) + 1);
    }

    #[tokio::test]
    async fn followers_get_the_failure_of_the_lead() {
        let shared = shared();
        let Entered::Lead(lead, None) = shared.enter(&1, shared.arrive()) else {
            panic!("it is the first");
        };
        let follower = tokio::spawn(value(Arc::clone(&shared), false));
        yield_now().await;
        lead.fail(LoadError::closed());
        assert!(follower.await.expect("no panic").is_err());
        assert_eq!(value(shared, false).await.expect("it computes"), 5);
    }

    /// A tag that only the landing gives: the call after the invalidation does not get the value.
    #[tokio::test]
    async fn a_value_with_a_tag_that_was_invalidated_meanwhile_is_for_earlier_callers() {
        let shared = shared();
        let Entered::Lead(lead, None) = shared.enter(&1, shared.arrive()) else {
            panic!("it is the first");
        };
        let enter = || match shared.enter(&1, shared.arrive()) {
            Entered::Follow(follow, None) => follow,
            _ => panic!("it follows"),
        };
        let mut before = enter();
        shared.tags.invalidate("tag");
        let mut after = enter();
        shared.tags.invalidate("tag");
        drop(lead.land(4, TERMS, 1, ["tag".into()]));
        assert!(matches!(before.wait().await, Followed::Value(entry) if entry.value == 4));
        assert!(matches!(after.wait().await, Followed::Again));
        assert!(shared.peek(&1).is_none());
    }
}
