//! Rejections: the error responses of the framework and of apps, as problem details (RFC 9457).

use std::{borrow::Cow, error::Error, fmt};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    body::{Body, BoxError, ReadError},
    events, pool,
    response::{Response, repeated},
};

/// An error response: a status, and a message for the client.
///
/// Every error of the framework is a rejection: 404, 405, the failure of an extractor, a panic. An app renders all of
/// them in one function, `#[routes(app, rejection = my_format)]`. Without one they become
/// `application/problem+json` (RFC 9457).
///
/// A rejection can have a [`cause`](Self::cause), which is logged and never sent to the client.
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

/// One invalid input of a request.
///
/// # Examples
/// ```
/// use highball::{Rejection, http::StatusCode, response::FieldError};
///
/// let rejection = Rejection::new(StatusCode::BAD_REQUEST, "the query is not valid");
/// let rejection = rejection.with_error("query", "page", "a number", "two");
/// let error: &FieldError = &rejection.errors()[0];
/// assert_eq!((&*error.name, &*error.expected, &*error.got), ("page", "a number", "two"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FieldError {
    /// The place of the input: `path`, `query`, `header` or `body`.
    pub place: &'static str,
    /// The name of the parameter, key, field or header. In a body that is not a form, it is a JSON pointer (RFC 6901).
    pub name: Cow<'static, str>,
    /// The type of value that was expected.
    pub expected: Cow<'static, str>,
    /// The value that the client sent, up to its hundredth character.
    pub got: String,
    /// A message about the input, which follows its name in a sentence.
    pub detail: Cow<'static, str>,
}

impl Rejection {
    /// Returns a rejection. The client sees the detail.
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

    /// Returns a 500 without any information for the client.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "something went wrong on our side",
        )
    }

    /// Sets the type of the problem: a URI by which clients can recognise it.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = Some(uri.into());
        self
    }

    /// Adds an invalid input. `expected` is a noun with its article, such as `a number`.
    #[must_use]
    pub fn with_error(
        self,
        place: &'static str,
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        got: impl Into<String>,
    ) -> Self {
        let (expected, got) = (expected.into(), got.into());
        self.with_input(FieldError {
            place,
            name: name.into(),
            detail: format!("must be {expected}, not `{got}`").into(),
            expected,
            got,
        })
    }

    /// Adds an input that breaks a rule, with a message for the client. In a body the name is a JSON pointer (RFC
    /// 6901), for example `/lines/0/count`.
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

    /// Adds a prefix to the JSON pointer of every error in a body. It is for the errors of one item of a list.
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

    /// Adds the errors of another rejection. Its status and message are dropped.
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

    /// Adds a header to the response.
    ///
    /// A second value of `WWW-Authenticate`, or of another header that can have several (see
    /// [`IntoResponseParts`](crate::response::IntoResponseParts)), is added. A second value of any other header replaces the
    /// first.
    ///
    /// An invalid name or value, for example with a line break, is ignored.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn home() -> Rejection {
    ///     let rejection = Rejection::new(StatusCode::SERVICE_UNAVAILABLE, "the shop is closed");
    ///     rejection.with_header("retry-after", 3600)
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// # highball::block_on(async {
    /// let response = Api.test().get("/").send().await;
    /// assert_eq!(response.header("retry-after"), "3600");
    /// # });
    /// # }
    /// ```
    #[must_use]
    pub fn with_header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        if let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) {
            repeated::add_or_replace(&mut self.0.headers, name, value);
        }
        self
    }

    /// Sets the cause of the rejection, which is logged.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Box::new(source));
        self
    }

    pub(crate) fn with_boxed(mut self, source: BoxError) -> Self {
        self.0.cause = Some(source);
        self
    }

    /// Sets the cause of the rejection as text, which is logged.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.0.cause = Some(cause.into().into());
        self
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the message for the client.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Returns the invalid inputs.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Returns the headers of the response, for example `Allow` or `WWW-Authenticate`.
    ///
    /// The format of an app need not copy them, because they are added to the rendered response.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns the cause, which the client must not see.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// Returns the rejection as problem details (RFC 9457).
    pub fn problem(&self) -> Response {
        let mut body = pool::buffer();
        // Writing text and numbers into a buffer cannot fail.
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
        repeated::merge_all(response.headers_mut(), &self.0.headers);
    }
}

/// Sets the cause of a derived error, which may be boxed.
pub fn caused(rejection: Rejection, cause: impl Cause) -> Rejection {
    rejection.with_boxed(cause.boxed())
}

/// A type that can be the cause of a derived error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the cause of an error",
    label = "not an error",
    note = "take a type that implements `std::error::Error`, a boxed error, or text"
)]
pub trait Cause {
    /// Converts the cause to a boxed error.
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
