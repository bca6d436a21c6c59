//! How the body of a response has ended.

use std::fmt;

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The whole answer was handed to the connection.
    Complete,
    /// The client left before that, or the answer's body was dropped.
    Cancelled,
    /// The answer's body failed on the way.
    Failed,
    /// The handler, or what is around it, panicked; the client had a 500, unless a middleware made
    /// another answer of it.
    Panicked,
}

/// In one word, for a log: `complete`, `cancelled`, `failed` or `panicked`.
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
