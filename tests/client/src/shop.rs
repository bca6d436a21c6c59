//! A client of the API "Shop".
//!
//! `highball_openapi::client::rust` has written this file from the declarations of the server. Do not edit it.
//!
//! Each method of [`Client`] is an operation, and returns an enum with a variant for each documented answer. A request
//! is sent once, by a [`Transport`]. Only credentials that an operation accepts are sent with it.

#![allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
#![allow(deprecated, unreachable_pub, unused_qualifications)]

use std::{collections::BTreeMap, fmt, future::Future};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The transport of a client: it sends a request and reads the whole response.
///
/// Implement it with the HTTP library of your program. The client sends each request once. A transport that retries
/// should do so only for GET, HEAD, OPTIONS and TRACE, because others may have an effect although no answer arrives.
pub trait Transport: Sync {
    /// The error of a request without a response.
    type Error;

    /// Sends a request.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send;
}

impl<T: Transport> Transport for &T {
    type Error = T::Error;

    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send {
        T::send(self, request)
    }
}

/// An error of a call. An answer with an error status is not one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ClientError<E> {
    /// An argument cannot be sent. No request was sent.
    Request(String),
    /// The transport has failed.
    Transport(E),
    /// The status and the media type of the answer are documented, but its body does not match.
    Body {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
        /// The mismatch.
        reason: String,
    },
}

impl<E: fmt::Display> fmt::Display for ClientError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(reason) => write!(f, "the request cannot be sent: {reason}"),
            Self::Transport(error) => write!(f, "the request has failed: {error}"),
            Self::Body { status, reason, .. } => {
                write!(f, "the body of the answer {status} is invalid: {reason}")
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for ClientError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<Malformed> for ClientError<E> {
    fn from(Malformed { answer, reason }: Malformed) -> Self {
        Self::Body {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            reason,
        }
    }
}

/// Problem details (RFC 9457): the body of most answers with an error status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Problem {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The reason phrase of the status.
    pub title: String,
    /// The status.
    pub status: Option<u16>,
    /// A message about this request.
    pub detail: String,
    /// The invalid inputs.
    pub errors: Vec<InvalidInput>,
    /// The other members.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// An invalid input of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InvalidInput {
    /// The part of the request: `body`, `header`, `path` or `query`.
    #[serde(rename = "in")]
    pub place: String,
    /// The name of the parameter, the key or the header, or a JSON pointer into the body.
    pub name: String,
    /// The expected value.
    pub expected: Option<String>,
    /// The value of the request.
    pub got: Option<String>,
    /// A message about this input.
    pub detail: String,
}

/// A body of bytes, such as a form with files, with its media type.
#[derive(Debug, Clone)]
pub struct RawBody {
    /// The value of `Content-Type`, for a form with files together with its boundary.
    pub content_type: String,
    /// The bytes.
    pub body: Bytes,
}

/// A client of the API.
#[derive(Clone)]
pub struct Client<T> {
    transport: T,
    /// The address without a slash at its end.
    base: String,
    credentials: Vec<Credential>,
    traceparent: Option<String>,
}

/// A header with a credential.
#[derive(Clone)]
struct Credential {
    scheme: &'static str,
    header: &'static str,
    value: String,
}

impl<T> Client<T> {
    /// Returns a client of the API at this address, such as `https://shop.example/api`.
    pub fn new(transport: T, base: &Uri) -> Self {
        let origin = match (base.scheme_str(), base.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => String::new(),
        };
        Self {
            transport,
            base: format!("{origin}{}", base.path().trim_end_matches('/')),
            credentials: Vec::new(),
            traceparent: None,
        }
    }

    /// Returns a client that sends this `traceparent` (W3C Trace Context) with each request.
    ///
    /// It borrows the transport, so that each incoming request of a server can have its client.
    pub fn with_traceparent(&self, traceparent: impl Into<String>) -> Client<&T> {
        Client {
            transport: &self.transport,
            base: self.base.clone(),
            credentials: self.credentials.clone(),
            traceparent: Some(traceparent.into()),
        }
    }

