//! The errors of sessions, and the responses to them.

use std::{error::Error, fmt};

use highball::{
    describe::{Answer, Answers},
    prelude::*,
};

use crate::StoreError;

/// An error of a session. As the error of a handler it is the response that its variants name.
///
/// # Examples
/// ```
/// use highball::IntoResponse;
/// use highball_session::SessionError;
///
/// assert_eq!(SessionError::Ended.into_response().status(), 401);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SessionError {
    /// The store cannot be reached: 503.
    Store(StoreError),
    /// Other processes have changed the slot each time: 409.
    Conflict,
    /// The session has ended meanwhile, for example by a log-out: 401.
    Ended,
    /// The data of the slot is larger than 64 KiB: 413.
    TooLarge,
    /// The data cannot be written as JSON: 500.
    Data(highball::serde_json::Error),
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Conflict => f.write_str("the session has changed at the same time"),
            Self::Ended => f.write_str("the session has ended"),
            Self::TooLarge => f.write_str("the session is full"),
            Self::Data(error) => write!(f, "the data of a session is no JSON: {error}"),
        }
    }
}

impl Error for SessionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::Data(error) => Some(error),
            Self::Conflict | Self::Ended | Self::TooLarge => None,
        }
    }
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SessionError> for Rejection {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => unavailable(error),
            SessionError::Conflict => Self::new(StatusCode::CONFLICT, error.to_string()),
            SessionError::Ended => not_logged_in("the session has ended: log in again"),
            SessionError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            SessionError::Data(_) => Self::internal().with_source(error),
        }
    }
}

impl IntoResponse for SessionError {
    const ANSWERS: Answers = Answers::list(&[
        Answer::problem(401).about("The session has ended."),
        Answer::problem(409).about("The session has changed at the same time."),
        Answer::problem(413).about("The session is full."),
        Answer::problem(500),
        Answer::problem(503).about("The store of the sessions does not answer."),
    ]);

    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

/// Returns the response if the store cannot be reached.
pub(crate) fn unavailable(error: StoreError) -> Rejection {
    Rejection::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "sessions are not available now",
    )
    .with_header(header::RETRY_AFTER, "1")
    .with_source(error)
}

/// Returns the response to a request without a login.
pub(crate) fn not_logged_in(detail: &'static str) -> Rejection {
    Rejection::new(StatusCode::UNAUTHORIZED, detail)
}
