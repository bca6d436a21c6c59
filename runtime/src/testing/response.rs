//! The answer to a test.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::de::DeserializeOwned;

use crate::header_value;

/// A response, with its whole body.
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

    /// Returns the first value of a header, or the empty text if there is none or it is not UTF-8.
    ///
    /// # Panics
    /// Where the name is none that a header can have.
    pub fn header(&self, name: impl TryInto<HeaderName, Error: fmt::Display>) -> &str {
        let name = name.try_into();
        let name = name.unwrap_or_else(|error| panic!("the header's name: {error}"));
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
    /// Where it is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|error| panic!("the body: {error}"))
    }

    /// Reads the body as JSON.
    ///
    /// # Panics
    /// Where it is not JSON, or JSON of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "the body is not the JSON expected: {error}: {:?}",
                self.body
            )
        })
    }
}
