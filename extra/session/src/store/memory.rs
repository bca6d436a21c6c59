//! Sessions in the memory of the process.

mod early;
mod hash;
mod index;
mod kept;
#[cfg(all(test, highball_loom))]
mod model;
mod session;
#[cfg(all(test, not(highball_loom)))]
mod stress;
mod sweep;
mod sync;
#[cfg(all(test, not(highball_loom)))]
mod tests;
mod times;

use std::{
    fmt, ptr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use papaya::{Compute, HashMap, HashMapRef, LocalGuard, Operation};
use tokio::task::yield_now;

use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Store, StoreError},
};
use early::Early;
use hash::BuildFold;
use index::Index;
use kept::kept_keys;
use session::{Entry, Life, Session};

const DEFAULT_MAX_SESSIONS: usize = 100_000;
const MAX_EARLY: usize = 1024;
/// The number of sessions that [`Memory::evict`] spares, since they were used after the order was last updated.
const MAX_SPARED: usize = 16;

/// Keeps sessions in the memory of the process.
///
/// A restart of the server ends all sessions, and a second server does not have them. It is the store for tests, for
/// development, and for a service that runs once and whose users may log in again after a restart.
///
/// The number of sessions is limited, their data are not. When there is no room for another session, the session
/// without a user that was not used for the longest time is removed, so a flood of visitors ends no login. If each
/// session has a user, a new session is refused with an error.
///
/// No call waits for another, except that calls that begin or end sessions or change their keys run one after the
/// other. Loading, touching, and storing data take no lock.
///
/// # Examples
///
/// ```
/// use highball_session::{Key, store::{Head, Memory, Store}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), highball_session::StoreError> {
/// let store = Memory::new().max_sessions(10_000);
/// let key = Key::new([7; 32]);
/// assert!(store.create(&key, &Head::default()).await?);
/// assert!(store.load(&key, 0).await?.is_some());
/// # Ok(())
/// # }
/// ```
pub struct Memory {
    max: usize,
    /// Only the owner of `index` adds and removes entries and changes their kind. A session is one entry, so each
    /// change of its slots is one change of the map.
    map: HashMap<Key, Entry, BuildFold>,
    index: Mutex<Index>,
    early: Early,
}

type Pinned<'a> = HashMapRef<'a, Key, Entry, BuildFold, LocalGuard<'a>>;

