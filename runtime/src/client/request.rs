//! A request of a test.

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header, request};
use serde::Serialize;

use super::TestResponse;
use crate::{app::App, body::RequestBody, chain::Endpoint, service::Service};

/// The most that a test reads of a body, in bytes.
const READ: u64 = 1 << 30;

/// A request that is being made.
#[must_use = "the request is sent by `send`"]
pub struct TestRequest<A, S = ()> {
    pub(super) service: Service<A, S>,
    pub(super) head: request::Parts,
    pub(super) body: Bytes,
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestRequest<A, S> {
    /// Adds a header.
    ///
    /// # Panics
    /// Where the name or the value is none that a header can have.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Display>,
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        let name = name.try_into();
        let name = name.unwrap_or_else(|error| panic!("the header's name: {error}"));
        let value = value.try_into();
        let value = value.unwrap_or_else(|error| panic!("the header `{name}`: {error}"));
        self.head.headers.append(name, value);
        self
    }

    /// Adds `Authorization: Bearer ..`.
    ///
    /// # Panics
    /// Where the token is none that a header can have.
    pub fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    /// Adds a cookie.
    ///
    /// # Panics
    /// Where the name or the value is none that a header can have.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        let mut cookies = match self.head.headers.remove(header::COOKIE) {
            Some(before) => [before.as_bytes(), b"; "].concat(),
            None => Vec::new(),
        };
        cookies.extend_from_slice(format!("{name}={value}").as_bytes());
        self.header(header::COOKIE, cookies)
    }

    /// Makes the value, as a form, the body.
    ///
    /// # Panics
    /// Where the value cannot be written as a form.
    pub fn form(self, value: &(impl Serialize + ?Sized)) -> Self {
        let body = serde_html_form::to_string(value);
        let body = body.unwrap_or_else(|error| panic!("the body is no form: {error}"));
        self.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Makes this text the body.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(text.into())
    }

    /// Makes this the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        let len = HeaderValue::from(self.body.len());
        self.head.headers.insert(header::CONTENT_LENGTH, len);
        self
    }

    /// Makes the value, as JSON, the body.
    ///
    /// # Panics
    /// Where the value cannot be written as JSON.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        let body = serde_json::to_vec(value);
        let body = body.unwrap_or_else(|error| panic!("the body is not JSON: {error}"));
        self.header(header::CONTENT_TYPE, "application/json")
            .body(body)
    }

    /// Sends the request, and reads the whole response.
    ///
    /// # Panics
    /// Where the response's body fails.
    pub async fn send(self) -> TestResponse {
        let request = http::Request::from_parts(self.head, RequestBody::from(self.body));
        let (head, body) = self.service.call(request).await.into_parts();
        let body = body.collect(READ).await;
        let body = body.unwrap_or_else(|error| panic!("the response's body failed: {error}"));
        TestResponse {
            status: head.status,
            headers: head.headers,
            body,
        }
    }
}
