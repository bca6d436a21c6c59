//! The pool.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::{
    builder::Builder,
    error::TakeError,
    make::{self, Make},
    pooled::Pooled,
    shared::{Shared, Turn},
    stats::Stats,
};

/// A bounded pool of objects that are costly to make.
///
/// Use it for objects that take longer to make than to borrow, or of which only a few may exist: parsers, contexts of
/// compression, interpreters, models. For a `Vec` or a `String` the allocator is faster. For database connections,
/// use the pool of the driver.
///
/// A clone is another handle of the same pool. The object that returned last is taken first, because its memory is
/// most likely in the cache. Calls that wait get an object in the order of their calls.
///
/// # Examples
/// ```
/// use highball_object_pool::{ObjectPool, TakeError};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), TakeError> {
/// // At most four buffers, which exist only if they are needed.
/// let pool = ObjectPool::new(4, || Vec::<u8>::with_capacity(1 << 20));
/// let mut buffer = pool.take().await?;
/// buffer.extend(b"text");
/// drop(buffer);
/// assert_eq!(pool.stats().idle, 1);
/// # Ok(())
/// # }
/// ```
pub struct ObjectPool<T> {
    shared: Arc<Shared<T>>,
}

impl<T> ObjectPool<T> {
    pub(crate) fn of(shared: Arc<Shared<T>>) -> Self {
        Self { shared }
    }

    /// Returns a pool of at most `max` objects, with the default options.
    ///
    /// `make` runs when an object is needed and none is idle. It runs on the thread of the call, so it should take at
    /// most a millisecond; use [`async_builder`](Self::async_builder) for more.
    ///
    /// # Examples
    /// ```
    /// let pool = highball_object_pool::ObjectPool::new(4, String::new);
    /// assert_eq!(pool.stats().max, 4);
    /// ```
    ///
    /// # Panics
    /// If `max` is 0.
    #[track_caller]
    pub fn new(max: usize, make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self::builder(max, make).build()
    }

    /// Returns the options of a pool of at most `max` objects.
    ///
    /// # Examples
    /// ```
    /// let pool = highball_object_pool::ObjectPool::builder(4, String::new).min(1).build();
    /// assert_eq!(pool.stats().max, 4);
    /// ```
    ///
    /// # Panics
    /// If `max` is 0.
    #[track_caller]
    pub fn builder(max: usize, make: impl Fn() -> T + Send + Sync + 'static) -> Builder<T> {
        Builder::new(max, Make::Blocking(Box::new(move || Ok(make()))))
    }

    /// Returns the options of a pool whose objects may fail to be made.
    ///
    /// An error is returned to the call that needed the object, as [`TakeError::Make`]. The next call tries again.
    ///
    /// # Examples
    /// ```
    /// use std::fs::File;
    /// use highball_object_pool::{ObjectPool, TakeError};
    ///
    /// let pool = ObjectPool::try_builder(4, || File::open("there-is-no-such-file")).build();
    /// assert!(matches!(pool.try_take(), Err(TakeError::Make(_))));
    /// assert_eq!(pool.stats().size, 0);
    /// ```
    ///
    /// # Panics
    /// If `max` is 0.
    #[track_caller]
    pub fn try_builder<E>(
        max: usize,
        make: impl Fn() -> Result<T, E> + Send + Sync + 'static,
    ) -> Builder<T>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let make = move || make().map_err(Into::into);
        Builder::new(max, Make::Blocking(Box::new(make)))
    }

    /// Returns the options of a pool whose objects are made by an asynchronous function.
    ///
    /// Use it for objects that need I/O, or that take longer than a millisecond: `make` can call
    /// `tokio::task::spawn_blocking`. Each object is made on a separate task, which runs to its end even if the call
    /// that needed the object is dropped. So a slow object is made only once, however impatient the calls are. A task
    /// that may hang needs [`make_within`](Builder::make_within).
    ///
    /// # Examples
    /// ```
    /// use std::io;
    /// use highball_object_pool::{ObjectPool, TakeError};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), TakeError> {
    /// async fn load() -> io::Result<Vec<f32>> {
    ///     Ok(vec![0.5; 1024])
    /// }
    ///
    /// let pool = ObjectPool::async_builder(2, load).build();
    /// assert_eq!(pool.take().await?.len(), 1024);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// If `max` is 0.
    #[track_caller]
    pub fn async_builder<F, E>(
        max: usize,
        make: impl Fn() -> F + Send + Sync + 'static,
    ) -> Builder<T>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let make = move || {
            let made = make();
            Box::pin(async move { made.await.map_err(Into::into) }) as _
        };
        Builder::new(max, Make::Async(Box::new(make)))
    }

    /// Returns the numbers of the pool.
    ///
    /// # Examples
    /// ```
    /// let pool = highball_object_pool::ObjectPool::new(4, String::new);
    /// assert_eq!(pool.stats().waiting, 0);
    /// ```
    pub fn stats(&self) -> Stats {
        self.shared.lock().stats()
    }

    /// Changes the maximum.
    ///
    /// If it grows, waiting calls continue. If it shrinks, idle objects are dropped at once, and objects in use when
    /// they return.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = highball_object_pool::ObjectPool::new(2, String::new);
    /// let (first, second) = (pool.try_take()?, pool.try_take()?);
    /// pool.resize(1);
    /// assert_eq!(pool.stats().size, 2);
    /// drop((first, second));
    /// assert_eq!(pool.stats().size, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// If `max` is 0.
    #[track_caller]
    pub fn resize(&self, max: usize) {
        assert!(max > 0, "the maximum of a pool is at least 1");
        self.shared.resize(max);
    }

    /// Closes the pool: every later and every waiting call returns [`TakeError::Closed`].
    ///
    /// Idle objects are dropped at once, and objects in use when they return. It does not wait for them. A call whose
    /// object is in the making still gets it.
    ///
    /// # Examples
    /// ```
    /// use highball_object_pool::{ObjectPool, TakeError};
    ///
    /// let pool = ObjectPool::new(2, String::new);
    /// pool.close();
    /// assert!(matches!(pool.try_take(), Err(TakeError::Closed)));
    /// ```
    pub fn close(&self) {
        self.shared.close();
    }

    #[cfg(feature = "highball")]
    pub(crate) fn options(&self) -> &crate::shared::Options<T> {
        &self.shared.options
    }
}