    #[allow(dead_code)]
    fn with_credential(
        mut self,
        scheme: &'static str,
        header: &'static str,
        value: String,
    ) -> Self {
        self.credentials.retain(|known| known.scheme != scheme);
        self.credentials.push(Credential {
            scheme,
            header,
            value,
        });
        self
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> Client<T> {
    /// Sends a request, with the credentials that the operation accepts.
    async fn send_call(&self, mut call: Call) -> Result<Answer, ClientError<T::Error>> {
        for scheme in std::mem::take(&mut call.schemes) {
            let mut credentials = self.credentials.iter();
            if let Some(credential) = credentials.find(|known| known.scheme == scheme) {
                call.credential(credential);
            }
        }
        call.header("traceparent", self.traceparent.as_deref());
        let request = call.finish(&self.base).map_err(ClientError::Request)?;
        let sent = self.transport.send(request).await;
        let (head, body) = sent.map_err(ClientError::Transport)?.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

/// The credentials.
impl<T> Client<T> {
    /// Returns a client that sends a user and a password (`Authorization: Basic`), to operations that accept it.
    #[must_use]
    pub fn with_basic(self, user: &str, password: &str) -> Self {
        let value = format!("Basic {}", base64(&format!("{user}:{password}")));
        self.with_credential("basic", "authorization", value)
    }

    /// Returns a client that sends a token (`Authorization: Bearer`), to operations that accept it.
    #[must_use]
    pub fn with_bearer(self, token: &str) -> Self {
        let value = format!("Bearer {token}");
        self.with_credential("bearer", "authorization", value)
    }

    /// Returns a client that sends a key in the header `x-key`, to operations that accept it.
    #[must_use]
    pub fn with_header_x_key(self, key: &str) -> Self {
        let value = key.to_owned();
        self.with_credential("header_x_key", "x-key", value)
    }

    /// Returns a client that sends the cookie `sid`, to operations that accept it.
    #[must_use]
    pub fn with_cookie_sid(self, value: &str) -> Self {
        let value = value.to_owned();
        self.with_credential("cookie_sid", "cookie:sid", value)
    }
}

/// The operations.
impl<T: Transport> Client<T> {
    /// Places an order.
    ///
    /// ```text
    /// this is not Rust
    /// ```
    ///
    /// `POST /orders`
    pub async fn app_create(
        &self,
        body: &client_types::NewOrder,
    ) -> Result<AppCreateAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/orders");
        call.json(Some(body));
        call.accepts("bearer");
        let answer = self.send_call(call).await?;
        Ok(AppCreateAnswer::read(answer)?)
    }

    /// `GET /orders/{id}`
    pub async fn app_show(
        &self,
        id: &client_types::OrderId,
    ) -> Result<AppShowAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/orders/");
        call.param("id", id);
        let answer = self.send_call(call).await?;
        Ok(AppShowAnswer::read(answer)?)
    }

    /// `GET /orders`
    pub async fn app_list(
        &self,
        query: &types::Filter,
    ) -> Result<AppListAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/orders");
        call.query(Some(query));
        let answer = self.send_call(call).await?;
        Ok(AppListAnswer::read(answer)?)
    }

    /// `POST /receipts`
    pub async fn app_receipt(
        &self,
        body: &types::ReceiptInput,
    ) -> Result<AppReceiptAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/receipts");
        call.json(Some(body));
        let answer = self.send_call(call).await?;
        Ok(AppReceiptAnswer::read(answer)?)
    }

