//! A session of a test, which sends several requests to one app.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::Method;

use super::{
    TestRequest,
    jar::Jar,
    target::{Remote, Target},
};
use crate::{app::App, body::BoxError};

/// A session with one app and its state, which can send several requests.
///
/// [`TestClient::start`](super::TestClient::start) returns it.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use highball::{prelude::*, testing::TestSession};
///
/// #[derive(State)]
/// struct AppState {
///     visits: AtomicU64,
/// }
///
/// #[get("/visit")]
/// async fn visit(visits: State<AtomicU64>) -> String {
///     visits.fetch_add(1, Ordering::Relaxed).to_string()
/// }
///
/// #[routes(app)]
/// struct Api(visit);
///
/// # highball::block_on(async {
/// let state = AppState { visits: AtomicU64::new(0) };
/// let session: TestSession<Api> = Api.test().state(state).start();
/// assert_eq!(session.get("/visit").send().await.text(), "0");
/// assert_eq!(session.get("/visit").send().await.text(), "1");
/// # });
/// ```
pub struct TestSession<A> {
    pub(super) target: Arc<dyn Target>,
    /// The cookies of the session, shared with its requests, after [`keep_cookies`](Self::keep_cookies).
    pub(super) jar: Option<Arc<Mutex<Jar>>>,
    pub(super) app: PhantomData<fn() -> A>,
}

impl<A: App> TestSession<A> {
    /// Returns a session with a server that already runs, such as a staging environment.
    ///
    /// The function sends each request with the HTTP client of your choice. It gets absolute URIs: the address with the
    /// path of the request. Everything but [`websocket`](TestRequest::websocket) works as with the app in this process,
    /// typed calls included.
    ///
    /// # Examples
    /// ```
    /// use highball::{Bytes, http, prelude::*, testing::TestSession};
    ///
    /// #[get("/ping")]
    /// async fn ping() -> &'static str {
    ///     "pong"
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(ping);
    ///
    /// // In place of an HTTP client, so that the example needs no network.
    /// async fn send(request: http::Request<Bytes>) -> Result<http::Response<Body>, String> {
    ///     Ok(http::Response::new(Body::from(request.uri().to_string())))
    /// }
    ///
    /// # highball::block_on(async {
    /// let session = TestSession::<Api>::remote("https://staging.example/v1", send);
    /// let response = session.get("/ping").send().await;
    /// assert_eq!(response.text(), "https://staging.example/v1/ping");
    /// # });
    /// ```
    ///
    /// # Panics
    /// Panics if the address has no scheme, no host or a query. A request panics if the function returns an error.
    pub fn remote<F, R, B, E>(address: &str, send: F) -> Self
    where
        F: Fn(http::Request<Bytes>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<http::Response<B>, E>> + Send + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
        E: fmt::Display,
    {
        Self::to(Remote::new(address, send))
    }

    pub(super) fn to(target: impl Target + 'static) -> Self {
        Self {
            target: Arc::new(target),
            jar: None,
            app: PhantomData,
        }
    }

    /// Starts a graceful shutdown, as SIGTERM does.
    ///
    /// Event streams end, and futures that wait for [`Context::stopping`](crate::Context::stopping) complete. The
    /// session can still send requests. If the session is that of a [`remote`](Self::remote) server, nothing
    /// happens.
    pub fn stop(&self) {
        self.target.stop();
    }

    /// Stores the cookies that responses set and sends them with later requests, as a browser does for one origin.
    ///
    /// The path, `Max-Age` and `Expires` of a cookie are honored. Its domain and `Secure` are ignored. Without this
    /// method, a request contains only the cookies that are added to it. If a request adds a cookie of the same name
    /// as a stored one, only its own is sent.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/login")]
    /// async fn login() -> ([(&'static str, &'static str); 1], &'static str) {
    ///     ([("set-cookie", "user=zoe; Path=/; HttpOnly")], "welcome")
    /// }
    ///
    /// #[get("/me")]
    /// async fn me(cx: &mut Context<'_>) -> String {
    ///     cx.header("cookie").unwrap_or("no cookie").to_owned()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(login, me);
    ///
    /// # highball::block_on(async {
    /// let session = Api.test().start().keep_cookies();
    /// session.post("/login").send().await;
    /// assert_eq!(session.get("/me").send().await.text(), "user=zoe");
    /// # });
    /// ```
    #[must_use]
    pub fn keep_cookies(mut self) -> Self {
        self.jar = Some(Arc::default());
        self
    }

    /// Creates a request.
    ///
    /// # Panics
    /// Panics if the path is not a valid request target.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = http::Request::builder().method(method).uri(path).body(());
        let request = request.unwrap_or_else(|error| panic!("`{path}` cannot be sent: {error}"));
        let (head, ()) = request.into_parts();
        TestRequest {
            target: Arc::clone(&self.target),
            jar: self.jar.clone(),
            head,
            body: Bytes::new(),
        }
    }
}
