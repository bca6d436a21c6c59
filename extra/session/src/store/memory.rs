//! Sessions in the memory of the process.

mod early;
mod hash;
mod index;
#[cfg(all(test, highball_loom))]
mod model;
mod session;
mod sweep;
mod sync;
#[cfg(all(test, not(highball_loom)))]
mod tests;
mod times;

use std::{
    fmt, ptr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use papaya::{Compute, HashMap, Operation};
use tokio::task::yield_now;

use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Store, StoreError},
};
use early::Early;
use hash::BuildFold;
use index::Index;
use session::Session;

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
    /// The number of the session that each current or kept key leads to. Only the owner of `index` changes it.
    keys: HashMap<Key, u64, BuildFold>,
    /// The sessions by their numbers. A session keeps its number when it gets another key, so that each change of a
    /// session is one change of one entry.
    sessions: HashMap<u64, Session, BuildFold>,
    index: Mutex<Index>,
    early: Early,
}

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
            keys: HashMap::default(),
            sessions: HashMap::default(),
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
        let keys = self.keys.pin();
        if keys.contains_key(key) {
            return Ok(false);
        }
        self.make_room(&mut index)?;
        let number = index.next_number();
        let session = Session::new(*key, head);
        index.add(number, &session);
        // The key leads to the session, so it is stored last.
        self.sessions.pin().insert(number, session);
        keys.insert(*key, number);
        Ok(true)
    }

    /// See [`Store::load`].
    pub(crate) fn load(&self, key: &Key, now: Millis) -> Option<Loaded> {
        let number = self.number(key)?;
        let sessions = self.sessions.pin();
        loop {
            let session = sessions.get(&number)?;
            if !session.is_found_by(key, now) {
                return None;
            }
            let times = session.times.read()?;
            // The times belong to this version only if it still is the current one.
            let current = sessions.get(&number);
            if current.is_some_and(|current| ptr::eq(current, session)) {
                return Some(session.loaded(times));
            }
        }
    }

    /// See [`Store::put`].
    pub(crate) fn put(&self, key: &Key, slot: &str, expected: u64, data: &Data) -> Put {
        let Some(number) = self.number(key) else {
            return Put::Ended;
        };
        // `compute` calls it again if another call has changed the session.
        let change = |entry: Option<(&u64, &Session)>| {
            let Some((_, session)) = entry.filter(|(_, session)| session.is_live(key)) else {
                return Operation::Abort(Put::Ended);
            };
            match session.put(slot, expected, data) {
                Ok(next) => Operation::Insert(next),
                Err(result) => Operation::Abort(result),
            }
        };
        match self.sessions.pin().compute(number, change) {
            Compute::Aborted(result) => result,
            Compute::Inserted(..) | Compute::Updated { .. } | Compute::Removed(..) => {
                Put::Done(expected + 1)
            }
        }
    }

    /// See [`Store::touch`].
    pub(crate) fn touch(&self, key: &Key, seen: Millis, expires: Millis) {
        let Some(number) = self.number(key) else {
            return;
        };
        let sessions = self.sessions.pin();
        let session = sessions.get(&number).filter(|session| session.key == *key);
        if session.is_some_and(|session| session.times.touch(seen, expires)) {
            self.early.push(number);
        }
    }

    /// See [`Store::replace`].
    pub(crate) fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> bool {
        let mut index = self.lock();
        let (keys, sessions) = (self.keys.pin(), self.sessions.pin());
        let Some((number, last)) = self.current(old).filter(|_| !keys.contains_key(new)) else {
            return false;
        };
        let mut next = Session::new(*new, head);
        if let Some(until) = kept_until {
            next.keep(&last, until);
        }
        index.remove(number, &last);
        index.add(number, &next);
        // Between these two steps the new key leads to a session that does not have it, so nothing finds it by it.
        keys.insert(*new, number);
        sessions.update(number, |session| session.become_next(&next));
        for key in last.keys() {
            if next.keys().all(|kept| kept != key) {
                keys.remove(key);
            }
        }
        true
    }

    /// See [`Store::end`].
    pub(crate) fn end(&self, key: &Key) {
        let mut index = self.lock();
        if let Some((number, session)) = self.current(key) {
            self.remove(&mut index, number, &session);
        }
    }

    /// See [`Store::of_user`].
    pub(crate) fn of_user(&self, user: &str) -> Vec<(Key, Head)> {
        let index = self.lock();
        let sessions = self.sessions.pin();
        let read = |number| {
            let session = sessions.get(&number)?;
            Some((session.key, session.head(session.times.read()?)))
        };
        index.of_user(user).filter_map(read).collect()
    }

    fn number(&self, key: &Key) -> Option<u64> {
        self.keys.pin().get(key).copied()
    }

    /// Returns the session whose current key this is. The caller owns the index, so only its data and times can change.
    fn current(&self, key: &Key) -> Option<(u64, Session)> {
        let number = self.number(key)?;
        let session = self.sessions.pin().get(&number)?.clone();
        session.is_live(key).then_some((number, session))
    }

    fn remove(&self, index: &mut Index, number: u64, session: &Session) {
        // Now it has ended: no call finds it any more, and no touch succeeds.
        session.times.seal();
        index.remove(number, session);
        self.sessions.pin().remove(&number);
        let keys = self.keys.pin();
        for key in session.keys() {
            keys.remove(key);
        }
    }

    fn make_room(&self, index: &mut Index) -> Result<(), StoreError> {
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
        let sessions = self.sessions.pin();
        for spared in 0.. {
            let Some((rank, number)) = index.anonymous.first().copied() else {
                break;
            };
            let Some(session) = sessions.get(&number) else {
                break;
            };
            let seen = session.times.read().map_or(rank, |(seen, _)| seen);
            if seen == rank || spared == MAX_SPARED {
                self.remove(index, number, session);
                return true;
            }
            index.rerank(number, session, seen);
        }
        false
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
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
            .field("sessions", &self.sessions.len())
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

    async fn end(&self, key: &Key) -> Result<(), StoreError> {
        self.end(key);
        Ok(())
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
