//! Tuples as responses, and responses that are little more than a status.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{IntoResponse, Response, Status};
use crate::{
    response::{location, rejection::Rejection, repeated},
    routes::{Answer, Answers, Facts},
};

/// A type that can be before the body in a tuple, usually headers.
///
/// Headers that can have several values are added to those of the body: `Set-Cookie`, `Link`, `Vary`,
/// `WWW-Authenticate`, `Proxy-Authenticate`, `Via`, `Warning`, `Server-Timing`, `Cache-Status` and `Proxy-Status`. Any
/// other header replaces the values before it, for example the `Content-Type` of the body. If an array has such a
/// header twice, the last one stays.
///
/// An array and a [`HeaderMap`] are also responses without a body: `(StatusCode::ACCEPTED, [(header::LOCATION,
/// "/jobs/7")])`.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::IntoResponseParts};
///
/// /// Limits how long caches may store a response.
/// struct MaxAge(u32);
///
/// impl IntoResponseParts for MaxAge {
///     fn add_to(self, response: &mut Response) -> Result<(), Rejection> {
///         response.set_header(header::CACHE_CONTROL, format!("max-age={}", self.0));
///         Ok(())
///     }
/// }
///
/// #[get("/logo")]
/// async fn logo() -> (MaxAge, &'static str) {
///     (MaxAge(3600), "a logo")
/// }
///
/// #[routes(app)]
/// struct Api(logo);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/logo").send().await;
/// assert_eq!(response.header(header::CACHE_CONTROL), "max-age=3600");
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come before the body in a tuple",
    note = "write `(status, body)`, `(headers, body)` or `(status, headers, body)`, with headers as `[(name, value); N]` or a `HeaderMap`"
)]
pub trait IntoResponseParts {
    /// The facts about what it adds, like [`IntoResponse::FACTS`].
    const FACTS: Facts = Facts::OPAQUE;

    /// The rejections, for documents and typed clients.
    const ANSWERS: Answers = Answers::OPAQUE;

    /// The names of the headers that it may add, in lower case, for documents and typed clients.
    const HEADERS: &'static [&'static str] = &[];

    /// Adds the value to the response.
    ///
    /// # Errors
    /// Returns a rejection, which becomes the response, if a value is not a valid header.
    fn add_to(self, response: &mut Response) -> Result<(), Rejection>;
}

impl IntoResponseParts for HeaderMap {
    const FACTS: Facts = Facts::SETS_COOKIE.maybe();
    const ANSWERS: Answers = Answers::NONE;

    fn add_to(self, response: &mut Response) -> Result<(), Rejection> {
        let headers = response.headers_mut();
        let mut last = None;
        for (name, value) in self {
            let is_first = name.is_some();
            last = name.or(last);
            match &last {
                Some(name) if is_first => repeated::add_or_replace(headers, name.clone(), value),
                // A map can have several values of any header, and all of them stay.
                Some(name) => {
                    headers.append(name, value);
                }
                None => {}
            }
        }
        Ok(())
    }
}

impl<K, V, const N: usize> IntoResponseParts for [(K, V); N]
where
    K: TryInto<HeaderName, Error: fmt::Display>,
    V: TryInto<HeaderValue, Error: fmt::Display>,
{
    const FACTS: Facts = Facts::SETS_COOKIE.maybe();
    const ANSWERS: Answers = Answers::NONE;

    fn add_to(self, response: &mut Response) -> Result<(), Rejection> {
        for (name, value) in self {
            let name = name.try_into().map_err(|e| bad_header(&e))?;
            let value = value.try_into().map_err(|e| bad_header(&e))?;
            repeated::add_or_replace(response.headers_mut(), name, value);
        }
        Ok(())
    }
}