impl<T: Send + 'static> ObjectPool<T> {
    /// Takes an object: an idle one, or a new one if there is room, or the next one that returns.
    ///
    /// It waits without a limit; [`take_within`](Self::take_within) has one. A task that takes a second object while it
    /// has the first can wait forever, since other tasks may do the same.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = highball_object_pool::ObjectPool::new(2, || "text".to_owned());
    /// let text = pool.take().await?;
    /// assert_eq!(*text, "text");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TakeError::Make`] if an object was needed and could not be made, [`TakeError::Closed`] if the pool is closed.
    ///
    /// # Panics
    /// If a function of the pool panics, or if an asynchronous one is needed outside of a tokio runtime.
    ///
    /// # Cancel safety
    /// A call that is dropped while it waits leaves the queue. If it has received an object, the next call gets it. If
    /// its object is in the making by an asynchronous function, the object is still made, and is idle then.
    pub async fn take(&self) -> Result<Pooled<T>, TakeError> {
        let mut place = match self.shared.enter()? {
            Turn::Now(place) => place,
            Turn::Later(waiting) => waiting.place().await?,
        };
        place.check();
        if place.object().is_none() {
            place = make::start(place).finish().await.map_err(TakeError::Make)?;
        }
        Ok(Pooled::new(place))
    }

    /// Takes an object as [`take`](Self::take) does, within a limit of time.
    ///
    /// The limit includes the time in which an asynchronous function makes the object. A synchronous one is not
    /// interrupted.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use highball_object_pool::{ObjectPool, TakeError};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), TakeError> {
    /// let pool = ObjectPool::new(1, String::new);
    /// let text = pool.take().await?;
    /// let late = pool.take_within(Duration::from_millis(1)).await;
    /// assert!(matches!(late, Err(TakeError::TimedOut)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As `take`, and [`TakeError::TimedOut`] if the time is over.
    ///
    /// # Panics
    /// As `take`, and outside of a tokio runtime.
    ///
    /// # Cancel safety
    /// As `take`.
    pub async fn take_within(&self, limit: Duration) -> Result<Pooled<T>, TakeError> {
        let taken = timeout(limit, self.take()).await;
        taken.unwrap_or(Err(TakeError::TimedOut))
    }

    /// Takes an object without waiting: an idle one, or a new one if there is room and the function that makes objects
    /// is synchronous.
    ///
    /// It works outside of a runtime. It never overtakes a call that waits.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = highball_object_pool::ObjectPool::new(2, || "text".to_owned());
    /// assert_eq!(*pool.try_take()?, "text");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TakeError::Busy`] if no object is free, and the errors of [`take`](Self::take).
    ///
    /// # Panics
    /// If a function of the pool panics.
    pub fn try_take(&self) -> Result<Pooled<T>, TakeError> {
        let mut place = self.shared.try_enter()?;
        place.check();
        if place.object().is_none() {
            let made = make::try_make(place).ok_or(TakeError::Busy)?;
            place = made.map_err(TakeError::Make)?;
        }
        Ok(Pooled::new(place))
    }

    /// Makes objects until the pool has `count`, or its maximum.
    ///
    /// Call it before a server listens, so that the first requests do not wait. Asynchronous functions make the objects
    /// at the same time.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = highball_object_pool::ObjectPool::new(4, String::new);
    /// pool.warm(3).await?;
    /// assert_eq!(pool.stats().idle, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first error of the function that makes objects, or [`TakeError::Closed`]. Objects that could be made stay in
    /// the pool.
    ///
    /// # Panics
    /// As [`take`](Self::take).
    ///
    /// # Cancel safety
    /// Objects that were made stay in the pool, and so do those that an asynchronous function is making.
    pub async fn warm(&self, count: usize) -> Result<(), TakeError> {
        // All places are taken first: one whose object cannot be made is free again, and would be taken forever.
        let mut places = Vec::new();
        loop {
            match self.shared.room_below(count) {
                Ok(place) => places.push(place),
                Err(TakeError::Busy) => break,
                Err(error) => return Err(error),
            }
        }
        let started: Vec<_> = places.into_iter().map(make::start).collect();
        for making in started {
            let place = making.finish().await.map_err(TakeError::Make)?;
            drop(place);
        }
        Ok(())
    }
}

impl<T> Clone for ObjectPool<T> {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.shared))
    }
}

impl<T> fmt::Debug for ObjectPool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectPool")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
