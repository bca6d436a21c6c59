//! What stops an app from running, in words for its operator.

use std::{error::Error as StdError, fmt};

use crate::body::BoxError;

/// The result of [`serve`](crate::serve), and of `main`.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Why an app cannot run: one sentence, with the fix, and the error behind it.
///
/// Every error type becomes one through `?`, so that `main` can return it. It is shown in full by
/// `Debug`, since that is what Rust prints when `main` fails.
pub struct Error {
    message: Option<String>,
    source: Option<BoxError>,
}

impl Error {
    /// Makes an error from a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            source: None,
        }
    }

    pub(crate) fn because(message: String, source: impl StdError + Send + Sync + 'static) -> Self {
        Self {
            message: Some(message),
            source: Some(Box::new(source)),
        }
    }

    /// Says in what it happened.
    pub(crate) fn context(self, what: String) -> Self {
        Self {
            message: Some(format!("{what}: {self}")),
            source: self.source,
        }
    }

    /// Returns the error behind it.
    pub fn source(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.source.as_deref()
    }
}

// `Error` is no `std::error::Error`, or this could not stand beside `From<T> for T`.
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(source: E) -> Self {
        Self {
            message: None,
            source: Some(Box::new(source)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, &self.source) {
            (Some(message), _) => f.write_str(message),
            (None, Some(source)) => source.fmt(f),
            (None, None) => f.write_str("unknown error"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let first = self
            .source
            .as_ref()
            .map(|source| &**source as &dyn StdError);
        let skip = usize::from(self.message.is_none());
        let causes =
            std::iter::successors(first, |error: &&dyn StdError| (*error).source()).skip(skip);
        causes
            .into_iter()
            .try_for_each(|cause| write!(f, "\n  because: {cause}"))
    }
}