impl Memory {
    /// Creates a store for 100,000 sessions, which are about 80 MB, with a slot of 200 bytes in each.
    ///
    /// # Examples
    ///
    /// ```
    /// use highball_session::store::Memory;
    ///
    /// let store = Memory::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self {
            max: DEFAULT_MAX_SESSIONS,
            map: HashMap::default(),
            index: Mutex::default(),
            early: Early::new(MAX_EARLY),
        }
    }

    /// Limits the number of sessions. The default is 100,000.
    ///
    /// A session takes about 600 bytes, and its data.
    ///
    /// # Examples
    ///
    /// ```
    /// use highball_session::store::Memory;
    ///
    /// let store = Memory::new().max_sessions(10_000);
    /// ```
    #[must_use]
    pub fn max_sessions(mut self, max: usize) -> Self {
        self.max = max;
        self
    }

    /// See [`Store::create`].
    pub(crate) fn create(&self, key: &Key, head: &Head) -> Result<bool, StoreError> {
        let mut index = self.lock();
        let map = self.map.pin();
        if map.contains_key(key) {
            return Ok(false);
        }
        self.make_room(&mut index, head.seen)?;
        let life = Arc::new(Life::new(head, Vec::new()));
        index.add(*key, &life);
        map.insert(*key, Entry::Live(Session::new(life)));
        Ok(true)
    }

    /// See [`Store::load`].
    pub(crate) fn load(&self, key: &Key, now: Millis) -> Option<Loaded> {
        let map = self.map.pin();
        loop {
            let entry = map.get(key)?;
            let (current, session) = match entry {
                Entry::Live(session) => (key, Some(session)),
                Entry::Kept { until, .. } if *until <= now => return None,
                Entry::Kept { to, .. } => (to, self.live(&map, to)),
                Entry::Incoming { .. } => (key, self.live(&map, key)),
            };
            let times = session.and_then(|session| session.life.times.read());
            let (Some(session), Some(times)) = (session, times) else {
                if current == key {
                    return None;
                }
                // At this moment the session ends, or gets another key.
                drop(self.lock());
                continue;
            };
            // The times belong to this version only if it still is the current one.
            let is_same = |entry: &Entry| match entry {
                Entry::Live(live) => ptr::eq(live, session),
                Entry::Kept { .. } | Entry::Incoming { .. } => false,
            };
            let is_kept = || map.get(key).is_some_and(|kept| ptr::eq(kept, entry));
            if map.get(current).is_some_and(is_same) && (current == key || is_kept()) {
                return Some(session.loaded(*current, times));
            }
        }
    }

    /// See [`Store::put`].
    pub(crate) fn put(&self, key: &Key, slot: &str, expected: u64, data: &Data) -> Put {
        let map = self.map.pin();
        // `compute` calls it again if another call has changed the session.
        let change = |entry: Option<(&Key, &Entry)>| match entry {
            Some((_, Entry::Live(session))) if session.life.times.read().is_some() => {
                match session.put(slot, expected, data) {
                    Ok(next) => Operation::Insert(Entry::Live(next)),
                    Err(result) => Operation::Abort(Some(result)),
                }
            }
            Some((_, Entry::Incoming { .. })) => Operation::Abort(None),
            _ => Operation::Abort(Some(Put::Ended)),
        };
        loop {
            match map.compute(*key, change) {
                Compute::Aborted(Some(result)) => return result,
                Compute::Aborted(None) if self.live(&map, key).is_none() => return Put::Ended,
                Compute::Aborted(None) => {}
                Compute::Inserted(..) | Compute::Updated { .. } | Compute::Removed(..) => {
                    return Put::Done(expected + 1);
                }
            }
        }
    }

    /// See [`Store::touch`].
    pub(crate) fn touch(&self, key: &Key, seen: Millis, expires: Millis) {
        let map = self.map.pin();
        let session = self.live(&map, key);
        if session.is_some_and(|session| session.life.times.touch(seen, expires)) {
            self.early.push(*key);
        }
    }

    /// See [`Store::end`].
    pub(crate) fn end(&self, key: &Key) -> bool {
        let mut index = self.lock();
        let map = self.map.pin();
        let life = life(&map, key);
        if let Some(life) = life {
            remove(&map, &mut index, key, life);
        }
        life.is_some()
    }

    /// See [`Store::of_user`].
    pub(crate) fn of_user(&self, user: &str) -> Vec<(Key, Head)> {
        let index = self.lock();
        let map = self.map.pin();
        let read = |key| {
            let life = life(&map, &key)?;
            Some((key, life.head(life.times.read()?)))
        };
        index.of_user(user).filter_map(read).collect()
    }

    /// Returns the session whose current key this is. The caller does not own the index.
    fn live<'a>(&self, map: &'a Pinned<'_>, key: &Key) -> Option<&'a Session> {
        loop {
            match map.get(key)? {
                Entry::Live(session) => return Some(session),
                Entry::Kept { .. } => return None,
                Entry::Incoming { from } => {
                    let is_before = |entry| matches!(entry, &Entry::Live(_));
                    if map.get(from).is_some_and(is_before) {
                        return None;
                    }
                    // The call has replaced the key, and stores the session at this moment.
                    drop(self.lock());
                }
            }
        }
    }

    fn make_room(&self, index: &mut Index, now: Millis) -> Result<(), StoreError> {
        if index.due.len() >= self.max {
            // Without a server that sweeps, the sessions that have expired would keep their places.
            self.sweep_some(index, now);
        }
        while index.due.len() >= self.max {
            if !self.evict(index) {
                let max = self.max;
                let message =
                    format!("it has {max} sessions, which is its limit, and all have users");
                return Err(StoreError::new(message));
            }
        }
        Ok(())
    }

    /// Removes the session without a user that was not used for the longest time.
    ///
    /// Touches do not update the order, so the first one may have been used since: then it moves to its place. This is
    /// repeated a few times only, so that one call does not pay for all touches.
    fn evict(&self, index: &mut Index) -> bool {
        let map = self.map.pin();
        for spared in 0.. {
            let Some((rank, key)) = index.anonymous.first().copied() else {
                break;
            };
            let Some(life) = life(&map, &key) else {
                break;
            };
            let seen = life.times.read().map_or(rank, |(seen, _)| seen);
            if seen == rank || spared == MAX_SPARED {
                remove(&map, index, &key, life);
                return true;
            }
            index.rerank(key, life, seen);
        }
        false
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the session whose current key this is. The caller owns the index.
fn life<'a>(map: &'a Pinned<'_>, key: &Key) -> Option<&'a Arc<Life>> {
    match map.get(key)? {
        Entry::Live(session) => Some(&session.life),
        Entry::Kept { .. } | Entry::Incoming { .. } => None,
    }
}

fn remove(map: &Pinned<'_>, index: &mut Index, key: &Key, life: &Life) {
    // Now it has ended: no call finds it any more, and no touch succeeds.
    life.times.seal();
    index.remove(*key, life);
    map.remove(key);
    for (kept, until) in kept_keys(map, key, life) {
        index.kept.remove(&(until, kept));
        map.remove(&kept);
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("keys", &self.map.len())
            .field("max_sessions", &self.max)
            .finish()
    }
}

impl Store for Memory {
    async fn create(&self, key: &Key, head: &Head) -> Result<bool, StoreError> {
        self.create(key, head)
    }

    async fn load(&self, key: &Key, now: Millis) -> Result<Option<Loaded>, StoreError> {
        Ok(self.load(key, now))
    }

    async fn put(
        &self,
        key: &Key,
        slot: &str,
        expected: u64,
        data: &Data,
    ) -> Result<Put, StoreError> {
        Ok(self.put(key, slot, expected, data))
    }

    async fn touch(&self, key: &Key, seen: Millis, expires: Millis) -> Result<(), StoreError> {
        self.touch(key, seen, expires);
        Ok(())
    }

    async fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> Result<bool, StoreError> {
        Ok(self.replace(old, new, head, kept_until))
    }

    async fn end(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(self.end(key))
    }

    async fn of_user(&self, user: &str) -> Result<Vec<(Key, Head)>, StoreError> {
        Ok(self.of_user(user))
    }

    async fn sweep(&self, now: Millis) -> Result<usize, StoreError> {
        let mut sweep = self.sweep(now);
        while sweep.step() {
            // Many sessions may have expired: other tasks of this thread run meanwhile.
            yield_now().await;
        }
        Ok(sweep.removed())
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
