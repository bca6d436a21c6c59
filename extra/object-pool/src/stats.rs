//! The numbers of a pool.

use std::time::Duration;

/// The numbers of a pool at one moment, from [`ObjectPool::stats`](crate::ObjectPool::stats).
///
/// They are read under one lock, so they fit each other: `size == idle + in_use + making`, and
/// `made == idle + in_use + discarded`. Use them for metrics and tests.
///
/// # Examples
/// ```
/// use highball_object_pool::{ObjectPool, Stats};
///
/// # fn main() -> Result<(), highball_object_pool::TakeError> {
/// let pool = ObjectPool::new(2, String::new);
/// let text = pool.try_take()?;
/// let stats: Stats = pool.stats();
/// assert_eq!((stats.size, stats.idle, stats.in_use, stats.made), (1, 0, 1, 1));
/// drop(text);
/// assert_eq!((pool.stats().idle, pool.stats().in_use), (1, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The maximum of `size`. After [`resize`](crate::ObjectPool::resize) to a smaller number, `size` may be greater
    /// until objects return.
    pub max: usize,
    /// The objects of the pool, those in the making included.
    pub size: usize,
    /// The objects that nothing uses.
    pub idle: usize,
    /// The objects that a [`Pooled`](crate::Pooled) contains.
    pub in_use: usize,
    /// The objects in the making.
    pub making: usize,
    /// The calls that wait for an object.
    pub waiting: usize,
    /// The objects that were made since the start.
    pub made: u64,
    /// The objects that have left the pool since the start: rejected by `check` or `reset`, idle for too long,
    /// discarded, detached, in use during a panic, or dropped by `resize` or `close`.
    pub discarded: u64,
    /// The calls that had to wait and wait no longer, those included whose future was dropped.
    pub waits: u64,
    /// The sum of the times of `waits`.
    pub wait_total: Duration,
    /// The longest time of `waits`.
    pub wait_max: Duration,
}
