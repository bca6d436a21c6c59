//! The framework's error type: it ends `main`, or becomes a logged 500 when a handler returns it.

use std::{borrow::Cow, error::Error as StdError, fmt, panic::Location};

use http::StatusCode;

use crate::{
    body::{BoxError, ReadError},
    response::{IntoResponse, Rejection, Response, Status, UnmetPrecondition, reason},
    routes::{Answer, Answers, Facts},
};

mod result_ext;

pub use result_ext::ResultExt;

/// The result type of [`serve`](fn@crate::serve), of `main`, and of handlers whose errors become a 500.
///
/// # Examples
/// ```no_run
/// #[highball::main]
/// async fn main() -> highball::Result {
///     # use highball::prelude::*;
///     # #[get("/")] async fn index() {}
///     # #[routes(app)] struct Api(index);
///     let greeting = std::fs::read_to_string("greeting.txt")?;
///     println!("{greeting}");
///     highball::serve(Api).await
/// }
/// ```
pub type Result<T = ()> = std::result::Result<T, Error>;

/// An error of any type, with the source location where it was converted.
///
/// `?` converts every error type into an `Error`. If `main` returns one, Rust prints its `Debug` output, which
/// contains the message and all causes.
///
/// If a handler returns one, the response is a 500, or has [another status](Self::with_status). The log
/// contains the error, its causes, and the file and line of the `?`. The client sees none of them. Three error types
/// keep their own response: a [`Rejection`] is sent as it is, a [`ReadError`] has the status of the failed read, and an
/// [`UnmetPrecondition`] is a 412 or a 428.
/// For errors that a client must distinguish, write an enum with `#[derive(IntoResponse)]`.
///
/// # Examples
/// ```
/// use highball::{Error, ResultExt as _, prelude::*};
///
/// #[get("/price")]
/// async fn price() -> Result<String, Error> {
///     let text = std::fs::read_to_string("/no/such/file").context("reading the price")?;
///     let price: u64 = text.trim().parse()?;
///     Ok(price.to_string())
/// }
///
/// #[routes(app)]
/// struct Api(price);
///
/// # highball::block_on(async {
/// // The log contains: 500 at GET /price: reading the price: No such file or directory (src/main.rs:5:58)
/// let response = Api.test().get("/price").send().await;
/// assert_eq!(response.status(), 500);
/// assert!(response.text().contains("something went wrong on our side"));
/// # });
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    /// The texts of [`Error::context`], the innermost first.
    contexts: Vec<String>,
    /// The text of [`Error::new`]; without one, the message of `source` is shown.
    message: Option<String>,
    source: Option<BoxError>,
    /// The status of the response; without one it is 500.
    status: Option<StatusCode>,
    /// The message that the client sees.
    detail: Option<Cow<'static, str>>,
    /// Where another error was converted, or where `Error::new` was called.
    place: &'static Location<'static>,
}

impl Error {
    /// Creates an error with this message.
    ///
    /// # Examples
    /// ```
    /// let error = highball::Error::new("the queue is full").context("storing the order");
    /// assert_eq!(error.to_string(), "storing the order: the queue is full");
    /// ```
    #[track_caller]
    pub fn new(message: impl Into<String>) -> Self {
        Self::from_parts(Some(message.into()), None)
    }

    /// Creates an error from a boxed one, or from a type that does not implement [`std::error::Error`] itself, such
    /// as `anyhow::Error`.
    ///
    /// # Examples
    /// ```
    /// let boxed: Box<dyn std::error::Error + Send + Sync> = "no such table".into();
    /// assert_eq!(highball::Error::from_boxed(boxed).to_string(), "no such table");
    /// ```
    #[track_caller]
    pub fn from_boxed(error: impl Into<BoxError>) -> Self {
        Self::from_parts(None, Some(error.into()))
    }

    #[track_caller]
    pub(crate) fn because(message: String, source: impl StdError + Send + Sync + 'static) -> Self {
        Self::from_parts(Some(message), Some(Box::new(source)))
    }

    #[track_caller]
    fn from_parts(message: Option<String>, source: Option<BoxError>) -> Self {
        Self(Box::new(Inner {
            contexts: Vec::new(),
            message,
            source,
            status: None,
            detail: None,
            place: Location::caller(),
        }))
    }

