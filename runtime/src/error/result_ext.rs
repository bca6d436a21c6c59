//! Context and status for the error of a result.

use std::fmt;

use super::{Error, Result};
use crate::response::Status;

/// Adds a context and a status to the error of a result, for every error type that converts into [`Error`].
///
/// # Examples
/// ```
/// use highball::{ResultExt as _, prelude::*};
///
/// #[get("/stock")]
/// async fn stock() -> highball::Result<String> {
///     let text = std::fs::read_to_string("/no/such/file")
///         .context("reading the stock")
///         .with_status(503)?;
///     Ok(text)
/// }
///
/// #[routes(app)]
/// struct Api(stock);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/stock").send().await.status(), 503);
/// # });
/// ```
pub trait ResultExt<T>: Sized {
    /// Adds a description of the failed operation, for the log: see [`Error::context`].
    ///
    /// # Errors
    /// Returns the error of the result, with the context.
    fn context(self, what: impl fmt::Display) -> Result<T>;

    /// Sets the status of the response, 500 by default: see [`Error::with_status`].
    ///
    /// # Errors
    /// Returns the error of the result, with the status.
    fn with_status(self, status: impl Into<Status>) -> Result<T>;
}

impl<T, E: Into<Error>> ResultExt<T> for std::result::Result<T, E> {
    // `map_err` with a closure was rejected: `track_caller` does not reach through a closure, so the error would
    // have this file as its place.
    #[track_caller]
    fn context(self, what: impl fmt::Display) -> Result<T> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into().context(what)),
        }
    }

    #[track_caller]
    fn with_status(self, status: impl Into<Status>) -> Result<T> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into().with_status(status)),
        }
    }
}
