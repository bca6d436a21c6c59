//! Tuples, and the responses that are little more than a status.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{IntoResponse, Response, Status};
use crate::rejection::Rejection;

/// Something that stands before the body in a tuple: headers, in one of their forms.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand before the body in a tuple",
    note = "write `(status, body)`, `(headers, body)` or `(status, headers, body)`, with headers as `[(name, value); N]` or a `HeaderMap`"
)]
pub trait IntoResponseParts {
    /// Adds itself to the response.
    ///
    /// # Errors
    /// Where a value cannot be a header's; the response is then 500.
    fn add_to(self, response: &mut Response) -> Result<(), Rejection>;
}

impl IntoResponseParts for HeaderMap {
    fn add_to(self, response: &mut Response) -> Result<(), Rejection> {
        response.headers_mut().extend(self);
        Ok(())
    }
}

impl<K, V, const N: usize> IntoResponseParts for [(K, V); N]
where
    K: TryInto<HeaderName, Error: fmt::Display>,
    V: TryInto<HeaderValue, Error: fmt::Display>,
{
    fn add_to(self, response: &mut Response) -> Result<(), Rejection> {
        for (name, value) in self {
            let name = name.try_into().map_err(|e| bad_header(&e))?;
            let value = value.try_into().map_err(|e| bad_header(&e))?;
            response.headers_mut().insert(name, value);
        }
        Ok(())
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

/// Puts the status on the response, unless making the body went wrong.
fn with_status(mut response: Response, status: Status) -> Response {
    if !response.is_rejection() {
        response.set_status(status);
    }
    response
}

impl<B: IntoResponse> IntoResponse for (StatusCode, B) {
    fn into_response(self) -> Response {
        with_status(self.1.into_response(), self.0.into())
    }
}

impl<B: IntoResponse> IntoResponse for (Status, B) {
    fn into_response(self) -> Response {
        with_status(self.1.into_response(), self.0)
    }
}

impl<H: IntoResponseParts, B: IntoResponse> IntoResponse for (H, B) {
    fn into_response(self) -> Response {
        with_parts(self.1.into_response(), self.0)
    }
}

impl<H: IntoResponseParts, B: IntoResponse> IntoResponse for (StatusCode, H, B) {
    fn into_response(self) -> Response {
        with_parts(with_status(self.2.into_response(), self.0.into()), self.1)
    }
}

/// 201, with the new thing as the body and where to find it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[post("/users")]
/// async fn create() -> Created<Json<Value>> {
///     Created::at("/users/7", Json(json!({ "id": 7 })))
/// }
/// # #[routes(app)] struct Api(create);
/// ```
#[derive(Debug, Clone)]
pub struct Created<T> {
    location: Option<String>,
    body: T,
}

impl<T> Created<T> {
    /// Makes the response without a `Location`.
    pub fn new(body: T) -> Self {
        Self {
            location: None,
            body,
        }
    }

    /// Makes the response with the path of the new thing as `Location`: `url!` makes it.
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self {
            location: Some(location.into()),
            body,
        }
    }
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = with_status(self.body.into_response(), StatusCode::CREATED.into());
        if let Some(location) = self.location {
            response.set_header(header::LOCATION, location);
        }
        response
    }
}

/// 204: done, and nothing to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        Response::empty(StatusCode::NO_CONTENT)
    }
}

/// A redirect to another path or URL.
///
/// Never make the target from a request header or an unchecked parameter: that lets anybody send
/// your users anywhere.
#[derive(Debug, Clone)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303: see the other place with GET, as after a form.
    pub fn to(location: impl Into<String>) -> Self {
        Self {
            status: StatusCode::SEE_OTHER,
            location: location.into(),
        }
    }

    /// 307: the same request elsewhere, for now.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self {
            status: StatusCode::TEMPORARY_REDIRECT,
            location: location.into(),
        }
    }

    /// 308: the same request elsewhere, for good.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self {
            status: StatusCode::PERMANENT_REDIRECT,
            location: location.into(),
        }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        match HeaderValue::try_from(self.location) {
            Ok(location) => {
                let mut response = Response::empty(self.status);
                response.headers_mut().insert(header::LOCATION, location);
                response
            }
            Err(error) => bad_header(&error).into_response(),
        }
    }
}
