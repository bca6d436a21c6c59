//! Where sessions are kept.

use std::{error::Error, fmt, future::Future};

use crate::Key;

#[cfg(feature = "conformance")]
pub mod conformance;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sql")]
mod sql;

#[cfg(feature = "redis")]
pub use self::redis::Redis;
#[cfg(feature = "redis")]
#[doc(no_inline)]
pub use ::redis as redis_client;
pub use memory::Memory;
#[cfg(feature = "sql")]
pub use sql::Sql;

/// Times are in milliseconds since 1970.
///
/// # Examples
/// ```
/// use highball_session::store::Millis;
///
/// const MINUTE: Millis = 60_000;
/// # let _ = MINUTE;
/// ```
pub type Millis = u64;

/// A place where sessions are kept.
///
/// [`Sessions::new`](crate::Sessions::new) takes it. The package has stores in memory, in SQL and in Redis.
/// `conformance` has the tests that each store passes.
///
/// Each call is atomic: two calls at the same time have the effect of one after the other. A store does not look at
/// `expires` of a session, except in [`sweep`](Self::sweep): the caller does.
///
/// # Examples
/// A store that adds a delay to another one, for tests:
/// ```
/// use std::time::Duration;
///
/// use highball_session::{
///     Key, Sessions, StoreError,
///     store::{Data, Head, Loaded, Memory, Millis, Put, Store},
/// };
///
/// struct Slow<S>(S);
///
/// async fn delay() {
///     tokio::time::sleep(Duration::from_millis(20)).await;
/// }
///
/// impl<S: Store> Store for Slow<S> {
///     async fn create(&self, key: &Key, head: &Head) -> Result<bool, StoreError> {
///         delay().await;
///         self.0.create(key, head).await
///     }
///
///     async fn load(&self, key: &Key, now: Millis) -> Result<Option<Loaded>, StoreError> {
///         delay().await;
///         self.0.load(key, now).await
///     }
///
///     async fn put(&self, key: &Key, slot: &str, expected: u64, data: &Data) -> Result<Put, StoreError> {
///         delay().await;
///         self.0.put(key, slot, expected, data).await
///     }
/// #     async fn touch(&self, key: &Key, seen: Millis, expires: Millis) -> Result<(), StoreError> {
/// #         self.0.touch(key, seen, expires).await
/// #     }
/// #     async fn replace(
/// #         &self,
/// #         old: &Key,
/// #         new: &Key,
/// #         head: &Head,
/// #         kept_until: Option<Millis>,
/// #     ) -> Result<bool, StoreError> {
/// #         self.0.replace(old, new, head, kept_until).await
/// #     }
/// #     async fn end(&self, key: &Key) -> Result<bool, StoreError> {
/// #         self.0.end(key).await
/// #     }
/// #     async fn of_user(&self, user: &str) -> Result<Vec<(Key, Head)>, StoreError> {
/// #         self.0.of_user(user).await
/// #     }
/// #     async fn sweep(&self, now: Millis) -> Result<usize, StoreError> {
/// #         self.0.sweep(now).await
/// #     }
///
///     // The other methods are the same.
///     async fn check(&self) -> Result<(), StoreError> {
///         self.0.check().await
///     }
/// }
///
/// let sessions = Sessions::new(Slow(Memory::new()));
/// ```
pub trait Store: Send + Sync + 'static {
    /// Stores a new session without slots. Returns false, and changes nothing, if there is one with this key.
    fn create(
        &self,
        key: &Key,
        head: &Head,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns the session with all its slots.
    ///
    /// For a key that [`replace`](Self::replace) has kept until a later time than `now`, this is the session with the
    /// new key.
    fn load(
        &self,
        key: &Key,
        now: Millis,
    ) -> impl Future<Output = Result<Option<Loaded>, StoreError>> + Send;

    /// Stores the data of a slot if its version is `expected`, and increases the version. A slot that does not exist
    /// has the version 0.
    fn put(
        &self,
        key: &Key,
        slot: &str,
        expected: u64,
        data: &Data,
    ) -> impl Future<Output = Result<Put, StoreError>> + Send;

    /// Stores when a session was last used and when it expires, unless it has been used later. It changes nothing else,
    /// and creates no session.
    fn touch(
        &self,
        key: &Key,
        seen: Millis,
        expires: Millis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives a session another key and another head, and keeps its slots. Returns false, and changes nothing, if there
    /// is no session with the old key, or one with the new key.
    ///
    /// After it, the old key leads to no session. With `kept_until`, [`load`](Self::load) still finds the session by it
    /// until this time. Without it, the keys that were kept before lead to no session either: a login must end each id
    /// from before it.
    fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Removes a session and its slots. Returns whether there was one with this key. A key that
    /// [`replace`](Self::replace) has kept is not one.
    fn end(&self, key: &Key) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns the sessions of a user, those that have expired among them, in any order. It takes time for these
    /// sessions, not for all.
    fn of_user(
        &self,
        user: &str,
    ) -> impl Future<Output = Result<Vec<(Key, Head)>, StoreError>> + Send;

    /// Removes sessions that have expired, and returns their number. The server calls it about once a minute. A store
    /// that removes them by itself returns 0.
    fn sweep(&self, now: Millis) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// Prepares the store, for example its tables. The server calls it once, before the first request. A store that
    /// prepares itself at its first use need not implement it.
    fn open(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        async { Ok(()) }
    }

    /// Returns whether the store answers.
    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// A session without its slots.
///
/// # Examples
/// ```
/// use highball_session::store::Head;
///
/// let mut head = Head::default();
/// (head.seen, head.expires) = (1_000, 61_000);
/// assert_eq!(head.user, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// The user, after a login.
    pub user: Option<String>,
    /// When the session began.
    pub created: Millis,
    /// When the user has last entered a password, or has logged in in another way. 0 before a login.
    pub logged_in: Millis,
    /// When the session got its id.
    pub renewed: Millis,
    /// When the session was last used, to the accuracy with which it is stored.
    pub seen: Millis,
    /// When the session expires if it is not used again.
    pub expires: Millis,
    /// Whether the cookie outlives the browser.
    pub remembered: bool,
    /// The header `User-Agent` at the login, shortened to 200 bytes, for a list of devices.
    pub agent: String,
}

/// A session that was loaded.
///
/// # Examples
/// ```
/// use highball_session::{Key, store::{Head, Loaded}};
///
/// let loaded = Loaded::new(Key::new([7; 32]), Head::default(), Vec::new());
/// assert!(loaded.slots.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// The key of the session. It differs from the one that was loaded if that was replaced.
    pub key: Key,
    /// The session without its slots.
    pub head: Head,
    /// The names and the data of the slots.
    pub slots: Vec<(String, Slot)>,
}

