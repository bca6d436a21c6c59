//! An error of any kind: what stops an app, and what a handler answers with a logged 500.

use std::{borrow::Cow, error::Error as StdError, fmt, panic::Location};

use http::StatusCode;

use crate::{
    body::{BoxError, ReadError},
    response::{IntoResponse, Rejection, Response, Status, reason},
};

mod result_ext;

pub use result_ext::ResultExt;

/// The result of [`serve`](crate::serve), of `main`, and of a handler that answers errors with a 500.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// An error of any kind, with the place where it became one.
///
/// Every error type becomes one through `?`. From `main` it says why the app cannot run: it is shown in
/// full by `Debug`, since that is what Rust prints when `main` fails.
///
/// From a handler it is a 500, or another [status](Self::with_status). The error, the errors behind it
/// and the file and line of the `?` are logged; the client is told nothing of them. Two kinds keep what
/// they mean for the client: a [`Rejection`], which is answered as it is, and a [`ReadError`]. For errors that a
/// client should tell apart write an enum: `#[derive(IntoResponse)]`.
///
/// # Examples
/// ```
/// use highball::{ResultExt as _, prelude::*};
///
/// #[get("/price")]
/// async fn price() -> highball::Result<String> {
///     let text = std::fs::read_to_string("/no/such/file").context("reading the price")?;
///     let price: u64 = text.trim().parse()?;
///     Ok(price.to_string())
/// }
///
/// #[routes(app)]
/// struct Api(price);
///
/// # highball::block_on(async {
/// // The log has: 500 at GET /price: reading the price: No such file or directory (src/main.rs:5:58)
/// let response = Api.test().get("/price").send().await;
/// assert_eq!(response.status(), 500);
/// assert!(response.text().contains("something went wrong on our side"));
/// # });
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    /// What was being done, the innermost first.
    contexts: Vec<String>,
    message: Option<String>,
    source: Option<BoxError>,
    status: Option<StatusCode>,
    /// The words for the client.
    detail: Option<Cow<'static, str>>,
    place: &'static Location<'static>,
}

impl Error {
    /// Makes an error from a sentence.
    #[track_caller]
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(Some(message.into()), None)
    }

    /// Makes an error of one that is boxed, or is no [`std::error::Error`] itself: an `anyhow::Error`.
    ///
    /// # Examples
    /// ```
    /// let boxed: Box<dyn std::error::Error + Send + Sync> = "no such table".into();
    /// assert_eq!(highball::Error::from_boxed(boxed).to_string(), "no such table");
    /// ```
    #[track_caller]
    pub fn from_boxed(error: impl Into<BoxError>) -> Self {
        Self::of(None, Some(error.into()))
    }

    #[track_caller]
    pub(crate) fn because(message: String, source: impl StdError + Send + Sync + 'static) -> Self {
        Self::of(Some(message), Some(Box::new(source)))
    }

    #[track_caller]
    fn of(message: Option<String>, source: Option<BoxError>) -> Self {
        Self(Box::new(Inner {
            contexts: Vec::new(),
            message,
            source,
            status: None,
            detail: None,
            place: Location::caller(),
        }))
    }

    /// Adds what was being done, for the log; on a result, see [`ResultExt`].
    #[must_use]
    pub fn context(mut self, what: impl fmt::Display) -> Self {
        self.0.contexts.push(what.to_string());
        self
    }

    /// Answers with this status in place of 500, where a handler returns the error.
    ///
    /// Only an error of the server, 500 and above, is logged; observers see all of them.
    #[must_use]
    pub fn with_status(mut self, status: impl Into<Status>) -> Self {
        self.0.status = Some(status.into().code());
        self
    }

    /// Tells the client these words, in place of what the status means.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Returns the error behind it.
    pub fn source(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// Returns the first error of this type among those behind it.
    ///
    /// # Examples
    /// ```
    /// use std::io;
    ///
    /// let error = highball::Error::from(io::Error::from(io::ErrorKind::NotFound));
    /// let error = error.context("reading the price");
    /// assert_eq!(error.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::NotFound);
    /// assert!(error.downcast_ref::<std::fmt::Error>().is_none());
    /// ```
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        let mut next = self.first();
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref() {
                return Some(error);
            }
            next = error.source();
        }
        None
    }

    /// Returns where another error became this one: the place of the `?`, or of [`Error::new`].
    pub fn place(&self) -> &'static Location<'static> {
        self.0.place
    }

    fn first(&self) -> Option<&(dyn StdError + 'static)> {
        self.source().map(|source| source as &dyn StdError)
    }
}

// `Error` is no `std::error::Error`, or this could not stand beside `From<T> for T`.
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(source: E) -> Self {
        Self::of(None, Some(Box::new(source)))
    }
}

/// The answer to an error: a 500 that tells the client nothing, unless the error says more.
impl From<Error> for Rejection {
    fn from(mut error: Error) -> Self {
        if error.0.status.is_none() && error.0.detail.is_none() {
            error = match rejection(error) {
                Ok(rejection) => return rejection,
                Err(error) => error,
            };
        }
        let status = error.0.status;
        let mut rejection = match status {
            None | Some(StatusCode::INTERNAL_SERVER_ERROR) => Self::internal(),
            Some(status) => Self::new(status, reason(status.as_u16())),
        };
        if let Some(detail) = error.0.detail.take() {
            rejection = Self::new(rejection.status(), detail);
        }
        rejection.with_source(LocatedError(error))
    }
}

/// Returns what the error means for the client, where it is one that says so.
fn rejection(mut error: Error) -> std::result::Result<Rejection, Error> {
    let Some(source) = error.0.source.take() else {
        return Err(error);
    };
    let source = match source.downcast::<Rejection>() {
        Ok(rejection) => return Ok(*rejection),
        Err(source) => source,
    };
    match source.downcast::<ReadError>() {
        Ok(read) => Ok(Rejection::from(*read)),
        Err(source) => {
            error.0.source = Some(source);
            Err(error)
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

/// An error as the cause of a rejection, with its place.
#[derive(Debug)]
struct LocatedError(Error);

impl fmt::Display for LocatedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0.place();
        if place.file().starts_with("/rustc/") {
            // `map_err(Error::from_boxed)`: the caller is the standard library.
            return fmt::Display::fmt(&self.0, f);
        }
        write!(f, "{} ({place})", self.0)
    }
}

impl StdError for LocatedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.first()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.0.contexts.iter().rev() {
            write!(f, "{context}: ")?;
        }
        match (&self.0.message, &self.0.source) {
            (Some(message), _) => f.write_str(message),
            (None, Some(source)) => source.fmt(f),
            (None, None) => f.write_str("unknown error"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let skip = usize::from(self.0.message.is_none());
        let causes = std::iter::successors(self.first(), |error: &&dyn StdError| (*error).source());
        let mut causes = causes.skip(skip);
        causes.try_for_each(|cause| write!(f, "\n  because: {cause}"))
    }
}
