//! The trait of stores, and what a store is given.

use std::{
    fmt,
    future::Future,
    hash::{BuildHasher, Hasher, RandomState},
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{StoredResponse, key::Digest};
use crate::body::BoxError;

/// A place where the keys of requests and their responses are stored. [`MemoryStore`](super::MemoryStore) is one.
///
/// Each method is one atomic step, for example one SQL statement, because several processes may run it at once. With
/// [`Operation::lease_ends`] and [`Operation::owner`] a store survives the crash of a process.
///
/// # Examples
/// ```
/// use highball::{
///     body::BoxError,
///     middleware::idempotency::{Claim, Operation, Store, StoredResponse},
/// };
/// # struct Pool;
/// # struct Row { fingerprint: String, response: Option<Vec<u8>> }
/// # impl Pool {
/// #     async fn insert(&self, _: &Operation) -> Result<bool, BoxError> { Ok(true) }
/// #     async fn select(&self, _: &str) -> Result<Row, BoxError> { Err("no row".into()) }
/// #     async fn update(&self, _: &str, _: &str, _: Vec<u8>) -> Result<(), BoxError> { Ok(()) }
/// #     async fn delete(&self, _: &str, _: &str) -> Result<(), BoxError> { Ok(()) }
/// # }
///
/// struct Table(Pool);
///
/// impl Store for Table {
///     async fn claim(&self, operation: &Operation) -> Result<Claim, BoxError> {
///         // INSERT .. ON CONFLICT (key) DO UPDATE SET ..
///         //   WHERE expires < now OR (response IS NULL AND lease_ends < now)
///         if self.0.insert(operation).await? {
///             return Ok(Claim::New);
///         }
///         let row = self.0.select(operation.key()).await?;
///         if row.fingerprint != operation.fingerprint() {
///             return Ok(Claim::Mismatch);
///         }
///         match row.response {
///             Some(bytes) => Ok(Claim::Completed(StoredResponse::decode(&bytes).ok_or("malformed")?)),
///             None => Ok(Claim::InProgress),
///         }
///     }
///
///     async fn complete(&self, operation: &Operation, response: StoredResponse) -> Result<(), BoxError> {
///         // UPDATE .. SET response = .. WHERE key = .. AND owner = ..
///         self.0.update(operation.key(), operation.owner(), response.encode()).await
///     }
///
///     async fn release(&self, operation: &Operation) -> Result<(), BoxError> {
///         // DELETE .. WHERE key = .. AND owner = .. AND response IS NULL
///         self.0.delete(operation.key(), operation.owner()).await
///     }
/// }
/// # let _ = Table(Pool);
/// ```
pub trait Store: Send + Sync + 'static {
    /// Claims the key of an operation, if it is new or has expired.
    ///
    /// # Errors
    /// After an error the handler does not run, and the response is a 503.
    fn claim(&self, operation: &Operation) -> impl Future<Output = Result<Claim, BoxError>> + Send;

    /// Stores the response of an operation whose owner still has the claim.
    ///
    /// # Errors
    /// An error is logged, and the key stays claimed until its lease ends.
    fn complete(
        &self,
        operation: &Operation,
        response: StoredResponse,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Removes the claim of an operation, if its owner still has it and has not completed it.
    ///
    /// # Errors
    /// An error is logged, and the key stays claimed until its lease ends.
    fn release(&self, operation: &Operation) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// The state of a key, as [`Store::claim`] finds it.
///
/// # Examples
/// ```
/// use highball::middleware::idempotency::Claim;
///
/// let text = |claim: Claim| match claim {
///     Claim::New => "the handler runs",
///     Claim::InProgress => "409",
///     Claim::Mismatch => "422",
///     Claim::Completed(_) => "the stored response",
/// };
/// assert_eq!(text(Claim::New), "the handler runs");
/// ```
#[derive(Debug, Clone)]
pub enum Claim {
    /// The key was new, and now belongs to the operation.
    New,
    /// A request with the same fingerprint has the key, and has not completed.
    InProgress,
    /// A request with another fingerprint has the key, whether it has completed or not.
    Mismatch,
    /// A request with the same fingerprint has completed.
    Completed(StoredResponse),
}

/// A request with a key, as a [`Store`] records it.
///
/// # Examples
/// ```
/// use highball::middleware::idempotency::Operation;
///
/// /// Returns the values of a row.
/// fn row(operation: &Operation) -> (&str, &str, &str) {
///     (operation.key(), operation.fingerprint(), operation.owner())
/// }
/// # let _ = row;
/// ```
#[derive(Debug, Clone)]
pub struct Operation {
    key: String,
    fingerprint: String,
    owner: String,
    times: OperationTimes,
}

/// When an operation began, and when it ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct OperationTimes {
    started: SystemTime,
    lease_ends: SystemTime,
    expires: SystemTime,
}

impl OperationTimes {
    pub(super) fn new(started: SystemTime, lease: Duration, expiry: Duration) -> Self {
        // A time that the system cannot represent is no limit, and a year is as good.
        let after = |time| {
            let year = || started + Duration::from_secs(365 * 24 * 60 * 60);
            started.checked_add(time).unwrap_or_else(year)
        };
        Self {
            started,
            lease_ends: after(lease),
            expires: after(expiry),
        }
    }
}

impl Operation {
    pub(super) fn new(key: Digest, fingerprint: Digest, times: &OperationTimes) -> Self {
        Self {
            key: key.hex(),
            fingerprint: fingerprint.hex(),
            // Each state has other keys, so two requests never have the same number.
            owner: format!("{:016x}", RandomState::new().build_hasher().finish()),
            times: *times,
        }
    }

    /// Returns the key: a hash, in 64 hexadecimal digits, of the route, the client and the value of the header.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the hash, in 64 hexadecimal digits, of everything that a retry must repeat.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Returns a value that no other request has, in 16 hexadecimal digits.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Returns when the request began.
    pub fn started(&self) -> SystemTime {
        self.times.started
    }

    /// Returns when another request may take over the key if this one has not completed.
    pub fn lease_ends(&self) -> SystemTime {
        self.times.lease_ends
    }

    /// Returns when the key is forgotten.
    pub fn expires(&self) -> SystemTime {
        self.times.expires
    }
}

/// The stored responses of an app, as a field of its state. A clone shares them.
///
/// # Examples
/// ```
/// use highball::{middleware::idempotency::{IdempotencyKeys, MemoryStore}, prelude::*};
///
/// #[derive(State)]
/// struct AppState {
///     keys: IdempotencyKeys,
/// }
///
/// let keys = IdempotencyKeys::new(MemoryStore::new().max_size(8 * 1024 * 1024));
/// # let _ = AppState { keys };
/// ```
#[derive(Clone)]
pub struct IdempotencyKeys(pub(super) Arc<dyn DynStore>);

impl IdempotencyKeys {
    /// Returns the keys in a store.
    pub fn new(store: impl Store) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for IdempotencyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyKeys").finish_non_exhaustive()
    }
}

type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// A [`Store`] of any type. Without it the type of the store would be in the type of each middleware.
pub(super) trait DynStore: Send + Sync {
    fn claim<'a>(&'a self, operation: &'a Operation) -> Pending<'a, Claim>;
    fn complete<'a>(&'a self, operation: &'a Operation, stored: StoredResponse) -> Pending<'a, ()>;
    fn release<'a>(&'a self, operation: &'a Operation) -> Pending<'a, ()>;
}

impl<T: Store> DynStore for T {
    fn claim<'a>(&'a self, operation: &'a Operation) -> Pending<'a, Claim> {
        Box::pin(Store::claim(self, operation))
    }

    fn complete<'a>(&'a self, operation: &'a Operation, stored: StoredResponse) -> Pending<'a, ()> {
        Box::pin(Store::complete(self, operation, stored))
    }

    fn release<'a>(&'a self, operation: &'a Operation) -> Pending<'a, ()> {
        Box::pin(Store::release(self, operation))
    }
}
