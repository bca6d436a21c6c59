//! A store of a few lines behind one lock: what another package has to write at least.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use highball::tokio;
use highball_session::{
    Key, StoreError,
    store::{Data, Head, Loaded, Millis, Put, Slot, Store},
};

/// The store, which counts its calls and can be stopped.
#[derive(Default)]
pub(crate) struct Plain {
    sessions: Mutex<Sessions>,
    pub(crate) reads: AtomicUsize,
    pub(crate) writes: AtomicUsize,
    pub(crate) is_down: AtomicBool,
    /// Whether it cannot be written, as a full one.
    pub(crate) is_full: AtomicBool,
    pub(crate) hangs: AtomicBool,
}

#[derive(Default)]
struct Sessions {
    live: HashMap<Key, (Head, HashMap<String, Slot>)>,
    replaced: HashMap<Key, (Key, Millis)>,
}

impl Plain {
    async fn call<T>(
        &self,
        counter: &AtomicUsize,
        work: impl FnOnce(&mut Sessions) -> T,
    ) -> Result<T, StoreError> {
        counter.fetch_add(1, Relaxed);
        if self.hangs.load(Relaxed) {
            std::future::pending::<()>().await;
        }
        // Another request may run meanwhile, as with a store in another process.
        tokio::task::yield_now().await;
        let is_write = std::ptr::eq(counter, &raw const self.writes);
        if self.is_down.load(Relaxed) || is_write && self.is_full.load(Relaxed) {
            return Err(StoreError::new("it is down, and its password is secret"));
        }
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(&mut sessions))
    }

    /// Returns the keys of all sessions.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.live.keys().copied().collect()
    }

    /// Replaces the data of a slot in all sessions.
    pub(crate) fn overwrite(&self, name: &str, data: &Data) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, slots) in sessions.live.values_mut() {
            if let Some(slot) = slots.get_mut(name) {
                slot.data = data.clone();
            }
        }
    }
}

impl Store for &'static Plain {
    async fn create(&self, key: &Key, head: &Head) -> Result<bool, StoreError> {
        self.call(&self.writes, |all| {
            let is_new = !all.live.contains_key(key);
            if is_new {
                all.live.insert(*key, (head.clone(), HashMap::new()));
            }
            is_new
        })
        .await
    }

    async fn load(&self, key: &Key, now: Millis) -> Result<Option<Loaded>, StoreError> {
        self.call(&self.reads, |all| {
            let key = match all.replaced.get(key) {
                Some((new, until)) if now <= *until => *new,
                _ => *key,
            };
            let (head, slots) = all.live.get(&key)?;
            let slots = slots
                .iter()
                .map(|(name, slot)| (name.clone(), slot.clone()));
            Some(Loaded::new(key, head.clone(), slots.collect()))
        })
        .await
    }

    async fn put(
        &self,
        key: &Key,
        slot: &str,
        expected: u64,
        data: &Data,
    ) -> Result<Put, StoreError> {
        self.call(&self.writes, |all| {
            let Some((_, slots)) = all.live.get_mut(key) else {
                return Put::Ended;
            };
            let known = slots.get(slot);
            let version = known.map_or(0, |slot| slot.version);
            if version != expected {
                return Put::Conflict(known.cloned());
            }
            let (version, data) = (version + 1, data.clone());
            slots.insert(slot.to_owned(), Slot { version, data });
            Put::Done(version)
        })
        .await
    }

    async fn touch(&self, key: &Key, seen: Millis, expires: Millis) -> Result<(), StoreError> {
        self.call(&self.writes, |all| {
            if let Some((head, _)) = all.live.get_mut(key)
                && head.seen <= seen
            {
                (head.seen, head.expires) = (seen, expires);
            }
        })
        .await
    }

    async fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> Result<bool, StoreError> {
        self.call(&self.writes, |all| {
            if all.live.contains_key(new) {
                return false;
            }
            let Some((_, slots)) = all.live.remove(old) else {
                return false;
            };
            all.live.insert(*new, (head.clone(), slots));
            if let Some(until) = kept_until {
                all.replaced.insert(*old, (*new, until));
            }
            true
        })
        .await
    }

    async fn end(&self, key: &Key) -> Result<bool, StoreError> {
        self.call(&self.writes, |all| all.live.remove(key).is_some())
            .await
    }

    async fn of_user(&self, user: &str) -> Result<Vec<(Key, Head)>, StoreError> {
        self.call(&self.reads, |all| {
            let live = all.live.iter();
            let own = live.filter(|(_, (head, _))| head.user.as_deref() == Some(user));
            own.map(|(key, (head, _))| (*key, head.clone())).collect()
        })
        .await
    }

    async fn sweep(&self, now: Millis) -> Result<usize, StoreError> {
        self.call(&self.writes, |all| {
            let before = all.live.len();
            all.live.retain(|_, (head, _)| now < head.expires);
            before - all.live.len()
        })
        .await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.call(&self.reads, |_| ()).await
    }
}