    /// `POST /shapes`
    pub async fn app_shapes(
        &self,
        body: &types::Shapes,
    ) -> Result<AppShapesAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/shapes");
        call.json(Some(body));
        let answer = self.send_call(call).await?;
        Ok(AppShapesAnswer::read(answer)?)
    }

    /// `GET /maps`
    pub async fn app_maps(&self) -> Result<AppMapsAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/maps");
        let answer = self.send_call(call).await?;
        Ok(AppMapsAnswer::read(answer)?)
    }

    /// Returns the segment. The path has text around the parameter.
    ///
    /// `GET /ä/v{name}.json`
    pub async fn app_echo(&self, name: &str) -> Result<AppEchoAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/%C3%A4/v");
        call.param("name", name);
        call.path(".json");
        let answer = self.send_call(call).await?;
        Ok(AppEchoAnswer::read(answer)?)
    }

    /// `GET /files/{*rest}`
    pub async fn app_file(&self, rest: &str) -> Result<AppFileAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/files/");
        call.rest("rest", rest);
        let answer = self.send_call(call).await?;
        Ok(AppFileAnswer::read(answer)?)
    }

    /// Returns the headers that the client sends.
    ///
    /// `GET /head`
    pub async fn app_head(
        &self,
        headers: AppHeadHeaders<'_>,
    ) -> Result<AppHeadAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/head");
        call.header("x-tenant", Some(headers.x_tenant));
        call.cookie("theme", headers.cookie_theme);
        call.header("if-match", headers.if_match);
        call.header("if-none-match", headers.if_none_match);
        call.header("if-modified-since", headers.if_modified_since);
        call.header("if-unmodified-since", headers.if_unmodified_since);
        let answer = self.send_call(call).await?;
        Ok(AppHeadAnswer::read(answer)?)
    }

    /// `GET /key`
    pub async fn app_keyed(&self) -> Result<AppKeyedAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/key");
        call.accepts("header_x_key");
        call.accepts("cookie_sid");
        let answer = self.send_call(call).await?;
        Ok(AppKeyedAnswer::read(answer)?)
    }

    /// `GET /basic`
    pub async fn app_basic(&self) -> Result<AppBasicAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/basic");
        call.accepts("basic");
        let answer = self.send_call(call).await?;
        Ok(AppBasicAnswer::read(answer)?)
    }

    /// `POST /text`
    pub async fn app_text(&self, body: &str) -> Result<AppTextAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/text");
        call.text(body);
        let answer = self.send_call(call).await?;
        Ok(AppTextAnswer::read(answer)?)
    }

    /// `POST /form`
    pub async fn app_form(
        &self,
        body: &client_types::NewOrder,
    ) -> Result<AppFormAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/form");
        call.form(Some(body));
        let answer = self.send_call(call).await?;
        Ok(AppFormAnswer::read(answer)?)
    }

    /// `POST /optional`
    pub async fn app_optional(
        &self,
        body: Option<&client_types::NewOrder>,
    ) -> Result<AppOptionalAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/optional");
        call.json(body);
        let answer = self.send_call(call).await?;
        Ok(AppOptionalAnswer::read(answer)?)
    }

    /// `POST /multipart`
    pub async fn app_multipart(
        &self,
        body: RawBody,
    ) -> Result<AppMultipartAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/multipart");
        call.bytes(&body.content_type, body.body);
        let answer = self.send_call(call).await?;
        Ok(AppMultipartAnswer::read(answer)?)
    }

    /// `GET /either/{id}`
    pub async fn app_either(&self, id: u8) -> Result<AppEitherAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/either/");
        call.param("id", id);
        let answer = self.send_call(call).await?;
        Ok(AppEitherAnswer::read(answer)?)
    }

    /// `GET /two/{id}`
    pub async fn app_two(&self, id: u8) -> Result<AppTwoAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/two/");
        call.param("id", id);
        let answer = self.send_call(call).await?;
        Ok(AppTwoAnswer::read(answer)?)
    }

    /// `GET /moved`
    pub async fn app_moved(&self) -> Result<AppMovedAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/moved");
        let answer = self.send_call(call).await?;
        Ok(AppMovedAnswer::read(answer)?)
    }

    /// `GET /any`
    pub async fn app_any_get_any(&self) -> Result<AppAnyGetAnyAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/any");
        let answer = self.send_call(call).await?;
        Ok(AppAnyGetAnyAnswer::read(answer)?)
    }

    /// `PUT /any`
    pub async fn app_any_put_any(&self) -> Result<AppAnyPutAnyAnswer, ClientError<T::Error>> {
        let mut call = Call::new("PUT");
        call.path("/any");
        let answer = self.send_call(call).await?;
        Ok(AppAnyPutAnyAnswer::read(answer)?)
    }

    /// `POST /any`
    pub async fn app_any_post_any(&self) -> Result<AppAnyPostAnyAnswer, ClientError<T::Error>> {
        let mut call = Call::new("POST");
        call.path("/any");
        let answer = self.send_call(call).await?;
        Ok(AppAnyPostAnyAnswer::read(answer)?)
    }

    /// `DELETE /any`
    pub async fn app_any_delete_any(&self) -> Result<AppAnyDeleteAnyAnswer, ClientError<T::Error>> {
        let mut call = Call::new("DELETE");
        call.path("/any");
        let answer = self.send_call(call).await?;
        Ok(AppAnyDeleteAnyAnswer::read(answer)?)
    }

    /// `PATCH /any`
    pub async fn app_any_patch_any(&self) -> Result<AppAnyPatchAnyAnswer, ClientError<T::Error>> {
        let mut call = Call::new("PATCH");
        call.path("/any");
        let answer = self.send_call(call).await?;
        Ok(AppAnyPatchAnyAnswer::read(answer)?)
    }

    /// An answer that is not documented.
    ///
    /// `GET /teapot`
    ///
    /// The server does not document all answers of `Response`.
    #[deprecated = "drink coffee"]
    pub async fn app_teapot(&self) -> Result<AppTeapotAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/teapot");
        let answer = self.send_call(call).await?;
        Ok(AppTeapotAnswer::read(answer)?)
    }

    /// JSON that is not an order.
    ///
    /// `GET /broken`
    pub async fn app_broken(&self) -> Result<AppBrokenAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/broken");
        let answer = self.send_call(call).await?;
        Ok(AppBrokenAnswer::read(answer)?)
    }

    /// `GET /page`
    ///
    /// The server does not document all answers of `generate::app::proxy`.
    pub async fn app_page(&self) -> Result<AppPageAnswer, ClientError<T::Error>> {
        let mut call = Call::new("GET");
        call.path("/page");
        let answer = self.send_call(call).await?;
        Ok(AppPageAnswer::read(answer)?)
    }
}

