//! JSON as a response.

use http::HeaderValue;
use serde::Serialize;

use super::{IntoResponse, Response};
use crate::{
    body::Body,
    deref::deref_mut,
    pool,
    response::rejection::Rejection,
    routes::{Answer, Answers, Facts},
};

/// A value as JSON: an extractor that parses the body, and a response that serializes the value.
///
/// As an extractor it requires `Content-Type: application/json` (or a type with `+json`) and rejects text after the
/// value. As a response it serializes into a pooled buffer. If the value cannot be serialized, the response is a 500.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[post("/echo")]
/// async fn echo(body: Json<Vec<u32>>) -> Json<Vec<u32>> {
///     Json(body.0)
/// }
/// # #[routes(app)] struct Api(echo);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

deref_mut!(Json);

impl<T: Serialize> IntoResponse for Json<T> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::of::<T>(200, "application/json"));

    fn into_response(self) -> Response {
        let mut buffer = pool::buffer();
        match serde_json::to_writer(&mut *buffer, &self.0) {
            Ok(()) => Response::typed(
                HeaderValue::from_static("application/json"),
                Body::from(buffer),
            ),
            Err(error) => Rejection::internal().with_source(error).into_response(),
        }
    }
}
