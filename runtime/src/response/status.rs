//! A status as a number or as `StatusCode`.

use std::panic::Location;

use http::StatusCode;

use crate::events;

/// A response's status, made from a number or from [`StatusCode`].
///
/// A number outside 100 to 599 becomes 500, and the place in the code where it was given is logged:
/// the line that called [`Context::json`](crate::Context::json) or the like.
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

/// Returns the status that a derive was given; it has checked the number.
#[track_caller]
pub fn status(code: u16) -> StatusCode {
    Status::from(code).code()
}

/// Returns what a status says by itself.
pub fn reason(code: u16) -> &'static str {
    status(code)
        .canonical_reason()
        .unwrap_or("something went wrong")
}
