//! Responses, and the types that handlers can return.

use std::{fmt, mem};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::{
    body::Body,
    pool::{self, FreeList, MOST_ITEMS},
    routes::{Answers, Facts},
};

mod attachment;
mod conditional;
mod json;
mod location;
mod negotiate;
mod rejection;
pub(crate) mod repeated;
mod revision;
pub mod sse;
mod status;
mod statuses;
#[cfg(any(feature = "askama", feature = "minijinja"))]
mod templates;
mod text;
mod tuples;
mod values;

pub use attachment::Attachment;
#[cfg(feature = "multipart")]
pub(crate) use attachment::file_name;
pub use conditional::{Conditional, NotModified, UnmetPrecondition};
pub use json::Json;
pub(crate) use location::location;
pub use negotiate::{Accept, Offers};
#[doc(hidden)]
pub use rejection::caused;
pub use rejection::{FieldError, Rejection};
pub use revision::Revision;
pub use status::Status;
#[doc(hidden)]
pub use status::{reason, status};
pub use statuses::{Accepted, Created, WithStatus};
#[cfg(feature = "askama")]
pub use templates::Page;
#[cfg(feature = "minijinja")]
pub use templates::Templates;
pub use text::{Html, Jsonp, PrettyJson};
pub use tuples::{IntoResponseParts, NoContent, Redirect};

/// A response: a status, headers and a body.
///
/// Most handlers return a type that implements [`IntoResponse`]. A middleware gets a `Response` from `next.run(cx)`
/// and may change it.
///
/// # Examples
/// ```
/// use highball::{Response, http::{header, StatusCode}};
///
/// let mut response = Response::new("hello");
/// response.set_status(StatusCode::ACCEPTED);
/// response.set_header(header::CACHE_CONTROL, "no-store");
/// assert_eq!(response.status(), 202);
/// ```
#[must_use = "a response does nothing unless it is returned"]
pub struct Response(Box<Inner>);

/// The content of a response. It is boxed because every step of a chain returns it, and pooled because a box costs
/// an allocation.
#[derive(Default)]
struct Inner {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    /// A rejection that is not yet rendered in the app's format. Until then the body is empty.
    rejection: Option<Rejection>,
    /// Whether it is a rejection in the app's own format.
    has_own_format: bool,
}

thread_local! {
    static INNERS: FreeList<Box<Inner>> = const { FreeList::new(MOST_ITEMS, &pool::RESPONSES) };
}

impl From<http::Response<Body>> for Response {
    fn from(response: http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let mut response = Self::with_headers(parts.headers, body);
        response.0.status = parts.status;
        response
    }
}

impl Response {
    /// Returns a response with status 200, no headers and this body.
    pub fn new(body: impl Into<Body>) -> Self {
        Self::with_headers(pool::headers(), body.into())
    }

    fn with_headers(headers: HeaderMap, body: Body) -> Self {
        let mut inner = pool::take(&INNERS).unwrap_or_default();
        inner.headers = headers;
        inner.body = body;
        Self(inner)
    }

    /// Returns a response with this status and no body.
    #[track_caller]
    pub fn empty(status: impl Into<Status>) -> Self {
        let mut response = Self::new(Body::empty());
        response.set_status(status);
        response
    }

    /// Returns a response with this content type.
    pub(crate) fn typed(content_type: HeaderValue, body: Body) -> Self {
        let mut response = Self::new(body);
        response
            .0
            .headers
            .insert(header::CONTENT_TYPE, content_type);
        response
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Sets the status.
    #[track_caller]
    pub fn set_status(&mut self, status: impl Into<Status>) {
        self.0.status = status.into().code();
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns the headers mutably.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.0.headers
    }

    /// Sets a header. It replaces all values of this name. To add a value, use
    /// [`append_header`](Self::append_header).
    ///
    /// An invalid name or value, for example with a line break, is ignored.
    pub fn set_header(&mut self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) {
        if let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) {
            self.0.headers.insert(name, value);
        }
    }

