//! The context: how a handler and its middleware read one request and shape its response.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    body::Body,
    decode::{self, json},
    header_value,
    request::{app_values::AppValues, head::Head, health::Health, out::Out},
    response::{IntoResponse, Json, Rejection, Response, Status},
    routes::Route,
    tasks::Tasks,
};

mod time;

/// The current request, and the status and headers of its response. It is the counterpart of Gin's context.
///
/// A handler, a guard or a middleware takes it as `cx: &mut Context<'_>` or `&Context<'_>`, together with any other
/// arguments. The compiler does not allow it to outlive the request.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/ping/{name}")]
/// async fn ping(cx: &mut Context<'_>) -> Response {
///     let name = cx.param("name").unwrap_or("you");
///     cx.json(200, &json!({ "message": format!("pong, {name}") }))
/// }
/// # #[routes(app)] struct Api(ping);
/// ```
pub struct Context<'r> {
    head: &'r Head,
    out: &'r mut Out,
    tasks: &'r Tasks,
    health: &'r Health,
    /// The values of [`PerApp`](crate::middleware::PerApp).
    kept: &'r AppValues,
}

impl<'r> Context<'r> {
    pub(crate) fn new(
        head: &'r Head,
        out: &'r mut Out,
        tasks: &'r Tasks,
        health: &'r Health,
        kept: &'r AppValues,
    ) -> Self {
        Self {
            head,
            out,
            tasks,
            health,
            kept,
        }
    }

    /// Returns whether observers run after the exchange, so that errors are reported then.
    pub(crate) fn is_observed(&self) -> bool {
        self.out.record.is_observed()
    }

