//! Rejections: what the framework answers in place of a handler, as RFC 9457 problem details.

use std::{borrow::Cow, error::Error, fmt};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    body::{Body, BoxError, ReadError},
    events, pool,
    response::{Response, repeated},
};

/// A request that was refused: a status, and words for the client.
///
/// Every refusal of the framework is one (404, 405, an extractor's failure, a panic), and an app
/// writes all of them in one place: `#[routes(app, rejection = my_format)]`. Without that they
/// become `application/problem+json` (RFC 9457).
///
/// What the client must not see, the cause, is for the log only: see [`Rejection::cause`].
///
/// # Examples
/// ```
/// use highball::{Rejection, http::StatusCode};
///
/// let rejection = Rejection::new(StatusCode::CONFLICT, "the name is taken");
/// assert_eq!(rejection.detail(), "the name is taken");
/// ```
pub struct Rejection(Box<Inner>);

struct Inner {
    status: StatusCode,
    detail: Cow<'static, str>,
    kind: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: HeaderMap,
    cause: Option<BoxError>,
}

/// One input that was wrong.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FieldError {
    /// Where it stands: `path`, `query`, `header` or `body`.
    pub place: &'static str,
    /// Its name: the parameter, the key or field, the header; in a body that is no form, a JSON pointer
    /// (RFC 6901).
    pub name: Cow<'static, str>,
    /// What should stand there.
    pub expected: Cow<'static, str>,
    /// What stands there, up to its hundredth character.
    pub got: String,
    /// What is wrong with it, where that is more than another type.
    pub detail: Cow<'static, str>,
}

impl Rejection {
    /// Makes a rejection; the client sees the detail.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            status,
            detail: detail.into(),
            kind: None,
            errors: Vec::new(),
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    /// Makes a 500 that tells the client nothing.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "something went wrong on our side",
        )
    }

    /// Names the type of the problem, a URI that the client can tell it by.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = Some(uri.into());
        self
    }

    /// Adds an input that was wrong.
    #[must_use]
    pub fn with_error(
        self,
        place: &'static str,
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        got: impl Into<String>,
    ) -> Self {
        self.with_input(FieldError {
            place,
            name: name.into(),
            expected: expected.into(),
            got: got.into(),
            detail: Cow::Borrowed(""),
        })
    }

    /// Adds an input that breaks a rule, in words for the client; in a body the name is a JSON pointer
    /// (RFC 6901), `/lines/0/count`.
    #[must_use]
    pub fn with_fault(
        self,
        place: &'static str,
        name: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.with_input(FieldError {
            place,
            name: name.into(),
            expected: Cow::Borrowed(""),
            got: String::new(),
            detail: detail.into(),
        })
    }

    pub(crate) fn with_input(mut self, input: FieldError) -> Self {
        self.0.errors.push(input);
        self
    }

    /// Puts a JSON pointer before the pointer of every error of a body, as for one item of many.
    ///
    /// # Examples
    /// ```
    /// use highball::{Rejection, http::StatusCode};
    ///
    /// let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "an item is not valid");
    /// let rejection = rejection.with_fault("body", "/name", "is too short");
    /// assert_eq!(rejection.with_prefix("/items/3").errors()[0].name, "/items/3/name");
    /// ```
    #[must_use]
    pub fn with_prefix(mut self, pointer: &str) -> Self {
        for error in &mut self.0.errors {
            if error.place == "body" {
                error.name = format!("{pointer}{}", error.name).into();
            }
        }
        self
    }

    /// Adds the errors of another rejection, whose status and words are dropped.
    ///
    /// # Examples
    /// ```
    /// use highball::{Rejection, http::StatusCode};
    ///
    /// let mut all = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "some items are not valid");
    /// for at in [1, 4] {
    ///     let one = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "the item is not valid");
    ///     let one = one.with_fault("body", "/name", "is too short");
    ///     all = all.with_errors_of(one.with_prefix(&format!("/items/{at}")));
    /// }
    /// assert_eq!(all.errors().len(), 2);
    /// ```
    #[must_use]
    pub fn with_errors_of(mut self, mut other: Self) -> Self {
        self.0.errors.append(&mut other.0.errors);
        self
    }

    /// Adds a header to the answer. A second value of `WWW-Authenticate`, or of another header that may have several
    /// ([`IntoResponseParts`](crate::response::IntoResponseParts) lists them), stands beside the first; that of any other
    /// replaces it.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        repeated::put(&mut self.0.headers, name, value);
        self
    }

    /// Adds the error behind it, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Box::new(source));
        self
    }

    pub(crate) fn with_boxed(mut self, source: BoxError) -> Self {
        self.0.cause = Some(source);
        self
    }

    /// Adds words about the cause, for the log.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.0.cause = Some(cause.into().into());
        self
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the words for the client.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Returns the inputs that were wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Returns the headers that belong to the answer, `Allow` or `WWW-Authenticate` among them.
    ///
    /// An app that writes rejections itself need not copy them: that is done for it.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns what the client must not see.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// Returns the rejection as problem details (RFC 9457).
    pub fn problem(&self) -> Response {
        let mut body = pool::buffer();
        // Text and numbers in a buffer: this cannot fail.
        let written = serde_json::to_writer(&mut *body, self);
        debug_assert!(written.is_ok());
        let content_type = HeaderValue::from_static("application/problem+json");
        let mut response = Response::typed(content_type, Body::from(body));
        response.set_status(self.0.status);
        self.add_headers(&mut response);
        response
    }

    /// Reports the cause of a 5xx to the operator. The client never receives it.
    pub(crate) fn report(&self, method: &Method, path: &str) {
        if let Some(cause) = self.cause().filter(|_| self.0.status.is_server_error()) {
            events::request_failed(self.0.status, method, path, cause);
        }
    }

    pub(crate) fn add_headers(&self, response: &mut Response) {
        repeated::put_all(response.headers_mut(), &self.0.headers);
    }
}