/// An answer to [`app_create`](Client::app_create).
#[derive(Debug, Clone)]
pub enum AppCreateAnswer {
    /// Status 201, `application/json`.
    Created {
        /// The header `location`.
        location: Option<HeaderValue>,
        /// The body.
        body: client_types::Order,
    },
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 401, `application/problem+json`: the request has no valid credentials.
    Unauthorized {
        /// The header `www-authenticate`.
        www_authenticate: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Status 404, `application/problem+json`: there is no product {name}.
    NotFound(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 409, `application/problem+json`: the product is sold out.
    Conflict(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 415, `application/problem+json`: the body has another content type.
    UnsupportedMediaType(Problem),
    /// Status 422, `application/problem+json`: the body does not have the expected structure.
    UnprocessableEntity(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppCreateAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(201, "application/json") {
            return Ok(Self::Created {
                location: answer.header("location"),
                body: answer.json()?,
            });
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(401, "application/problem+json") {
            return Ok(Self::Unauthorized {
                www_authenticate: answer.header("www-authenticate"),
                body: answer.json()?,
            });
        }
        if answer.is(404, "application/problem+json") {
            return Ok(Self::NotFound(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(409, "application/problem+json") {
            return Ok(Self::Conflict(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(415, "application/problem+json") {
            return Ok(Self::UnsupportedMediaType(answer.json()?));
        }
        if answer.is(422, "application/problem+json") {
            return Ok(Self::UnprocessableEntity(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_show`](Client::app_show).
#[derive(Debug, Clone)]
pub enum AppShowAnswer {
    /// Status 200, `application/json`.
    Ok(client_types::Order),
    /// Status 400, `application/problem+json`: a path parameter is not valid.
    BadRequest(Problem),
    /// Status 404, `application/problem+json`: there is nothing here.
    NotFound(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppShowAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(404, "application/problem+json") {
            return Ok(Self::NotFound(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_list`](Client::app_list).
#[derive(Debug, Clone)]
pub enum AppListAnswer {
    /// Status 200, `application/json`.
    Ok(client_types::Page<client_types::Order>),
    /// Status 400, `application/problem+json`: the query does not have the expected structure.
    BadRequest(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppListAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_receipt`](Client::app_receipt).
#[derive(Debug, Clone)]
pub enum AppReceiptAnswer {
    /// Status 200, `application/json`.
    Ok(types::Receipt),
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 415, `application/problem+json`: the body has another content type.
    UnsupportedMediaType(Problem),
    /// Status 422, `application/problem+json`: the body does not have the expected structure.
    UnprocessableEntity(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppReceiptAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(415, "application/problem+json") {
            return Ok(Self::UnsupportedMediaType(answer.json()?));
        }
        if answer.is(422, "application/problem+json") {
            return Ok(Self::UnprocessableEntity(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_shapes`](Client::app_shapes).
#[derive(Debug, Clone)]
pub enum AppShapesAnswer {
    /// Status 200, `application/json`.
    Ok(types::Shapes),
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 415, `application/problem+json`: the body has another content type.
    UnsupportedMediaType(Problem),
    /// Status 422, `application/problem+json`: the body does not have the expected structure.
    UnprocessableEntity(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppShapesAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(415, "application/problem+json") {
            return Ok(Self::UnsupportedMediaType(answer.json()?));
        }
        if answer.is(422, "application/problem+json") {
            return Ok(Self::UnprocessableEntity(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_maps`](Client::app_maps).
#[derive(Debug, Clone)]
pub enum AppMapsAnswer {
    /// Status 200, `application/json`.
    Ok(std::collections::BTreeMap<String, (client_types::Order, Option<u8>)>),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppMapsAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_echo`](Client::app_echo).
#[derive(Debug, Clone)]
pub enum AppEchoAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 400, `application/problem+json`: a path parameter is not valid.
    BadRequest(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppEchoAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_file`](Client::app_file).
#[derive(Debug, Clone)]
pub enum AppFileAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 400, `application/problem+json`: a path parameter is not valid.
    BadRequest(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppFileAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_head`](Client::app_head).
#[derive(Debug, Clone)]
pub enum AppHeadAnswer {
    /// Status 200, `application/json`.
    Ok(std::collections::BTreeMap<String, String>),
    /// Status 403, `application/problem+json`: no tenant.
    Forbidden(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppHeadAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(403, "application/problem+json") {
            return Ok(Self::Forbidden(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// The headers of [`app_head`](Client::app_head).
#[derive(Debug, Clone, Copy)]
pub struct AppHeadHeaders<'a> {
    /// The header `x-tenant`.
    pub x_tenant: &'a str,
    /// The cookie `theme`.
    pub cookie_theme: Option<&'a str>,
    /// The header `if-match`.
    pub if_match: Option<&'a str>,
    /// The header `if-none-match`.
    pub if_none_match: Option<&'a str>,
    /// The header `if-modified-since`.
    pub if_modified_since: Option<&'a str>,
    /// The header `if-unmodified-since`.
    pub if_unmodified_since: Option<&'a str>,
}

/// An answer to [`app_keyed`](Client::app_keyed).
#[derive(Debug, Clone)]
pub enum AppKeyedAnswer {
    /// Status 200.
    Ok,
    /// Status 403, `application/problem+json`: no tenant.
    Forbidden(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppKeyedAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok);
        }
        if answer.is(403, "application/problem+json") {
            return Ok(Self::Forbidden(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_basic`](Client::app_basic).
#[derive(Debug, Clone)]
pub enum AppBasicAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 401, `application/problem+json`: the request has no valid credentials.
    Unauthorized {
        /// The header `www-authenticate`.
        www_authenticate: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppBasicAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(401, "application/problem+json") {
            return Ok(Self::Unauthorized {
                www_authenticate: answer.header("www-authenticate"),
                body: answer.json()?,
            });
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_text`](Client::app_text).
#[derive(Debug, Clone)]
pub enum AppTextAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppTextAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_form`](Client::app_form).
#[derive(Debug, Clone)]
pub enum AppFormAnswer {
    /// Status 200, `application/json`.
    Ok(client_types::NewOrder),
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 415, `application/problem+json`: the body has another content type.
    UnsupportedMediaType(Problem),
    /// Status 422, `application/problem+json`: the body does not have the expected structure.
    UnprocessableEntity(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppFormAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(415, "application/problem+json") {
            return Ok(Self::UnsupportedMediaType(answer.json()?));
        }
        if answer.is(422, "application/problem+json") {
            return Ok(Self::UnprocessableEntity(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_optional`](Client::app_optional).
#[derive(Debug, Clone)]
pub enum AppOptionalAnswer {
    /// Status 200, `application/json`.
    Ok(bool),
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 415, `application/problem+json`: the body has another content type.
    UnsupportedMediaType(Problem),
    /// Status 422, `application/problem+json`: the body does not have the expected structure.
    UnprocessableEntity(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppOptionalAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(415, "application/problem+json") {
            return Ok(Self::UnsupportedMediaType(answer.json()?));
        }
        if answer.is(422, "application/problem+json") {
            return Ok(Self::UnprocessableEntity(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_multipart`](Client::app_multipart).
#[derive(Debug, Clone)]
pub enum AppMultipartAnswer {
    /// Status 200, `application/json`.
    Ok(u64),
    /// Status 400, `application/problem+json`: the request is malformed.
    BadRequest(Problem),
    /// Status 408, `application/problem+json`: the body arrived too slowly.
    RequestTimeout(Problem),
    /// Status 413, `application/problem+json`: the body is larger than allowed.
    PayloadTooLarge(Problem),
    /// Status 415, `application/problem+json`: the body has another content type.
    UnsupportedMediaType(Problem),
    /// Status 422, `application/problem+json`: the body does not have the expected structure.
    UnprocessableEntity(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppMultipartAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(408, "application/problem+json") {
            return Ok(Self::RequestTimeout(answer.json()?));
        }
        if answer.is(413, "application/problem+json") {
            return Ok(Self::PayloadTooLarge(answer.json()?));
        }
        if answer.is(415, "application/problem+json") {
            return Ok(Self::UnsupportedMediaType(answer.json()?));
        }
        if answer.is(422, "application/problem+json") {
            return Ok(Self::UnprocessableEntity(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_either`](Client::app_either).
#[derive(Debug, Clone)]
pub enum AppEitherAnswer {
    /// Status 200, `application/json`.
    OkJson(u8),
    /// Status 200, `text/html`.
    OkHtml(String),
    /// Status 400, `application/problem+json`: a path parameter is not valid.
    BadRequest(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppEitherAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::OkJson(answer.json()?));
        }
        if answer.status == 200 {
            return Ok(Self::OkHtml(answer.text()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_two`](Client::app_two).
#[derive(Debug, Clone)]
pub enum AppTwoAnswer {
    /// Status 200, `application/json`.
    OkJson(u8),
    /// Status 200, `application/json`.
    OkJson2(Vec<client_types::Order>),
    /// Status 400, `application/problem+json`: a path parameter is not valid.
    BadRequest(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppTwoAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            if let Ok(body) = answer.json() {
                return Ok(Self::OkJson(body));
            }
        }
        if answer.is(200, "application/json") {
            return Ok(Self::OkJson2(answer.json()?));
        }
        if answer.is(400, "application/problem+json") {
            return Ok(Self::BadRequest(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_moved`](Client::app_moved).
#[derive(Debug, Clone)]
pub enum AppMovedAnswer {
    /// Status 307.
    TemporaryRedirect {
        /// The header `location`.
        location: Option<HeaderValue>,
    },
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppMovedAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 307 {
            return Ok(Self::TemporaryRedirect {
                location: answer.header("location"),
            });
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_any_get_any`](Client::app_any_get_any).
#[derive(Debug, Clone)]
pub enum AppAnyGetAnyAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppAnyGetAnyAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_any_put_any`](Client::app_any_put_any).
#[derive(Debug, Clone)]
pub enum AppAnyPutAnyAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppAnyPutAnyAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_any_post_any`](Client::app_any_post_any).
#[derive(Debug, Clone)]
pub enum AppAnyPostAnyAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppAnyPostAnyAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_any_delete_any`](Client::app_any_delete_any).
#[derive(Debug, Clone)]
pub enum AppAnyDeleteAnyAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppAnyDeleteAnyAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_any_patch_any`](Client::app_any_patch_any).
#[derive(Debug, Clone)]
pub enum AppAnyPatchAnyAnswer {
    /// Status 200, `text/plain`.
    Ok(String),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppAnyPatchAnyAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.status == 200 {
            return Ok(Self::Ok(answer.text()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_teapot`](Client::app_teapot).
#[derive(Debug, Clone)]
pub enum AppTeapotAnswer {
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppTeapotAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_broken`](Client::app_broken).
#[derive(Debug, Clone)]
pub enum AppBrokenAnswer {
    /// Status 200, `application/json`.
    Ok(client_types::Order),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppBrokenAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// An answer to [`app_page`](Client::app_page).
#[derive(Debug, Clone)]
pub enum AppPageAnswer {
    /// Status 200, `application/json`.
    Ok(client_types::Order),
    /// Status 404, `application/problem+json`: there is nothing here.
    NotFound(Problem),
    /// Status 503, `application/problem+json`: the server is handling too many requests.
    ServiceUnavailable {
        /// The header `retry-after`.
        retry_after: Option<HeaderValue>,
        /// The body.
        body: Problem,
    },
    /// Any other answer.
    Unexpected {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
}

impl AppPageAnswer {
    fn read(answer: Answer) -> Result<Self, Malformed> {
        if answer.is(200, "application/json") {
            return Ok(Self::Ok(answer.json()?));
        }
        if answer.is(404, "application/problem+json") {
            return Ok(Self::NotFound(answer.json()?));
        }
        if answer.is(503, "application/problem+json") {
            return Ok(Self::ServiceUnavailable {
                retry_after: answer.header("retry-after"),
                body: answer.json()?,
            });
        }
        Ok(Self::Unexpected {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

/// Types of bodies and queries.
pub mod types {
    #[allow(unused_imports)]
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    /// The type `Adjacent` of the API.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    #[non_exhaustive]
    pub enum Adjacent {
        /// The value `Nothing`.
        Nothing,
        /// The value `Text`.
        Text {
            /// The property `content`.
            content: String,
        },
        /// Any other value, such as one that was added to the API later.
        #[serde(untagged)]
        Unknown(serde_json::Value),
    }

    /// The type `Color` of the API.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[non_exhaustive]
    pub enum Color {
        /// The value `red`.
        #[serde(rename = "red")]
        Red,
        /// The value `dark-blue`.
        #[serde(rename = "dark-blue")]
        DarkBlue,
        /// Any other value, such as one that was added to the API later.
        #[serde(untagged)]
        Unknown(String),
    }

    /// The way of a delivery.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    #[non_exhaustive]
    pub enum Delivery {
        /// The value `pickup`.
        #[serde(rename = "pickup")]
        Pickup,
        /// The value `parcel`.
        #[serde(rename = "parcel")]
        Parcel {
            /// The property `self`.
            #[serde(rename = "self")]
            self_: bool,
            /// The property `street`.
            street: String,
        },
        /// Any other value, such as one that was added to the API later.
        #[serde(untagged)]
        Unknown(serde_json::Value),
    }

    /// A filter of orders.
    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    pub struct Filter {
        /// The property `limit`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<u8>,
        /// Only with this product.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub product: Option<String>,
        /// The property `tag`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tag: Option<Vec<String>>,
    }

    /// Values of the schema `Meters`.
    pub type Meters = f32;

    /// A type of the server alone, with types of the shared package in it.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Receipt {
        /// The property `byName`.
        #[serde(rename = "byName")]
        pub by_name: BTreeMap<String, Vec<Color>>,
        /// The property `color`.
        pub color: Option<Color>,
        /// The property `count`.
        pub count: u32,
        /// The property `delivery`.
        pub delivery: Delivery,
        /// The property `firstOrder`.
        #[serde(rename = "firstOrder")]
        pub first_order: client_types::Order,
        /// The property `pair`.
        pub pair: (u8, String),
        /// The property `parent`.
        pub parent: Option<Box<Receipt>>,
    }

    /// A type of the server alone, with types of the shared package in it.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct ReceiptInput {
        /// The property `byName`.
        #[serde(rename = "byName")]
        pub by_name: BTreeMap<String, Vec<Color>>,
        /// The property `color`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub color: Option<Color>,
        /// The property `count`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub count: Option<u32>,
        /// The property `delivery`.
        pub delivery: Delivery,
        /// The property `firstOrder`.
        #[serde(rename = "firstOrder")]
        pub first_order: client_types::Order,
        /// The property `pair`.
        pub pair: (u8, String),
        /// The property `parent`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<Box<ReceiptInput>>,
    }

    /// A shape, with a key around its content.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[non_exhaustive]
    pub enum Shape {
        /// The value `Empty`.
        Empty,
        /// The value `HTTP-Link`.
        #[serde(rename = "HTTP-Link")]
        HttpLink(String),
        /// The value `Within`.
        Within(Shapes),
        /// The value `Square`.
        Square {
            /// The property `side`.
            side: u8,
        },
        /// Any other value, such as one that was added to the API later.
        #[serde(untagged)]
        Unknown(serde_json::Value),
    }

    /// Types that serde writes in every way.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Shapes {
        /// The property `@meters`.
        #[serde(rename = "@meters")]
        pub meters: Meters,
        /// The property `either`.
        pub either: Vec<Untagged>,
        /// The property `name`.
        pub name: String,
        /// The property `shapes`.
        pub shapes: Vec<Shape>,
        /// The property `type`.
        pub r#type: Adjacent,
        /// The other properties.
        #[serde(flatten)]
        pub other_properties: BTreeMap<String, u8>,
    }

    /// Values of the schema `Untagged`.
    pub type Untagged = serde_json::Value;
}

/// A request that is built. The first mistake is reported when it is sent.
struct Call {
    method: &'static str,
    path: String,
    query: String,
    headers: HeaderMap,
    cookies: String,
    schemes: Vec<&'static str>,
    body: Bytes,
    error: Option<String>,
}

#[allow(dead_code)]
impl Call {
    fn new(method: &'static str) -> Self {
        Self {
            method,
            path: String::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            cookies: String::new(),
            schemes: Vec::new(),
            body: Bytes::new(),
            error: None,
        }
    }

    fn fail(&mut self, reason: String) {
        self.error.get_or_insert(reason);
    }

    /// Appends a static part of the path, which is percent-encoded.
    fn path(&mut self, text: &str) {
        self.path.push_str(text);
    }

    /// Appends a path parameter.
    fn param(&mut self, name: &str, value: impl fmt::Display) {
        let value = value.to_string();
        if value.is_empty() {
            self.fail(format!("the path parameter `{name}` is empty"));
        }
        percent_encode(&mut self.path, &value, b"");
    }

    /// Appends a path parameter that is the rest of the path.
    fn rest(&mut self, name: &str, value: impl fmt::Display) {
        let value = value.to_string();
        if value.is_empty() {
            self.fail(format!("the path parameter `{name}` is empty"));
        }
        percent_encode(&mut self.path, &value, b"/");
    }

    /// Appends a query.
    fn query<Q: Serialize + ?Sized>(&mut self, query: Option<&Q>) {
        let Some(query) = query else { return };
        match pairs(query) {
            Ok(pairs) if pairs.is_empty() => {}
            Ok(pairs) if self.query.is_empty() => self.query = pairs,
            Ok(pairs) => self.query = format!("{}&{pairs}", self.query),
            Err(reason) => self.fail(format!("the query cannot be serialized: {reason}")),
        }
    }

    /// Adds a header.
    fn header(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            _ => self.fail(format!("the value of the header `{name}` is invalid")),
        }
    }

    /// Adds a cookie.
    fn cookie(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        let is_valid = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        if !value.bytes().all(is_valid) {
            self.fail(format!("the value of the cookie `{name}` is invalid"));
        }
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(&format!("{name}={value}"));
    }

    /// Adds a scheme whose credential is sent.
    fn accepts(&mut self, scheme: &'static str) {
        self.schemes.push(scheme);
    }

    /// Adds a credential. The first one wins if two have the same header.
    fn credential(&mut self, credential: &Credential) {
        let Credential { header, value, .. } = credential;
        if let Some(name) = header.strip_prefix("cookie:") {
            return self.cookie(name, Some(value));
        }
        match (
            HeaderName::from_bytes(header.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.entry(name).or_insert(value);
            }
            _ => self.fail(format!("the credential for `{header}` is invalid")),
        }
    }

    /// Sets a body of JSON.
    fn json<B: Serialize + ?Sized>(&mut self, body: Option<&B>) {
        let Some(body) = body else { return };
        match serde_json::to_vec(body) {
            Ok(body) => self.bytes("application/json", body.into()),
            Err(error) => self.fail(format!("the body cannot be serialized: {error}")),
        }
    }

    /// Sets a body that is a form.
    fn form<B: Serialize + ?Sized>(&mut self, body: Option<&B>) {
        let Some(body) = body else { return };
        match pairs(body) {
            Ok(body) => self.bytes("application/x-www-form-urlencoded", body.into()),
            Err(reason) => self.fail(format!("the form cannot be serialized: {reason}")),
        }
    }

    /// Sets a body of text.
    fn text(&mut self, body: &str) {
        let body = Bytes::copy_from_slice(body.as_bytes());
        self.bytes("text/plain; charset=utf-8", body);
    }

    /// Sets a body of bytes.
    fn bytes(&mut self, content_type: &str, body: Bytes) {
        self.header("content-type", Some(content_type));
        self.body = body;
    }

    fn finish(mut self, base: &str) -> Result<Request<Bytes>, String> {
        // Clients and proxies remove such segments, so that the request would be one to another path.
        if self.path.split('/').any(|part| part == "." || part == "..") {
            self.fail(format!("the path `{}` has a segment of dots", self.path));
        }
        if !self.cookies.is_empty() {
            let cookies = std::mem::take(&mut self.cookies);
            self.header("cookie", Some(&cookies));
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut target = format!("{base}{}", self.path);
        if !self.query.is_empty() {
            target = format!("{target}?{}", self.query);
        }
        let request = Request::builder().method(self.method).uri(target);
        let mut request = request.body(self.body).map_err(|error| error.to_string())?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// An answer that is not yet read.
#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// An answer whose body does not match.
struct Malformed {
    answer: Answer,
    reason: String,
}

#[allow(dead_code)]
impl Answer {
    /// Returns whether the answer has this status, and a body of this media type.
    fn is(&self, status: u16, media_type: &str) -> bool {
        let content_type = self.headers.get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next();
        let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
        let is_json = media_type == "application/json"
            && essence.ends_with("+json")
            && essence != "application/problem+json";
        self.status == status && (essence == media_type || is_json)
    }

    fn header(&self, name: &str) -> Option<HeaderValue> {
        self.headers.get(name).cloned()
    }

    fn json<B: DeserializeOwned>(&self) -> Result<B, Malformed> {
        serde_json::from_slice(&self.body).map_err(|error| self.malformed(error))
    }

    fn text(&self) -> Result<String, Malformed> {
        let text = String::from_utf8(self.body.to_vec());
        text.map_err(|error| self.malformed(error.utf8_error()))
    }

    fn malformed(&self, reason: impl fmt::Display) -> Malformed {
        Malformed {
            answer: self.clone(),
            reason: reason.to_string(),
        }
    }
}

/// Percent-encodes a text. The unreserved characters (RFC 3986) and those in `kept` stay.
fn percent_encode(out: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// Writes a value as the pairs of a form. A list is a key that repeats, and `null` is left out.
fn pairs<V: Serialize + ?Sized>(value: &V) -> Result<String, String> {
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let fields = match value {
        serde_json::Value::Object(fields) => fields,
        serde_json::Value::Null => return Ok(String::new()),
        _ => return Err("it is not a struct or a map".to_owned()),
    };
    let mut out = String::new();
    for (key, value) in fields {
        let values = match value {
            serde_json::Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text,
                serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                    return Err(format!("the value of `{key}` is nested"));
                }
                other => other.to_string(),
            };
            if !out.is_empty() {
                out.push('&');
            }
            percent_encode(&mut out, &key, b"");
            out.push('=');
            percent_encode(&mut out, &text, b"");
        }
    }
    Ok(out)
}

/// Encodes a text as Base64 (RFC 4648).
#[allow(dead_code)]
fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            match i <= chunk.len() {
                true => out.push(char::from(ALPHABET[(bits >> (18 - 6 * i) & 63) as usize])),
                false => out.push('='),
            }
        }
    }
    out
}
