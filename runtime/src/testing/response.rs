//! A response that a test has received.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::de::DeserializeOwned;

use crate::header_value;

/// A response with its whole body. [`TestRequest::send`](super::TestRequest::send) returns it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestResponse};
///
/// #[get("/ping")]
/// async fn ping() -> Json<Value> {
///     Json(json!({ "message": "pong" }))
/// }
///
/// #[routes(app)]
/// struct Api(ping);
///
/// # highball::block_on(async {
/// let response: TestResponse = Api.test().get("/ping").send().await;
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.header("content-type"), "application/json");
/// assert_eq!(response.json::<Value>()["message"], "pong");
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct TestResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl TestResponse {
    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the first value of a header, or `""` if the header is absent or is not UTF-8.
    ///
    /// # Panics
    /// Panics if the name is not a valid header name.
    pub fn header(&self, name: impl TryInto<HeaderName, Error: fmt::Display>) -> &str {
        let name = name.try_into();
        let name = name.unwrap_or_else(|error| panic!("invalid header name: {error}"));
        self.headers
            .get(name)
            .and_then(header_value::text)
            .unwrap_or_default()
    }

    /// Returns the body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as text.
    ///
    /// # Panics
    /// Panics if the body is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body)
            .unwrap_or_else(|error| panic!("the body is not UTF-8: {error}"))
    }

    /// Deserializes the body from JSON.
    ///
    /// # Panics
    /// Panics if the body is not JSON, or if the JSON does not match the type.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "the body cannot be deserialized as the expected JSON: {error}: {:?}",
                self.body
            )
        })
    }
}