    pub(crate) fn health(&self) -> &'r Health {
        self.health
    }

    pub(crate) fn kept(&self) -> &'r AppValues {
        self.kept
    }

    pub(crate) fn head(&self) -> &'r Head {
        self.head
    }

    /// Returns the same context with another head.
    pub(crate) fn over<'o>(&'o mut self, head: &'o Head) -> Context<'o> {
        Context::new(head, self.out, self.tasks, self.health, self.kept)
    }

    pub(crate) fn tasks(&self) -> &'r Tasks {
        self.tasks
    }

    pub(crate) fn out(&mut self) -> &mut Out {
        self.out
    }

    /// Returns the request's method.
    pub fn method(&self) -> &'r Method {
        &self.head.method
    }

    /// Returns the request's target.
    pub fn uri(&self) -> &'r Uri {
        &self.head.uri
    }

    /// Returns the path of the request, not percent-decoded.
    pub fn path(&self) -> &'r str {
        self.head.uri.path()
    }

    /// Returns the HTTP version of the request.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the request's headers.
    pub fn headers(&self) -> &'r HeaderMap {
        &self.head.headers
    }

    /// Returns the first value of a request header. Returns `None` if there is none or it is not UTF-8.
    ///
    /// [`headers`](Self::headers) has all values, as bytes.
    pub fn header(&self, name: &str) -> Option<&'r str> {
        header_value::text(self.head.headers.get(name)?)
    }

    /// Returns a path parameter of the route or of a prefix, percent-decoded.
    ///
    /// Prefer an argument of the same name: it has a type, and the compiler checks that the parameter exists.
    pub fn param(&self, name: &str) -> Option<&'r str> {
        self.head.param_named(name)
    }

    /// Returns the first value of a key in the query, decoded. Returns `None` if there is none or it is not valid
    /// percent-encoded UTF-8.
    ///
    /// [`Query`](crate::Query) rejects an invalid value with 400.
    pub fn query(&self, name: &str) -> Option<Cow<'r, str>> {
        decode::first(self.head.uri.query()?, name)
    }

    /// Returns the route of the request, or `None` if no route matched.
    pub fn route(&self) -> Option<&'static Route> {
        self.head.route
    }

    /// Returns the pattern of the route with all prefixes, for example `/users/{id}`.
    pub fn full_path(&self) -> Option<&'static str> {
        self.head.route.map(|route| route.path())
    }

    /// Returns the client's certificate in DER, if the listener requests one
    /// ([`Tls::client_ca`](crate::serve::Tls::client_ca)).
    ///
    /// It was verified in the TLS handshake.
    #[cfg(feature = "tls")]
    pub fn client_certificate(&self) -> Option<&'r [u8]> {
        self.head.certificate.as_deref()
    }

    /// Returns the address of the peer, the other end of the connection. A unix socket has none.
    ///
    /// Behind a proxy this is the proxy's address: see [`client_ip`](Self::client_ip).
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// Returns the client's address: the peer's, or the one that trusted [`Proxies`](crate::serve::Proxies) forward.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.head.client_ip()
    }

    /// Reads the body as JSON. For GET and HEAD it reads the query instead.
    ///
    /// # Errors
    /// Returns a rejection: 400 for text that is not JSON, 413 for a body over the limit, 415 for another content
    /// type and 422 for JSON that does not match `T`.
    ///
    /// # Cancel safety
    /// If the future is dropped, the part of the body that was read is lost.
    pub async fn bind<T: DeserializeOwned>(&mut self) -> Result<T, Rejection> {
        if matches!(self.head.method, Method::GET | Method::HEAD) {
            return decode::query(self.head.uri.query().unwrap_or_default());
        }
        json::content_type(&self.head.headers)?;
        let body = self.out.read_body().await?;
        json::parse(&body)
    }

    /// Returns a response with this status and the value as JSON.
    ///
    /// If the value cannot be serialized, the response is a 500.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(&self, status: impl Into<Status>, value: &T) -> Response {
        let mut response = Json(value).into_response();
        if !response.is_rejection() {
            response.set_status(status);
        }
        response
    }

    /// Returns a response with this status and plain text.
    #[track_caller]
    pub fn text(&self, status: impl Into<Status>, text: impl Into<String>) -> Response {
        (status.into(), text.into()).into_response()
    }

    /// Returns a response with this status, content type and body.
    ///
    /// # Panics
    /// Panics if the content type has a character that a header cannot have.
    #[track_caller]
    pub fn data(
        &self,
        status: impl Into<Status>,
        content_type: &'static str,
        body: impl Into<Body>,
    ) -> Response {
        let mut response = Response::new(body);
        response.set_status(status);
        let value = HeaderValue::from_static(content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, value);
        response
    }

    /// Adds a note for observers and the [`AccessLog`](crate::middleware::AccessLog), for example the user's name.
    ///
    /// Observers read it as text from [`Exchange::notes`](crate::Exchange::notes). Notes are written into a buffer
    /// that later requests reuse, so a note allocates nothing in most requests.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/books/{id}")]
    /// async fn book(id: u64, cx: &mut Context<'_>) {
    ///     cx.note("book", id);
    /// }
    /// # #[routes(app)] struct Api(book);
    /// ```
    pub fn note(&mut self, key: &'static str, value: impl fmt::Display) {
        self.out.record.note(key, &value);
    }

    /// Sets the status of the response. It applies if the handler's return value does not set one itself (200).
    #[track_caller]
    pub fn status(&mut self, status: impl Into<Status>) {
        self.out.status = Some(status.into().code());
    }

    /// Sets a header of the response. It replaces all values of this name that were set before or that the handler
    /// returns.
    ///
    /// `Set-Cookie` is the exception: cookies are added, so that none replaces another. To add a value of another
    /// header, use [`append_header`](Self::append_header). An invalid name or value, for example with a line break,
    /// is ignored.
    pub fn set_header(&mut self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) {
        let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) else {
            return;
        };
        if name == header::SET_COOKIE {
            self.out.added.append(name, value);
            return;
        }
        if !self.out.added.is_empty() {
            self.out.added.remove(&name);
        }
        self.out.headers.insert(name, value);
    }

    /// Adds a header to the response and keeps the other values of this name. It is for `Link`, `Vary` and other
    /// headers that can have several values.
    ///
    /// An invalid name or value, for example with a line break, is ignored.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/page")]
    /// async fn page(cx: &mut Context<'_>) -> ([(header::HeaderName, &'static str); 1], &'static str) {
    ///     cx.append_header(header::LINK, "</b.css>; rel=preload");
    ///     ([(header::LINK, "</a.css>; rel=preload")], "a page")
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(page);
    ///
    /// # highball::block_on(async {
    /// let response = Api.test().get("/page").send().await;
    /// assert_eq!(response.headers().get_all(header::LINK).iter().count(), 2);
    /// # });
    /// ```
    pub fn append_header(
        &mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) {
        if let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) {
            self.out.added.append(name, value);
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers may hold secrets, so they are not shown.
        f.debug_struct("Context")
            .field("method", &self.head.method)
            .field("path", &self.path())
            .field("route", &self.full_path())
            .finish_non_exhaustive()
    }
}
