//! The context: what a handler and its middleware see of one request.

use std::{
    borrow::Cow,
    fmt,
    future::Future,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version, header};
use serde::{Serialize, de::DeserializeOwned};
use tokio::task::JoinHandle;

use crate::{
    body::Body,
    decode::{self, json},
    header_value,
    request::{head::Head, health::Health, out::Out, per_app::AppValues},
    response::{IntoResponse, Json, Rejection, Response, Status},
    routes::Route,
    tasks::{Stopping, Tasks},
};

/// The request at hand and the start of its response, as Gin's users know it.
///
/// A handler asks for it as `cx: &mut Context<'_>` (or `&Context<'_>`), beside any other
/// argument. It cannot be kept past its request: the compiler refuses.
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
    /// What parts keep for the app.
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

    /// Returns the context with another head.
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

    /// Returns the request's path as it came, escapes included.
    pub fn path(&self) -> &'r str {
        self.head.uri.path()
    }

    /// Returns the version of HTTP that the request came by.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the request's headers.
    pub fn headers(&self) -> &'r HeaderMap {
        &self.head.headers
    }

    /// Returns the first value of a request header, if it is there and UTF-8.
    ///
    /// Other octets, and further lines of the header, are in [`headers`](Self::headers).
    pub fn header(&self, name: &str) -> Option<&'r str> {
        header_value::text(self.head.headers.get(name)?)
    }

    /// Returns a path parameter, percent-decoded, of the route or of a prefix.
    ///
    /// An argument of the same name is the better way: it has a type, and the compiler knows
    /// that the parameter is there.
    pub fn param(&self, name: &str) -> Option<&'r str> {
        self.head.param_named(name)
    }

    /// Returns the first value of a key of the query, decoded, or `None` if it is not valid
    /// percent-encoded UTF-8. [`Query`](crate::Query) answers that with 400.
    pub fn query(&self, name: &str) -> Option<Cow<'r, str>> {
        decode::first(self.head.uri.query()?, name)
    }

    /// Returns the route that matched, or `None` where none did.
    pub fn route(&self) -> Option<&'static Route> {
        self.head.route
    }

    /// Returns the pattern of the route that matched, with every prefix: `/users/{id}`.
    pub fn full_path(&self) -> Option<&'static str> {
        self.head.route.map(|route| route.path())
    }

    /// Returns the client's certificate, in DER, where the listener asks for one
    /// ([`Tls::client_ca`](crate::serve::Tls::client_ca)): it was found good before the request began.
    #[cfg(feature = "tls")]
    pub fn client_certificate(&self) -> Option<&'r [u8]> {
        self.head.certificate.as_deref()
    }

    /// Returns the address at the other end of the connection, where there is a connection.
    ///
    /// Behind a proxy this is the proxy's: see [`client_ip`](Self::client_ip).
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// Returns the client's address: the peer's, or what the trusted [`Proxies`](crate::serve::Proxies) say.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.head.client_ip()
    }

    /// Reads the body as JSON, or the query where the method is GET or HEAD.
    ///
    /// # Errors
    /// Answers 400 for text that is not JSON, 413 for a body over the limit, 415 for another
    /// content type and 422 for JSON of another shape.
    pub async fn bind<T: DeserializeOwned>(&mut self) -> Result<T, Rejection> {
        if matches!(self.head.method, Method::GET | Method::HEAD) {
            return decode::query(self.head.uri.query().unwrap_or_default());
        }
        json::content_type(&self.head.headers)?;
        let body = self.out.read_body().await?;
        json::parse(&body)
    }

    /// Makes a response with this status and the value as JSON.
    ///
    /// A value that cannot be written as JSON is answered with 500.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(&self, status: impl Into<Status>, value: &T) -> Response {
        let mut response = Json(value).into_response();
        if !response.is_rejection() {
            response.set_status(status);
        }
        response
    }

    /// Makes a response with this status and plain text.
    #[track_caller]
    pub fn text(&self, status: impl Into<Status>, text: impl Into<String>) -> Response {
        (status.into(), text.into()).into_response()
    }

    /// Makes a response with this status, content type and body.
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

    /// Notes a value for the observers, who read it as text by
    /// [`Exchange::notes`](crate::Exchange::notes): the user, say, or whether a cache had it.
    ///
    /// It allocates nothing once a thread is warm.
    pub fn note(&mut self, key: &'static str, value: impl fmt::Display) {
        self.out.record.note(key, &value);
    }

    /// Runs work that outlives the answer: it goes on when the client has its answer or has left,
    /// and a stopping server waits for it, at most as long as
    /// [`Config::drain`](crate::Config::drain) says.
    ///
    /// What it needs of the request it takes along by value, and of the app state as a
    /// [`State`](struct@crate::State), which can be moved into it.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/orders")]
    /// async fn order(cx: &mut Context<'_>) -> StatusCode {
    ///     cx.spawn(async {
    ///         // Send the mail.
    ///     });
    ///     StatusCode::ACCEPTED
    /// }
    /// # #[routes(app)] struct Api(order);
    /// ```
    ///
    /// # Panics
    /// Outside of tokio's runtime. A panic of the work itself ends that work alone.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.tasks.spawn(work)
    }

    /// Returns what waits until the server stops, for a handler that would go on for ever, and for
    /// streams and tasks that outlive it: see [`Stopping`].
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, tokio};
    ///
    /// /// Waits for news, at most until the server stops.
    /// #[get("/news")]
    /// async fn news(cx: &mut Context<'_>) -> Option<&'static str> {
    ///     tokio::select! {
    ///         news = async { "news" } => Some(news),
    ///         () = cx.stopping() => None,
    ///     }
    /// }
    /// # #[routes(app)] struct Api(news);
    /// ```
    pub fn stopping(&self) -> Stopping {
        self.tasks.stopping()
    }

    /// Makes the response's status this one, where the handler returns a plain value (200).
    #[track_caller]
    pub fn status(&mut self, status: impl Into<Status>) {
        self.out.status = Some(status.into().code());
    }

    /// Sets a header of the response: the value replaces all values of this name that were set before or that
    /// the handler returns.
    ///
    /// `Set-Cookie` is the exception: cookies are added, so that none replaces another. To add a value of any
    /// other header, use [`append_header`](Self::append_header). An invalid name or value (with a line
    /// break, say) is ignored.
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

    /// Adds a header of the response beside the values of this name that are set or that the handler returns:
    /// for `Link`, `Vary` and others that may have several values.
    ///
    /// An invalid name or value (with a line break, say) is ignored.
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
