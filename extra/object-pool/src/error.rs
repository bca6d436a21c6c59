//! The reasons why a pool returns no object.

use std::{error::Error, fmt};

/// An error of any type, as the function that makes objects returns it.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The reason why a pool has returned no object.
///
/// With the feature `highball` it converts into a `Rejection`: [`Busy`](Self::Busy), [`TimedOut`](Self::TimedOut) and
/// [`Closed`](Self::Closed) are a 503, and a failure to make an object is a 500 whose cause is logged.
///
/// # Examples
/// ```
/// use highball_object_pool::{ObjectPool, TakeError};
///
/// let pool = ObjectPool::new(1, String::new);
/// let first = pool.try_take();
/// assert!(first.is_ok());
/// assert!(matches!(pool.try_take(), Err(TakeError::Busy)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum TakeError {
    /// The function that makes objects has failed, has taken longer than [`Builder::make_within`], or was stopped
    /// together with the runtime.
    ///
    /// [`Builder::make_within`]: crate::Builder::make_within
    Make(Box<dyn Error + Send + Sync>),
    /// No object is free, and the call does not wait.
    Busy,
    /// No object was free in time.
    TimedOut,
    /// The pool is closed.
    Closed,
}

impl fmt::Display for TakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Make(_) => "making an object for the pool failed",
            Self::Busy => "no object of the pool is free",
            Self::TimedOut => "no object of the pool was free in time",
            Self::Closed => "the pool is closed",
        })
    }
}

impl Error for TakeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Make(error) => Some(&**error),
            Self::Busy | Self::TimedOut | Self::Closed => None,
        }
    }
}
