//! A request that a test builds and sends.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Uri, header, request};
use serde::Serialize;

use super::{TestMultipart, TestResponse, TestStream, jar::Jar, target::Target};
use crate::body::Body;

/// The maximum size of a response body that a test reads, in bytes.
const MAX_BODY: u64 = 1 << 30;

/// A request that a test builds. [`send`](Self::send) sends it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestRequest};
///
/// #[post("/echo")]
/// async fn echo(token: Bearer, value: Json<Value>) -> String {
///     format!("{} {}", token.token(), value["n"])
/// }
///
/// #[routes(app)]
/// struct Api(echo);
///
/// # highball::block_on(async {
/// let request: TestRequest = Api.test().post("/echo");
/// let response = request.bearer("secret").json(&json!({ "n": 7 })).send().await;
/// assert_eq!(response.text(), "secret 7");
/// # });
/// ```
#[must_use = "the request is sent by `send`"]
pub struct TestRequest {
    pub(crate) target: Arc<dyn Target>,
    pub(crate) jar: Option<Arc<Mutex<Jar>>>,
    pub(crate) head: request::Parts,
    pub(crate) body: Bytes,
}

impl TestRequest {
    /// Adds a header. A header of the same name that is already there is kept.
    ///
    /// # Panics
    /// Panics if the name or the value is not valid in a header.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Display>,
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        let name = name.try_into();
        let name = name.unwrap_or_else(|error| panic!("invalid header name: {error}"));
        let value = value.try_into();
        let value =
            value.unwrap_or_else(|error| panic!("invalid value of the header `{name}`: {error}"));
        self.head.headers.append(name, value);
        self
    }

    /// Serializes a value as a query and appends it to the query of the path.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/search")]
    /// async fn search(cx: &mut Context<'_>) -> String {
    ///     cx.uri().query().unwrap_or("none").to_owned()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(search);
    ///
    /// # highball::block_on(async {
    /// let request = Api.test().get("/search?page=2").query(&[("q", "a b")]);
    /// assert_eq!(request.send().await.text(), "page=2&q=a+b");
    /// # });
    /// ```
    ///
    /// # Panics
    /// Panics if the value cannot be serialized as a query.
    pub fn query(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        let more = serde_html_form::to_string(value);
        let more = more
            .unwrap_or_else(|error| panic!("the value cannot be serialized as a query: {error}"));
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

    /// Adds the header `Authorization: Bearer ..` with this token.
    ///
    /// # Panics
    /// Panics if the token is not valid in a header.
    pub fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    /// Adds a cookie to the header `Cookie`.
    ///
    /// # Panics
    /// Panics if the name or the value is not valid in a header.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        let mut cookies = match self.head.headers.remove(header::COOKIE) {
            Some(before) => [before.as_bytes(), b"; "].concat(),
            None => Vec::new(),
        };
        cookies.extend_from_slice(format!("{name}={value}").as_bytes());
        self.header(header::COOKIE, cookies)
    }

    /// Serializes a value as a URL-encoded form and sends it as the body.
    ///
    /// # Panics
    /// Panics if the value cannot be serialized as a form.
    pub fn form(self, value: &(impl Serialize + ?Sized)) -> Self {
        let body = serde_html_form::to_string(value);
        let body = body
            .unwrap_or_else(|error| panic!("the value cannot be serialized as a form: {error}"));
        self.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Sends a `multipart/form-data` form as the body.
    pub fn multipart(self, form: TestMultipart) -> Self {
        let (boundary, body) = form.encode();
        let mime = format!("multipart/form-data; boundary={boundary}");
        self.header(header::CONTENT_TYPE, mime).body(body)
    }

    /// Sends a text as the body, with the content type `text/plain`.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(text.into())
    }

    /// Sends these bytes as the body, and sets `Content-Length`. It sets no content type.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        let len = HeaderValue::from(self.body.len());
        self.head.headers.insert(header::CONTENT_LENGTH, len);
        self
    }

    /// Serializes a value as JSON and sends it as the body.
    ///
    /// # Panics
    /// Panics if the value cannot be serialized as JSON.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        let body = serde_json::to_vec(value);
        let body =
            body.unwrap_or_else(|error| panic!("the value cannot be serialized as JSON: {error}"));
        self.header(header::CONTENT_TYPE, "application/json")
            .body(body)
    }

    /// Sends the request and reads the whole response.
    ///
    /// # Panics
    /// Panics if the body of the response fails.
    pub async fn send(self) -> TestResponse {
        read_response(self.exchange().await).await
    }

    /// Sends the request and returns once the response has begun.
    ///
    /// The test then reads the chunks or the events of the body as they arrive. Use it for a response that does not
    /// end, such as an event stream.
    pub async fn send_streaming(self) -> TestStream {
        TestStream::new(self.exchange().await)
    }

    /// Sends the request with the cookies of the session, and returns the response with its unread body.
    pub(crate) async fn exchange(mut self) -> http::Response<Body> {
        let path = self.head.uri.path().to_owned();
        if let Some(jar) = &self.jar {
            let jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar.add_cookies(
                &path,
                &mut self.head.headers,
                self.target.clock().system_time(),
            );
        }
        let request = http::Request::from_parts(self.head, self.body);
        let response = self.target.call(request).await;
        if let Some(jar) = &self.jar {
            let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar.store(&path, response.headers(), self.target.clock().system_time());
        }
        response
    }
}

/// Reads the whole body of a response.
pub(crate) async fn read_response(response: http::Response<Body>) -> TestResponse {
    let (head, body) = response.into_parts();
    let body = body.collect(MAX_BODY).await;
    let body = body.unwrap_or_else(|error| panic!("the response's body failed: {error}"));
    TestResponse {
        status: head.status,
        headers: head.headers,
        body,
    }
}
