//! A status as a number or as `StatusCode`.

use http::StatusCode;

/// A response's status, made from a number or from [`StatusCode`].
///
/// A number outside 100 to 599 becomes 500.
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
    fn from(code: u16) -> Self {
        let known = (100..600).contains(&code);
        let code = StatusCode::from_u16(code).ok().filter(|_| known);
        Self(code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

/// Returns the status that a derive was given; it has checked the number.
pub fn status(code: u16) -> StatusCode {
    Status::from(code).code()
}

/// Returns what a status says by itself.
pub fn reason(code: u16) -> &'static str {
    status(code)
        .canonical_reason()
        .unwrap_or("something went wrong")
}
