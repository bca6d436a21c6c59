//! The failures of a backend.

use std::fmt;

/// Why a backend has failed, as far as a publisher is concerned.
///
/// # Examples
/// ```
/// use highball::Error;
/// use highball_jobs::backend::{BackendError, Fault};
///
/// let error = BackendError::of(Fault::Blocked, Error::new("it is low on memory"));
/// assert_eq!(error.fault(), Fault::Blocked);
/// assert_eq!(BackendError::new(Error::new("a driver's error")).fault(), Fault::Other);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Any other failure.
    Other,
    /// No queue takes the job.
    Unroutable,
    /// The backend accepts no jobs for now, for example because it is low on memory. A job that was sent when the block
    /// began may be stored later.
    Blocked,
    /// The backend has not confirmed the job in time. It may be stored.
    Unconfirmed,
    /// There is no connection. If it was lost while the job was sent, the job may be stored.
    Disconnected,
    /// The backend cannot keep a promise of this job, such as an order.
    Unsupported,
}

/// Why a backend has failed.
///
/// # Examples
/// ```
/// use highball_jobs::backend::BackendError;
///
/// let error = BackendError::new(highball::Error::new("the broker is away"));
/// assert_eq!(error.to_string(), "the broker is away");
/// ```
#[derive(Debug)]
pub struct BackendError(highball::Error, Fault);

impl BackendError {
    /// Creates an error from that of a driver.
    #[track_caller]
    pub fn new(error: impl Into<highball::Error>) -> Self {
        Self(error.into(), Fault::Other)
    }

    /// Creates an error of a kind that publishers distinguish.
    #[track_caller]
    pub fn of(fault: Fault, error: impl Into<highball::Error>) -> Self {
        Self(error.into(), fault)
    }

    /// Returns the kind of the failure.
    pub fn fault(&self) -> Fault {
        self.1
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for BackendError {}