    /// Adds a header and keeps the other values of this name. It is for `Set-Cookie`, `Link`, `Vary` and other headers
    /// that can have several values.
    ///
    /// An invalid name or value, for example with a line break, is ignored.
    ///
    /// # Examples
    /// ```
    /// use highball::{Response, http::header};
    ///
    /// let mut response = Response::new("hello");
    /// response.append_header(header::SET_COOKIE, "a=1");
    /// response.append_header(header::SET_COOKIE, "b=2");
    /// assert_eq!(response.headers().get_all(header::SET_COOKIE).iter().count(), 2);
    /// ```
    pub fn append_header(
        &mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) {
        if let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) {
            self.0.headers.append(name, value);
        }
    }

    /// Returns the body.
    pub fn body(&self) -> &Body {
        &self.0.body
    }

    /// Sets the body. `Content-Type` stays as it is, and `Content-Length` is removed.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.0.body = body.into();
        self.0.headers.remove(header::CONTENT_LENGTH);
    }

    /// Returns the status, the headers and the body.
    pub fn into_parts(mut self) -> (StatusCode, HeaderMap, Body) {
        self.render_as_problem();
        let Inner {
            status,
            headers,
            body,
            ..
        } = &mut *self.0;
        let parts = (mem::take(status), mem::take(headers), mem::take(body));
        self.0.has_own_format = false;
        pool::give(&INNERS, self.0);
        parts
    }

    /// Renders a rejection as problem details, if there is one that no app has rendered.
    pub(crate) fn render_as_problem(&mut self) {
        if let Some(rejection) = self.take_rejection() {
            self.replace(rejection.problem().with_headers_of(self));
        }
    }

    /// Replaces the response, and returns the memory of the old one to the pools.
    pub(crate) fn replace(&mut self, other: Self) {
        let (_, headers, _) = mem::replace(self, other).into_parts();
        pool::give_headers(headers);
    }

    /// Converts the response to the type of the `http` crate, and its body with `map`.
    pub(crate) fn into_http<B>(self, map: impl FnOnce(Body) -> B) -> http::Response<B> {
        let (status, headers, body) = self.into_parts();
        let mut response = http::Response::new(map(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    pub(crate) fn body_mut(&mut self) -> &mut Body {
        &mut self.0.body
    }

    pub(crate) fn rejected(rejection: Rejection) -> Self {
        let mut response = Self::empty(rejection.status());
        response.0.rejection = Some(rejection);
        response
    }

    /// Returns whether this is a rejection that was rendered in the app's own format (`rejection = ..`). The format
    /// has the context, so the response may depend on anything in the request.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[middleware]
    /// async fn log(cx: &mut Context<'_>, next: impl Next) -> Response {
    ///     let response = next.run(cx).await;
    ///     if response.has_own_format() {
    ///         eprintln!("rejected: {}", cx.path());
    ///     }
    ///     response
    /// }
    /// ```
    pub fn has_own_format(&self) -> bool {
        self.0.has_own_format
    }

    pub(crate) fn set_own_format(&mut self) {
        self.0.has_own_format = true;
    }

    pub(crate) fn is_rejection(&self) -> bool {
        self.0.rejection.is_some()
    }

    pub(crate) fn take_rejection(&mut self) -> Option<Rejection> {
        self.0.rejection.take()
    }

    /// Adds the headers of a response that this one replaces.
    pub(crate) fn with_headers_of(mut self, other: &Self) -> Self {
        repeated::merge_missing(&mut self.0.headers, &other.0.headers);
        self
    }
}

impl From<Response> for http::Response<Body> {
    fn from(response: Response) -> Self {
        response.into_http(|body| body)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.0.status)
            .field("headers", &self.0.headers)
            .finish_non_exhaustive()
    }
}

/// A type that handlers can return.
///
/// Implement it for your own type by calling `into_response` of a type that has it. For an enum of errors, derive it
/// with `#[derive(IntoResponse)]`.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// struct Csv(String);
///
/// impl IntoResponse for Csv {
///     fn into_response(self) -> Response {
///         ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], self.0).into_response()
///     }
/// }
///
/// #[get("/report")]
/// async fn report() -> Csv {
///     Csv("a,b\n1,2\n".to_owned())
/// }
/// # #[routes(app)] struct Api(report);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be returned from a handler",
    note = "return `Json(value)`, text, a `StatusCode`, a tuple of status, headers and body, `Option` or `Result` of these, or implement `IntoResponse` for `{Self}`; an error has `#[derive(IntoResponse)]`, or the function returns `highball::Result`"
)]
pub trait IntoResponse {
    /// The facts about the response, for checks of the compiler: whether it may be a stream, or set a cookie.
    ///
    /// A type that states nothing may do both. If it does neither, write `const FACTS: Facts = Facts::NONE;`. Other
    /// facts of a response are ignored.
    const FACTS: Facts = Facts::OPAQUE;

    /// The responses that it may become, for documents and typed clients.
    const ANSWERS: Answers = Answers::OPAQUE;

    /// Converts the value to a response.
    fn into_response(self) -> Response;
}
