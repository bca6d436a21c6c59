//! An object in use.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    thread,
};

use crate::place::Place;

/// An object of an [`ObjectPool`](crate::ObjectPool), which returns to the pool when it is dropped.
///
/// It dereferences to the object. It owns its part of the pool, so it can be moved into a task and stored in a struct.
///
/// If it is dropped because a panic unwinds, the object is discarded, since it may be half changed;
/// [`keep_after_panic`](crate::Builder::keep_after_panic) keeps it.
///
/// # Examples
/// ```
/// use highball_object_pool::{ObjectPool, Pooled};
///
/// # fn main() -> Result<(), highball_object_pool::TakeError> {
/// let pool = ObjectPool::new(2, || Vec::with_capacity(4096));
/// let mut buffer: Pooled<Vec<u8>> = pool.try_take()?;
/// buffer.extend(b"text");
/// drop(buffer);
/// assert_eq!(pool.stats().idle, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "the object returns to the pool at once if it is not used"]
pub struct Pooled<T> {
    place: Place<T>,
    /// Whether the thread was panicking before. Then a panic at the end is not one of the object.
    taken_in_panic: bool,
}

/// Why a `Pooled` has an object: it is removed only by functions that consume the `Pooled`.
const PRESENT: &str = "the object is present until the end";

impl<T> Pooled<T> {
    /// Wraps a place that has an object.
    pub(crate) fn new(place: Place<T>) -> Self {
        debug_assert!(place.object().is_some(), "{PRESENT}");
        Self {
            place,
            taken_in_panic: thread::panicking(),
        }
    }

    /// Removes the object from the pool, which may make another one in its place.
    ///
    /// Use it for an object that has to outlive the pool. `reset` does not run.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = highball_object_pool::ObjectPool::new(1, || "text".to_owned());
    /// let text: String = pool.try_take()?.detach();
    /// assert_eq!(text, "text");
    /// assert_eq!(pool.stats().size, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn detach(mut self) -> T {
        self.place.take().expect(PRESENT)
    }

    /// Drops the object, so that the pool may make another one in its place.
    ///
    /// Use it for an object that has failed. `reset` does not run.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), highball_object_pool::TakeError> {
    /// let pool = highball_object_pool::ObjectPool::new(1, String::new);
    /// pool.try_take()?.discard();
    /// assert_eq!((pool.stats().size, pool.stats().discarded), (0, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn discard(self) {
        drop(self.detach());
    }

    /// Returns whether a panic began while the object was in use.
    fn is_poisoned(&self) -> bool {
        thread::panicking() && !self.taken_in_panic && !self.place.shared().options.keep_after_panic
    }
}

impl<T> Deref for Pooled<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.place.object().expect(PRESENT)
    }
}

impl<T> DerefMut for Pooled<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.place.object_mut().expect(PRESENT)
    }
}

impl<T> Drop for Pooled<T> {
    fn drop(&mut self) {
        if self.is_poisoned() {
            drop(self.place.take());
        } else if self.place.shared().options.reset.is_some() {
            self.reset();
        }
        // The place is dropped after this, and settles what it contains.
    }
}

impl<T> Pooled<T> {
    /// Runs `reset`, and drops an object that it rejects.
    fn reset(&mut self) {
        // Without its object, the place is freed if `reset` or the `Drop` of the object panics.
        let Some(mut object) = self.place.take() else {
            return;
        };
        let reset = &self.place.shared().options.reset;
        if reset.as_ref().is_none_or(|reset| reset(&mut object)) {
            self.place.put_back(object);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Pooled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pooled").field(&**self).finish()
    }
}
