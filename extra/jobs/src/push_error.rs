//! Why a job was not published.

use std::{fmt, time::Duration};

use highball::{
    describe::{Answer, Answers},
    extract::Facts,
    prelude::*,
};

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
            Self::Failed { job, error } => {
                write!(f, "the job `{job}` cannot be published: {error}")
            }
        }
    }
}

impl std::error::Error for PushError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed { error, .. } => Some(&**error),
            _ => None,
        }
    }
}

/// The answers of a route that publishes.
pub(crate) const BUSY: Answers = Answers::one(Answer::problem(503).about(DETAIL));

const DETAIL: &str = "too much work waits";

impl From<PushError> for Rejection {
    fn from(error: PushError) -> Self {
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
