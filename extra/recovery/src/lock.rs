//! Locks that let only one instance be out at a time.

use std::{future::Future, pin::Pin, time::Duration};

use highball::Result;

/// A lock that several instances share, so that only one of them restarts or is drained at a time:
/// [`Builder::lock`](crate::Builder::lock).
///
/// It is a lease and not a lock of the process: it lasts from the beginning of a restart until the next process has
/// served for some time, and it ends by itself if that never happens.
///
/// # Examples
/// ```
/// use highball_recovery::{Lock, Locking};
/// use std::{sync::Mutex, time::{Duration, Instant}};
///
/// /// A lock of the instances in one process, for tests.
/// #[derive(Default)]
/// struct InProcess(Mutex<Option<(String, Instant)>>);
///
/// impl Lock for InProcess {
///     fn acquire<'l>(&'l self, holder: &'l str, lease: Duration) -> Locking<'l, bool> {
///         Box::pin(async move {
///             let mut held = self.0.lock().unwrap();
///             let now = Instant::now();
///             let is_free = held.as_ref().is_none_or(|(other, until)| other == holder || *until < now);
///             if is_free {
///                 *held = Some((holder.to_owned(), now + lease));
///             }
///             Ok(is_free)
///         })
///     }
///
///     fn release<'l>(&'l self, holder: &'l str) -> Locking<'l, ()> {
///         Box::pin(async move {
///             let mut held = self.0.lock().unwrap();
///             held.take_if(|(other, _)| other == holder);
///             Ok(())
///         })
///     }
/// }
/// # highball::block_on(async {
/// let lock = InProcess::default();
/// assert!(lock.acquire("one", Duration::from_secs(60)).await?);
/// assert!(!lock.acquire("two", Duration::from_secs(60)).await?);
/// # lock.release("one").await?;
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub trait Lock: Send + Sync + 'static {
    /// Takes the lock for this time, if it is free or `holder` has it. Returns whether `holder` has it now.
    fn acquire<'l>(&'l self, holder: &'l str, lease: Duration) -> Locking<'l, bool>;

    /// Gives the lock back, if `holder` has it.
    fn release<'l>(&'l self, holder: &'l str) -> Locking<'l, ()>;
}

/// The future of a [`Lock`].
///
/// # Examples
/// ```
/// use highball_recovery::Locking;
///
/// /// The result of a lock that is always free.
/// fn free() -> Locking<'static, bool> {
///     Box::pin(async { Ok(true) })
/// }
/// # let _ = free;
/// ```
pub type Locking<'l, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'l>>;
