//! A store in the memory of the process.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::{Claim, Operation, Store, StoredResponse};
use crate::body::BoxError;

/// A [`Store`] in memory, for tests and for an app of one process. A restart forgets all keys.
///
/// It has a limited size, 64 MiB by default. If it is full, it forgets the oldest responses, and a retry of such a
/// request would run the handler again.
///
/// # Examples
/// ```
/// use highball::middleware::idempotency::{IdempotencyKeys, MemoryStore};
///
/// let keys = IdempotencyKeys::new(MemoryStore::new().max_size(8 * 1024 * 1024));
/// # let _ = keys;
/// ```
pub struct MemoryStore {
    max_size: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_key: HashMap<String, Entry>,
    /// The keys and owners of completed entries, oldest first.
    completed: VecDeque<(String, String)>,
    /// The size of the completed entries.
    size: usize,
}

struct Entry {
    fingerprint: String,
    owner: String,
    expires: SystemTime,
    /// `None` while the request runs.
    response: Option<StoredResponse>,
}

/// The memory that an entry needs in addition to its response, about.
const ENTRY: usize = 512;

impl MemoryStore {
    /// Returns an empty store.
    pub fn new() -> Self {
        Self {
            max_size: 64 * 1024 * 1024,
            entries: Mutex::default(),
        }
    }

    /// Sets the size of all stored responses, in bytes.
    #[must_use]
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.max_size = bytes;
        self
    }

    /// Locks the entries. No change leaves them incomplete, so a poisoned lock is used like any other.
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Entry {
    /// Returns whether the entry is forgotten. A request that still runs is not: this process would have released it.
    fn has_expired(&self, now: SystemTime) -> bool {
        self.response.is_some() && self.expires <= now
    }

    fn size(&self) -> usize {
        self.response
            .as_ref()
            .map_or(0, |response| response.size() + ENTRY)
    }
}

impl Entries {
    fn claim(&mut self, operation: &Operation) -> Claim {
        let now = operation.started();
        self.forget(|_, oldest| oldest.has_expired(now));
        let entry = self.by_key.get(operation.key());
        match entry.filter(|entry| !entry.has_expired(now)) {
            Some(entry) if entry.fingerprint != operation.fingerprint() => Claim::Mismatch,
            Some(entry) => match &entry.response {
                Some(response) => Claim::Completed(response.clone()),
                None => Claim::InProgress,
            },
            None => {
                self.remove(operation.key());
                self.by_key
                    .insert(operation.key().to_owned(), Entry::new(operation));
                Claim::New
            }
        }
    }

    fn complete(&mut self, operation: &Operation, response: StoredResponse, max_size: usize) {
        let Some(entry) = self.running(operation) else {
            return;
        };
        let is_small = response.size() + ENTRY <= max_size;
        entry.response = Some(match is_small {
            true => response,
            false => response.without_body(),
        });
        self.size += entry.size();
        let (key, owner) = (operation.key().to_owned(), operation.owner().to_owned());
        self.completed.push_back((key, owner));
        self.forget(|entries, _| entries.size > max_size);
    }

    fn release(&mut self, operation: &Operation) {
        if self.running(operation).is_some() {
            self.remove(operation.key());
        }
    }

    /// Returns the entry of an operation that has not completed.
    fn running(&mut self, operation: &Operation) -> Option<&mut Entry> {
        let entry = self.by_key.get_mut(operation.key());
        entry.filter(|entry| entry.owner == operation.owner() && entry.response.is_none())
    }

    /// Removes completed entries, oldest first, while a condition holds.
    fn forget(&mut self, condition: impl Fn(&Self, &Entry) -> bool) {
        while let Some((key, owner)) = self.completed.front() {
            // An expired key may have a new owner.
            let entry = self.by_key.get(key).filter(|entry| entry.owner == *owner);
            let is_forgotten = entry.map(|entry| condition(self, entry));
            if is_forgotten == Some(false) {
                return;
            }
            if let Some((key, _)) = self.completed.pop_front()
                && is_forgotten.is_some()
            {
                self.remove(&key);
            }
        }
    }

