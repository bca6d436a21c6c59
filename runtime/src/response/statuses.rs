//! Responses around a body whose status is in their type.

use http::{StatusCode, header};

use super::{IntoResponse, Response, location, tuples::with_status};
use crate::routes::{Answers, Facts};

/// A 201 with the new resource as the body and its path as `Location`.
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
    /// Returns a response without `Location`.
    pub fn new(body: T) -> Self {
        Self {
            location: None,
            body,
        }
    }

    /// Returns a response with this path as `Location`. `url!` returns such a path.
    ///
    /// Characters that a URL cannot contain are percent-encoded, as in a [`Redirect`](super::Redirect).
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self {
            location: Some(location.into()),
            body,
        }
    }
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    const FACTS: Facts = T::FACTS;
    const ANSWERS: Answers =
        Answers::with_status(201, &Answers::with_headers(&["location"], &T::ANSWERS));

    fn into_response(self) -> Response {
        at_location(self.body, StatusCode::CREATED, self.location)
    }
}

/// A 202: the work has been accepted, and continues after the response. `Location` is the path of its current state.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::Accepted};
///
/// #[post("/reports")]
/// async fn order() -> Accepted<Json<Value>> {
///     Accepted::at("/reports/jobs/7", Json(json!({ "state": "waiting" })))
/// }
///
/// #[routes(app)]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let response = Api.test().post("/reports").send().await;
/// assert_eq!(response.status(), 202);
/// assert_eq!(response.header(header::LOCATION), "/reports/jobs/7");
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Accepted<T> {
    location: Option<String>,
    body: T,
}

impl<T> Accepted<T> {
    /// Returns a response without `Location`.
    pub fn new(body: T) -> Self {
        Self {
            location: None,
            body,
        }
    }

    /// Returns a response with the path of the job as `Location`, encoded as in [`Created::at`].
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self {
            location: Some(location.into()),
            body,
        }
    }
}

impl<T: IntoResponse> IntoResponse for Accepted<T> {
    const FACTS: Facts = T::FACTS;
    const ANSWERS: Answers =
        Answers::with_status(202, &Answers::with_headers(&["location"], &T::ANSWERS));

    fn into_response(self) -> Response {
        at_location(self.body, StatusCode::ACCEPTED, self.location)
    }
}

/// Returns a response with this status and `Location`. A body that became a rejection has neither.
fn at_location(body: impl IntoResponse, status: StatusCode, target: Option<String>) -> Response {
    let mut response = with_status(body.into_response(), status.into());
    if let Some(target) = target {
        response.set_header(header::LOCATION, location(&target));
    }
    response
}

/// A response with this status, for a status without a dedicated type: `WithStatus<207, Json<Parts>>`.
///
/// The status is part of the type, so that documents and clients have it. `(StatusCode, body)` is for a status that is
/// computed by the handler. A body that becomes a rejection, such as `None`, keeps its own status.
///
/// `STATUS` is one of the statuses of [`StatusCode`] from 200 on. The compiler rejects other numbers, and 204, 205 and
/// 304, which have no body.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::WithStatus};
///
/// #[post("/orders")]
/// async fn order() -> WithStatus<402, Json<Value>> {
///     WithStatus(Json(json!({ "price": 7 })))
/// }
///
/// #[routes(app)]
/// struct Api(order);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().post("/orders").send().await.status(), 402);
/// # });
/// assert_eq!(Api::ROUTES[0].answers()[0].status(), 402);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WithStatus<const STATUS: u16, T>(pub T);

impl<const STATUS: u16, T: IntoResponse> IntoResponse for WithStatus<STATUS, T>
where
    (): FinalStatus<STATUS>,
{
    const FACTS: Facts = T::FACTS;
    const ANSWERS: Answers = Answers::with_status(STATUS, &T::ANSWERS);

    fn into_response(self) -> Response {
        with_status(self.0.into_response(), STATUS.into())
    }
}

/// A status of a response with a body. It is a bound and no assertion, because the compiler evaluates an assertion
/// only where code is generated.
#[diagnostic::on_unimplemented(
    message = "`{STATUS}` cannot be the status of a response with a body",
    label = "not a final status with a body",
    note = "write a status that `StatusCode` has a constant for, from 200 to 511, such as `WithStatus<202, T>`; a response without a body is `NoContent` (204)"
)]
pub trait FinalStatus<const STATUS: u16> {}

macro_rules! statuses {
    ($($status:literal)*) => {
        $(impl FinalStatus<$status> for () {})*

        #[cfg(test)]
        const ALL: &[u16] = &[$($status),*];
    };
}

statuses! {
    200 201 202 203 206 207 208 226
    300 301 302 303 305 307 308
    400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 425 426 428 429 431 451
    500 501 502 503 504 505 506 507 508 510 511
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_with_a_constant() {
        let known = (200..600).filter(|code| {
            let code = StatusCode::from_u16(*code).expect("it is in the range");
            code.canonical_reason().is_some() && ![204, 205, 304].contains(&code.as_u16())
        });
        assert!(known.eq(ALL.iter().copied()));
    }
}
