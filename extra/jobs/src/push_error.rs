//! Why a job was not published.

use std::{fmt, time::Duration};

use highball::{
    describe::{Answer, Answers},
    extract::Facts,
    prelude::*,
};

use crate::backend::{BackendError, Fault};

/// Why a job was not published. A client receives a 503 with `Retry-After`, and the log has the cause.
///
/// # Examples
/// ```
/// use highball_jobs::PushError;
///
/// fn is_full(error: &PushError) -> bool {
///     matches!(error, PushError::Full { .. })
/// }
/// # let _ = is_full;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum PushError {
    /// As many jobs wait as `max_waiting` of the job allows.
    Full {
        /// The name of the job.
        job: &'static str,
        /// How many wait.
        waiting: u64,
    },
    /// The backend has not answered in time. The job may be stored, or be stored later.
    Unconfirmed {
        /// The name of the job.
        job: &'static str,
        /// The time of the wait.
        waited: Duration,
    },
    /// No queue takes the job, so it is not stored.
    Unroutable {
        /// The name of the job.
        job: &'static str,
        /// The cause.
        error: crate::BoxError,
    },
    /// The backend accepts no jobs for now. A job that was sent when the block began may be stored later.
    Blocked {
        /// The name of the job.
        job: &'static str,
        /// The cause.
        error: crate::BoxError,
    },
    /// There is no connection to the backend. If it was lost during the call, the job may be stored.
    Disconnected {
        /// The name of the job.
        job: &'static str,
        /// The cause.
        error: crate::BoxError,
    },
    /// The backend cannot keep a promise of this job. A client receives a 500.
    Unsupported {
        /// The name of the job.
        job: &'static str,
        /// The cause.
        error: crate::BoxError,
    },
    /// The job cannot be written as JSON, or the backend has failed.
    Failed {
        /// The name of the job.
        job: &'static str,
        /// The cause.
        error: crate::BoxError,
    },
}

impl PushError {
    pub(crate) fn full(job: &'static str, waiting: u64) -> Self {
        Self::Full { job, waiting }
    }

    pub(crate) fn unconfirmed(job: &'static str, waited: Duration) -> Self {
        Self::Unconfirmed { job, waited }
    }

    /// Returns the error of a backend that did not store a job, after this time.
    pub(crate) fn of_backend(job: &'static str, error: BackendError, waited: Duration) -> Self {
        let (fault, error) = (error.fault(), crate::BoxError::from(error));
        match fault {
            Fault::Unroutable => Self::Unroutable { job, error },
            Fault::Blocked => Self::Blocked { job, error },
            Fault::Disconnected => Self::Disconnected { job, error },
            Fault::Unsupported => Self::Unsupported { job, error },
            Fault::Unconfirmed => Self::Unconfirmed { job, waited },
            Fault::Other => Self::Failed { job, error },
        }
    }

    pub(crate) fn failed(job: &'static str, error: impl Into<crate::BoxError>) -> Self {
        Self::Failed {
            job,
            error: error.into(),
        }
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { job, waiting } => {
                write!(f, "{waiting} jobs `{job}` wait, which is its `max_waiting`")
            }
            Self::Unconfirmed { job, waited } => write!(
                f,
                "the job `{job}` was not confirmed within {} ms",
                waited.as_millis()
            ),
            Self::Unroutable { job, error } => {
                write!(f, "the job `{job}` has no queue: {error}")
            }
            Self::Blocked { job, error } => write!(
                f,
                "the job `{job}` cannot be published while the backend is blocked: {error}"
            ),
            Self::Disconnected { job, error } => write!(
                f,
                "the job `{job}` cannot be published without a connection: {error}"
            ),
            Self::Unsupported { job: _, error } => write!(f, "{error}"),
            Self::Failed { job, error } => {
                write!(f, "the job `{job}` cannot be published: {error}")
            }
        }
    }
}

impl std::error::Error for PushError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Full { .. } | Self::Unconfirmed { .. } => None,
            Self::Unroutable { error, .. }
            | Self::Blocked { error, .. }
            | Self::Disconnected { error, .. }
            | Self::Unsupported { error, .. }
            | Self::Failed { error, .. } => Some(&**error),
        }
    }
}

/// The answers of a route that publishes.
pub(crate) const BUSY: Answers = Answers::one(Answer::problem(503).about(DETAIL));

const DETAIL: &str = "too much work waits";

impl From<PushError> for Rejection {
    fn from(error: PushError) -> Self {
        if let PushError::Unsupported { .. } = error {
            // A mistake of the program, which no repetition cures.
            let error = highball::Error::from(error);
            return error.into();
        }
        Self::new(StatusCode::SERVICE_UNAVAILABLE, DETAIL)
            .with_header(header::RETRY_AFTER, "1")
            .with_source(error)
    }
}

impl IntoResponse for PushError {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = BUSY;

    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}