/// Adds the cause of a derived error, which may be boxed.
pub fn caused(rejection: Rejection, cause: impl Cause) -> Rejection {
    rejection.with_boxed(cause.boxed())
}

/// What can be the cause of a derived error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the cause of an error",
    label = "not an error",
    note = "take a type that implements `std::error::Error`, a boxed error, or text"
)]
pub trait Cause {
    /// Boxes it.
    fn boxed(self) -> BoxError;
}

impl<T: Into<BoxError>> Cause for T {
    fn boxed(self) -> BoxError {
        self.into()
    }
}

impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", inner.kind.as_deref().unwrap_or("about:blank"))?;
        map.serialize_entry("title", inner.status.canonical_reason().unwrap_or("Error"))?;
        map.serialize_entry("status", &inner.status.as_u16())?;
        map.serialize_entry("detail", &inner.detail)?;
        if !inner.errors.is_empty() {
            map.serialize_entry("errors", &inner.errors)?;
        }
        map.end()
    }
}

impl Serialize for FieldError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("in", self.place)?;
        map.serialize_entry("name", &self.name)?;
        if !self.expected.is_empty() {
            map.serialize_entry("expected", &self.expected)?;
        }
        if self.detail.is_empty() || !self.got.is_empty() {
            map.serialize_entry("got", &self.got)?;
        }
        if !self.detail.is_empty() {
            map.serialize_entry("detail", &self.detail)?;
        }
        map.end()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.status, self.0.detail)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("status", &self.0.status)
            .field("detail", &self.0.detail)
            .field("cause", &self.0.cause)
            .finish_non_exhaustive()
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0
            .cause
            .as_ref()
            .map(|cause| &**cause as &(dyn Error + 'static))
    }
}

impl From<ReadError> for Rejection {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than allowed",
            ),
            ReadError::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, error.to_string()),
            ReadError::Client(cause) => {
                let detail = "the body could not be read to its end";
                Self::new(StatusCode::BAD_REQUEST, detail).with_cause(cause.to_string())
            }
        }
    }
}