impl IntoResponse for HeaderMap {
    const FACTS: Facts = Facts::SETS_COOKIE.maybe();
    const ANSWERS: Answers = Answers::one(Answer::empty(200));

    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

impl<K, V, const N: usize> IntoResponse for [(K, V); N]
where
    K: TryInto<HeaderName, Error: fmt::Display>,
    V: TryInto<HeaderValue, Error: fmt::Display>,
{
    const FACTS: Facts = Facts::SETS_COOKIE.maybe();
    const ANSWERS: Answers = Answers::one(Answer::empty(200));

    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

fn bad_header(error: &dyn fmt::Display) -> Rejection {
    Rejection::internal().with_cause(format!("a response header is not valid: {error}"))
}

fn with_parts(mut response: Response, parts: impl IntoResponseParts) -> Response {
    match parts.add_to(&mut response) {
        Ok(()) => response,
        Err(rejection) => rejection.into_response(),
    }
}

/// Sets the status of the response, unless the body became a rejection.
pub(super) fn with_status(mut response: Response, status: Status) -> Response {
    if !response.is_rejection() {
        response.set_status(status);
    }
    response
}

impl<B: IntoResponse> IntoResponse for (StatusCode, B) {
    const FACTS: Facts = B::FACTS;
    const ANSWERS: Answers = Answers::with_some_status(&B::ANSWERS);

    fn into_response(self) -> Response {
        with_status(self.1.into_response(), self.0.into())
    }
}

impl<B: IntoResponse> IntoResponse for (Status, B) {
    const FACTS: Facts = B::FACTS;
    const ANSWERS: Answers = Answers::with_some_status(&B::ANSWERS);

    fn into_response(self) -> Response {
        with_status(self.1.into_response(), self.0)
    }
}

impl<H: IntoResponseParts, B: IntoResponse> IntoResponse for (H, B) {
    const FACTS: Facts = Facts::both(&H::FACTS, &B::FACTS);
    const ANSWERS: Answers =
        Answers::either(&Answers::with_headers(H::HEADERS, &B::ANSWERS), &H::ANSWERS);

    fn into_response(self) -> Response {
        with_parts(self.1.into_response(), self.0)
    }
}

impl<H: IntoResponseParts, B: IntoResponse> IntoResponse for (StatusCode, H, B) {
    const FACTS: Facts = Facts::both(&H::FACTS, &B::FACTS);
    const ANSWERS: Answers = Answers::with_some_status(&B::ANSWERS);

    fn into_response(self) -> Response {
        with_parts(with_status(self.2.into_response(), self.0.into()), self.1)
    }
}

/// A 204, which has no body.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::NoContent};
///
/// #[delete("/users/{id}")]
/// async fn remove(id: u64) -> NoContent {
///     NoContent
/// }
/// # #[routes(app)] struct Api(remove);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoContent;

impl IntoResponse for NoContent {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::empty(204));

    fn into_response(self) -> Response {
        Response::empty(StatusCode::NO_CONTENT)
    }
}

/// A redirect to another path or URL.
///
/// Characters that a URL cannot contain (a space, a letter that is not ASCII, a line break, a backslash) are
/// percent-encoded in `Location`. Existing escapes and the characters that separate the parts of a URL stay, so
/// the caller escapes `&` and `=` inside the values of a query. A host with letters that are not ASCII is
/// percent-encoded too: browsers accept that, and for other clients it must be written in Punycode.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/menu")]
/// async fn menu() -> Redirect {
///     Redirect::to("/caf\u{e9}?day=1 May")
/// }
///
/// #[routes(app)]
/// struct Api(menu);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/menu").send().await;
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.header(header::LOCATION), "/caf%C3%A9?day=1%20May");
/// # });
/// ```
///
/// The status is part of the type, so that documents and clients have it: `Redirect` is a 303, and `Redirect<308>` is
/// permanent.
///
/// Never build the target from a request header or an unchecked parameter: an attacker could then send your users to
/// any site.
#[derive(Debug, Clone)]
pub struct Redirect<const STATUS: u16 = 303>(String);

/// Generates the constructors of each status.
macro_rules! redirects {
    ($($(#[doc = $doc:expr])* $name:ident $status:literal)*) => {$(
        impl Redirect<$status> {
            $(#[doc = $doc])*
            pub fn $name(location: impl Into<String>) -> Self {
                Self(location.into())
            }
        }
    )*};
}

redirects! {
    /// Returns a 303: the client requests the target with GET, as after a form.
    to 303
    /// Returns a 302, a temporary redirect. Most clients change a POST to a GET. Prefer [`to`](Redirect::to), which
    /// requires that, or [`temporary`](Redirect::temporary), which forbids it.
    found 302
    /// Returns a 301, a permanent redirect. Most clients change a POST to a GET. Prefer
    /// [`permanent`](Redirect::permanent), which forbids it.
    moved_permanently 301
    /// Returns a 307, a temporary redirect. The client repeats the same request.
    temporary 307
    /// Returns a 308, a permanent redirect. The client repeats the same request.
    permanent 308
}

impl<const STATUS: u16> IntoResponse for Redirect<STATUS> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::empty(STATUS).headers(&["location"]));

    fn into_response(self) -> Response {
        let mut response = Response::empty(STATUS);
        let target = location(&self.0);
        response.headers_mut().insert(header::LOCATION, target);
        response
    }
}