impl Loaded {
    /// Creates it, in a store.
    pub fn new(key: Key, head: Head, slots: Vec<(String, Slot)>) -> Self {
        Self { key, head, slots }
    }
}

/// The data of a slot, and how often it has changed.
///
/// # Examples
/// ```
/// use highball_session::store::{Data, Slot};
///
/// let data = Data { schema: 1, json: b"7".to_vec() };
/// let slot = Slot { version: 1, data };
/// assert_eq!(slot.data.json, b"7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// It increases with each change. It is at least 1.
    pub version: u64,
    /// The data.
    pub data: Data,
}

/// The data of a slot.
///
/// # Examples
/// ```
/// use highball_session::store::Data;
///
/// let data = Data { schema: 2, json: br#"{"items":[7]}"#.to_vec() };
/// assert_eq!(data.schema, 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The version of the type, `#[session(version = 2)]`.
    pub schema: u32,
    /// The data as JSON.
    pub json: Vec<u8>,
}

/// The result of [`Store::put`].
///
/// # Examples
/// ```
/// use highball_session::store::Put;
///
/// assert_ne!(Put::Done(1), Put::Conflict(None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is stored. The slot has this version now.
    Done(u64),
    /// The slot has another version. This is the slot, unless it does not exist.
    Conflict(Option<Slot>),
    /// There is no session with this key.
    Ended,
}

/// The error of a [`Store`] that cannot be reached or that fails. Clients do not see it.
///
/// # Examples
/// ```
/// use highball_session::StoreError;
///
/// let error = StoreError::new("the disk is full");
/// assert_eq!(error.to_string(), "the store of the sessions has failed: the disk is full");
/// ```
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Creates an error with this cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store of the sessions has failed: {}", self.0)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
