//! A status that is given as a number or as a `StatusCode`.

use std::panic::Location;

use http::StatusCode;

use crate::events;

/// The status of a response, from a number or a [`StatusCode`].
///
/// A number outside 100 to 599 becomes 500, and the line of the code that gave it is logged, for example the call of
/// [`Context::json`](crate::Context::json).
///
/// # Examples
/// ```
/// use highball::{http::StatusCode, response::Status};
///
/// assert_eq!(Status::from(404).code(), StatusCode::NOT_FOUND);
/// assert_eq!(Status::from(StatusCode::CREATED).code(), 201);
/// assert_eq!(Status::from(700).code(), 500);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(StatusCode);

impl Status {
    /// Returns the status.
    pub fn code(self) -> StatusCode {
        self.0
    }
}

impl From<StatusCode> for Status {
    fn from(code: StatusCode) -> Self {
        Self(code)
    }
}

impl From<u16> for Status {
    #[track_caller]
    fn from(code: u16) -> Self {
        match StatusCode::from_u16(code) {
            Ok(status) if code < 600 => Self(status),
            _ => out_of_range(code, Location::caller()),
        }
    }
}

#[cold]
fn out_of_range(code: u16, place: &Location<'_>) -> Status {
    events::status_out_of_range(code, place);
    Status(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Returns the status of a derived error. The derive macro has checked the number.
#[track_caller]
pub fn status(code: u16) -> StatusCode {
    Status::from(code).code()
}

/// Returns the reason phrase of a status.
pub fn reason(code: u16) -> &'static str {
    status(code)
        .canonical_reason()
        .unwrap_or("something went wrong")
}
