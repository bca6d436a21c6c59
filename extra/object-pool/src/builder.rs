//! The options of a pool.

use std::{any::type_name, fmt, sync::Arc, time::Duration};

use crate::{
    make::Make,
    pool::ObjectPool,
    shared::{Options, Shared},
};

/// The options of an [`ObjectPool`], from [`ObjectPool::builder`] and its siblings.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use highball_object_pool::{Builder, ObjectPool};
///
/// let builder: Builder<Vec<u8>> = ObjectPool::builder(8, || Vec::with_capacity(1 << 20));
/// let pool = builder
///     .reset(|buffer| {
///         buffer.clear();
///         // A buffer that has grown is dropped, or every buffer would grow in time.
///         buffer.capacity() <= 4 << 20
///     })
///     .idle_limit(Duration::from_secs(60))
///     .build();
/// # assert_eq!(pool.stats().max, 8);
/// ```
#[must_use]
pub struct Builder<T> {
    max: usize,
    make: Make<T>,
    options: Options<T>,
}

impl<T> Builder<T> {
    #[track_caller]
    pub(crate) fn new(max: usize, make: Make<T>) -> Self {
        assert!(max > 0, "the maximum of a pool is at least 1");
        let options = Options {
            check: None,
            reset: None,
            idle_limit: None,
            make_within: None,
            min: 0,
            keep_after_panic: false,
            name: type_name::<T>().to_owned(),
        };
        Self { max, make, options }
    }

    /// Sets the function that prepares a returned object for its next use. If it returns `false`, the object is
    /// discarded.
    ///
    /// Use it to clear buffers, and to drop objects that have grown too large. It runs where the object is dropped. If
    /// it panics, the object is discarded.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// # fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = ObjectPool::builder(1, String::new)
    ///     .reset(|text| {
    ///         text.clear();
    ///         true
    ///     })
    ///     .build();
    /// pool.try_take()?.push_str("a user's text");
    /// assert_eq!(*pool.try_take()?, "");
    /// # Ok(())
    /// # }
    /// ```
    pub fn reset(mut self, reset: impl Fn(&mut T) -> bool + Send + Sync + 'static) -> Self {
        self.options.reset = Some(Box::new(reset));
        self
    }

    /// Sets the function that inspects an idle object before it is used again. If it returns `false`, the object is
    /// discarded, and the call continues with another one.
    ///
    /// Use it for objects that become invalid while they are idle. It does not run for an object that was just made. If
    /// it panics, the object is discarded and the call panics.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// # use std::time::{Duration, Instant};
    /// let hour = Duration::from_secs(3600);
    /// let pool = ObjectPool::builder(4, Instant::now)
    ///     .check(move |made| made.elapsed() < hour)
    ///     .build();
    /// # assert!(pool.try_take().is_ok());
    /// ```
    pub fn check(mut self, check: impl Fn(&mut T) -> bool + Send + Sync + 'static) -> Self {
        self.options.check = Some(Box::new(check));
        self
    }

    /// Drops objects that have been idle for this time, but leaves [`min`](Self::min) objects in the pool. By default
    /// objects stay.
    ///
    /// The idle time is compared when an object is taken or returns. A pool that nothing uses keeps its objects. The
    /// object that returned last is taken first, so objects that are not needed reach the limit.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// # use std::time::Duration;
    /// let pool = ObjectPool::builder(4, String::new).min(1).idle_limit(Duration::from_secs(60)).build();
    /// # assert!(pool.try_take().is_ok());
    /// ```
    pub fn idle_limit(mut self, limit: Duration) -> Self {
        self.options.idle_limit = Some(limit);
        self
    }

    /// Sets the number of objects that [`idle_limit`](Self::idle_limit) leaves in the pool. The default is 0.
    ///
    /// As a battery of a Highball server, the pool also makes this number before the port answers. Elsewhere call
    /// [`ObjectPool::warm`].
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = ObjectPool::builder(4, String::new).min(2).build();
    /// pool.warm(2).await?;
    /// assert_eq!(pool.stats().idle, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn min(mut self, min: usize) -> Self {
        self.options.min = min;
        self
    }

    /// Limits the time in which an asynchronous function makes an object. By default there is no limit.
    ///
    /// Set it if the function may hang: an object in the making has a place in the pool, even if nothing waits for it
    /// any longer. It does not apply to synchronous functions.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::{ObjectPool, TakeError};
    /// # use std::{future, io, time::Duration};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let pool = ObjectPool::async_builder(1, future::pending::<io::Result<String>>)
    ///     .make_within(Duration::from_millis(1))
    ///     .build();
    /// assert!(matches!(pool.take().await, Err(TakeError::Make(_))));
    /// # }
    /// ```
    pub fn make_within(mut self, limit: Duration) -> Self {
        self.options.make_within = Some(limit);
        self
    }

    /// Keeps objects that were in use while a panic unwound. By default they are discarded.
    ///
    /// Use it for objects that are valid after every step, or that `reset` repairs. `reset` runs during the unwinding
    /// and must not panic, since a second panic ends the process.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// let pool = ObjectPool::builder(4, String::new).keep_after_panic().build();
    /// # assert!(pool.try_take().is_ok());
    /// ```
    pub fn keep_after_panic(mut self) -> Self {
        self.options.keep_after_panic = true;
        self
    }

    /// Sets the name of the pool as a battery of a Highball server. The default is the path of the type.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// let pool = ObjectPool::builder(4, String::new).name("texts").build();
    /// # assert!(pool.try_take().is_ok());
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = name.into();
        self
    }

    /// Returns the pool. It has no object yet.
    ///
    /// # Examples
    /// ```
    /// # use highball_object_pool::ObjectPool;
    /// let pool = ObjectPool::builder(4, String::new).build();
    /// assert_eq!(pool.stats().size, 0);
    /// ```
    pub fn build(self) -> ObjectPool<T> {
        ObjectPool::of(Arc::new(Shared::new(self.max, self.options, self.make)))
    }
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("max", &self.max)
            .field("min", &self.options.min)
            .field("idle_limit", &self.options.idle_limit)
            .field("make_within", &self.options.make_within)
            .finish_non_exhaustive()
    }
}
