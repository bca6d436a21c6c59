//! Words about an error, on the result that has it.

use std::fmt;

use super::{Error, Result};
use crate::response::Status;

/// Words about an error, and a status for it, on a result of any error type.
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
    /// Adds what was being done, for the log: see [`Error::context`].
    ///
    /// # Errors
    /// Where there was one.
    fn context(self, what: impl fmt::Display) -> Result<T>;

    /// Answers with this status in place of 500: see [`Error::with_status`].
    ///
    /// # Errors
    /// Where there was one.
    fn with_status(self, status: impl Into<Status>) -> Result<T>;
}

impl<T, E: Into<Error>> ResultExt<T> for std::result::Result<T, E> {
    // No closures: they have no caller, and the error would have its place here.
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
