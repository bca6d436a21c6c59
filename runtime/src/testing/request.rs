//! A request of a test.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Uri, header, request};
use serde::Serialize;

use super::{TestMultipart, TestResponse, TestStream, jar::Jar};
use crate::{
    app::{App, Service},
    body::{Body, RequestBody},
    chain::Endpoint,
};

/// The most that a test reads of a body, in bytes.
const READ: u64 = 1 << 30;

/// A request that is being made.
#[must_use = "the request is sent by `send`"]
pub struct TestRequest<A, S = ()> {
    pub(crate) service: Service<A, S>,
    pub(crate) jar: Option<Arc<Mutex<Jar>>>,
    pub(crate) head: request::Parts,
    pub(crate) body: Bytes,
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

    /// Adds the value, as a query, behind the query that the path has.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/told")]
    /// async fn told(cx: &mut Context<'_>) -> String {
    ///     cx.uri().query().unwrap_or("none").to_owned()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(told);
    ///
    /// # highball::block_on(async {
    /// let request = Api.test().get("/told?page=2").query(&[("q", "a b")]);
    /// assert_eq!(request.send().await.text(), "page=2&q=a+b");
    /// # });
    /// ```
    ///
    /// # Panics
    /// Where the value cannot be written as a query.
    pub fn query(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        let more = serde_html_form::to_string(value);
        let more = more.unwrap_or_else(|error| panic!("the value is no query: {error}"));
        if more.is_empty() {
            return self;
        }
        let before = self.head.uri.query().filter(|before| !before.is_empty());
        let query = before.map_or_else(|| more.clone(), |before| format!("{before}&{more}"));
        let target = format!("{}?{query}", self.head.uri.path());
        let mut parts = self.head.uri.into_parts();
        let target = target.parse();
        let target = target.unwrap_or_else(|error| panic!("the query cannot be sent: {error}"));
        parts.path_and_query = Some(target);
        let uri = Uri::from_parts(parts);
        self.head.uri = uri.unwrap_or_else(|error| panic!("the query cannot be sent: {error}"));
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

    /// Makes a form with files the body.
    pub fn multipart(self, form: TestMultipart) -> Self {
        let (boundary, body) = form.written();
        let mime = format!("multipart/form-data; boundary={boundary}");
        self.header(header::CONTENT_TYPE, mime).body(body)
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
        whole(self.begin().await).await
    }

    /// Sends the request, and returns the answer as it begins, for what does not end: pieces and events are read
    /// as they come.
    pub async fn send_streaming(self) -> TestStream {
        TestStream::new(self.begin().await)
    }

    /// Sends the request, with the session's cookies, and returns the answer as it begins.
    pub(crate) async fn begin(mut self) -> http::Response<Body> {
        let path = self.head.uri.path().to_owned();
        if let Some(jar) = &self.jar {
            let jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar.give(&path, &mut self.head.headers);
        }
        let request = http::Request::from_parts(self.head, RequestBody::from(self.body));
        let answer = self.service.call(request).await;
        if let Some(jar) = &self.jar {
            let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar.keep(&path, answer.headers());
        }
        answer
    }
}

/// Reads the whole of an answer.
pub(crate) async fn whole(answer: http::Response<Body>) -> TestResponse {
    let (head, body) = answer.into_parts();
    let body = body.collect(READ).await;
    let body = body.unwrap_or_else(|error| panic!("the response's body failed: {error}"));
    TestResponse {
        status: head.status,
        headers: head.headers,
        body,
    }
}
