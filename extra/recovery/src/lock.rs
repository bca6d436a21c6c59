//! Locks that let only one instance be out at a time.

use std::{future::Future, pin::Pin, time::Duration};

use highball::Result;

/// A lock that several instances share, so that only one of them restarts or is drained at a time:
/// [`Builder::lock`](crate::Builder::lock).
///
/// It is a lease and not a lock of the process: it lasts from the beginning of a restart until the next process has
/// served for some time, and it ends by itself if that never happens.
pub trait Lock: Send + Sync + 'static {
    /// Takes the lock for this time, if it is free or `holder` has it. Returns whether `holder` has it now.
    fn acquire<'l>(&'l self, holder: &'l str, lease: Duration) -> Locking<'l, bool>;

    /// Gives the lock back, if `holder` has it.
    fn release<'l>(&'l self, holder: &'l str) -> Locking<'l, ()>;
}

/// The future of a [`Lock`].
pub type Locking<'l, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'l>>;