    /// Adds a description of the failed operation, for the log. [`ResultExt::context`] does the same to a result.
    ///
    /// # Examples
    /// ```
    /// let error = highball::Error::new("no such file").context("reading the price");
    /// assert_eq!(error.to_string(), "reading the price: no such file");
    /// ```
    #[must_use]
    pub fn context(mut self, what: impl fmt::Display) -> Self {
        self.0.contexts.push(what.to_string());
        self
    }

    /// Sets the status of the response, 500 by default, for an error that a handler returns.
    ///
    /// Only server errors, 500 and above, are logged. Observers see every error.
    ///
    /// # Examples
    /// ```
    /// use highball::{Error, Rejection};
    ///
    /// let error = Error::new("the database is down").with_status(503);
    /// assert_eq!(Rejection::from(error).status(), 503);
    /// ```
    #[must_use]
    pub fn with_status(mut self, status: impl Into<Status>) -> Self {
        self.0.status = Some(status.into().code());
        self
    }

    /// Sets the message that the client sees, in place of the default message of the status.
    ///
    /// # Examples
    /// ```
    /// use highball::{Error, Rejection};
    ///
    /// let error = Error::new("no row").with_status(404).with_detail("there is no such order");
    /// assert_eq!(Rejection::from(error).detail(), "there is no such order");
    /// ```
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Returns the error that caused this one.
    pub fn source(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// Returns the first error of this type in the chain of causes.
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

    /// Returns where this error was created: the location of the `?`, or of the call of [`Error::new`].
    ///
    /// # Examples
    /// ```
    /// let error = highball::Error::new("the queue is full");
    /// assert!(error.place().line() > 0);
    /// ```
    pub fn place(&self) -> &'static Location<'static> {
        self.0.place
    }

    fn first(&self) -> Option<&(dyn StdError + 'static)> {
        self.source().map(|source| source as &dyn StdError)
    }
}

// `Error` does not implement `std::error::Error`: this impl would then overlap with `From<T> for T`.
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(source: E) -> Self {
        Self::from_parts(None, Some(Box::new(source)))
    }
}

/// Converts an error into the response that the client gets: a 500 without details, unless the error sets a status
/// or a message.
impl From<Error> for Rejection {
    fn from(mut error: Error) -> Self {
        if error.0.status.is_none() && error.0.detail.is_none() {
            error = match into_rejection(error) {
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

/// Converts an error whose source is a [`Rejection`], a [`ReadError`] or an [`UnmetPrecondition`], and returns other
/// errors unchanged.
///
/// These types describe a fault of the request, so that a 500 would be wrong.
fn into_rejection(mut error: Error) -> std::result::Result<Rejection, Error> {
    let Some(source) = error.0.source.take() else {
        return Err(error);
    };
    let source = match source.downcast::<Rejection>() {
        Ok(rejection) => return Ok(*rejection),
        Err(source) => source,
    };
    let source = match source.downcast::<ReadError>() {
        Ok(read) => return Ok(Rejection::from(*read)),
        Err(source) => source,
    };
    match source.downcast::<UnmetPrecondition>() {
        Ok(unmet) => Ok(Rejection::from(*unmet)),
        Err(source) => {
            error.0.source = Some(source);
            Err(error)
        }
    }
}

impl IntoResponse for Error {
    const FACTS: Facts = Facts::NONE;
    /// An error usually becomes a 500. It may contain a rejection or another status.
    const ANSWERS: Answers = Answers::either(
        &Answers::one(Answer::problem(500).about("something went wrong on our side")),
        &Answers::OPAQUE,
    );

    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

/// An error as the cause of a rejection. Its message ends with the source location.
#[derive(Debug)]
struct LocatedError(Error);

impl fmt::Display for LocatedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0.place();
        // Where the component `rust-src` is installed, as for rust-analyzer, its files have their place in there.
        let is_std =
            place.file().starts_with("/rustc/") || place.file().contains("/rustlib/src/rust/");
        if is_std {
            // With `map_err(Error::from_boxed)` the caller is a file of the standard library, which helps no reader.
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
