//! How an exchange has ended.

use std::fmt;

/// How an exchange ended. [`Exchange::outcome`](crate::Exchange::outcome) returns it.
///
/// # Examples
/// ```
/// use highball::{middleware::Outcome, prelude::*};
///
/// #[observer]
/// fn interrupted(exchange: &Exchange<'_>) {
///     if exchange.outcome() != Outcome::Complete {
///         println!("{}: {}", exchange.path(), exchange.outcome());
///     }
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(interrupted))]
/// struct Api(home);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The whole response was passed to the connection.
    Complete,
    /// The client disconnected before the end, or the body of the response was dropped.
    Cancelled,
    /// The body of the response returned an error.
    Failed,
    /// The handler or a part around it panicked. The client got a 500, unless a middleware replaced it.
    Panicked,
}

/// Formats the outcome as one word for a log: `complete`, `cancelled`, `failed` or `panicked`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Complete => "complete",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
        })
    }
}