    fn remove(&mut self, key: &str) {
        if let Some(entry) = self.by_key.remove(key) {
            self.size -= entry.size();
        }
    }
}

impl Entry {
    fn new(operation: &Operation) -> Self {
        Self {
            fingerprint: operation.fingerprint().to_owned(),
            owner: operation.owner().to_owned(),
            expires: operation.expires(),
            response: None,
        }
    }
}

impl Store for MemoryStore {
    async fn claim(&self, operation: &Operation) -> Result<Claim, BoxError> {
        Ok(self.lock().claim(operation))
    }

    async fn complete(
        &self,
        operation: &Operation,
        response: StoredResponse,
    ) -> Result<(), BoxError> {
        self.lock().complete(operation, response, self.max_size);
        Ok(())
    }

    async fn release(&self, operation: &Operation) -> Result<(), BoxError> {
        self.lock().release(operation);
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("max_size", &self.max_size)
            .field("size", &self.lock().size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::{
        super::{key::Digest, store::OperationTimes},
        *,
    };

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    /// Returns an operation that begins after some seconds and expires a hundred seconds later.
    fn operation(key: &str, second: u64) -> Operation {
        let second = Duration::from_secs(second);
        let times = OperationTimes::new(START + second, second, Duration::from_secs(100));
        Operation::new(Digest::new(key), Digest::new("same"), &times)
    }

    fn response(len: usize) -> StoredResponse {
        let body = Bytes::from(vec![0; len]);
        StoredResponse::new(StatusCode::OK, HeaderMap::new(), Some(body))
    }

    #[track_caller]
    fn is(claim: Claim, expected: &str) {
        let claim = format!("{claim:?}");
        assert!(claim.starts_with(expected), "{claim}");
    }

    #[test]
    fn the_oldest_responses_are_forgotten_if_it_is_full() {
        let mut entries = Entries::default();
        let max_size = 3 * (ENTRY + 1000);
        let all: Vec<_> = (0..5).map(|n| operation(&n.to_string(), 0)).collect();
        for operation in &all {
            is(entries.claim(operation), "New");
            entries.complete(operation, response(1000), max_size);
        }
        assert_eq!((entries.size, entries.by_key.len()), (max_size, 3));
        is(entries.claim(&all[4]), "Completed");
        is(entries.claim(&all[2]), "Completed");
        is(entries.claim(&all[1]), "New");
        // A response that never fits is not stored, and forgets no other.
        entries.complete(&all[1], response(max_size), max_size);
        let Claim::Completed(stored) = entries.claim(&all[1]) else {
            panic!("it has completed");
        };
        assert_eq!(stored.body(), None);
    }

    #[test]
    fn expired_keys_are_removed_and_running_ones_are_not() {
        let mut entries = Entries::default();
        let (done, running) = (operation("done", 0), operation("running", 0));
        is(entries.claim(&done), "New");
        is(entries.claim(&running), "New");
        entries.complete(&done, response(1), 10_000);
        is(entries.claim(&operation("other", 100)), "New");
        assert_eq!((entries.size, entries.by_key.len()), (0, 2));
        is(entries.claim(&operation("running", 200)), "InProgress");
    }

    /// idempot-dev/idempot-js#185: a request whose claim has been taken over changes that of its successor.
    #[test]
    fn only_the_owner_completes_or_releases_a_key() {
        let mut entries = Entries::default();
        let (owner, other) = (operation("key", 0), operation("key", 0));
        is(entries.claim(&owner), "New");
        entries.complete(&other, response(1), 10_000);
        entries.release(&other);
        is(entries.claim(&other), "InProgress");
        entries.complete(&owner, response(1), 10_000);
        entries.release(&owner);
        is(entries.claim(&other), "Completed");
    }
}
