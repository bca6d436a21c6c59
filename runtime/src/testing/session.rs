//! A session of a test, which sends several requests to one app.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Method;

use super::{TestRequest, jar::Jar};
use crate::{
    app::{App, Service},
    chain::Endpoint,
};

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
/// let session: TestSession<_, _> = Api.test().state(state).start();
/// assert_eq!(session.get("/visit").send().await.text(), "0");
/// assert_eq!(session.get("/visit").send().await.text(), "1");
/// # });
/// ```
pub struct TestSession<A, S = ()> {
    pub(super) service: Service<A, S>,
    /// The cookies of the session, shared with its requests, after [`keep_cookies`](Self::keep_cookies).
    pub(super) jar: Option<Arc<Mutex<Jar>>>,
}

impl<A, S> TestSession<A, S> {
    /// Starts a graceful shutdown, as SIGTERM does.
    ///
    /// Event streams end, and futures that wait for [`Context::stopping`](crate::Context::stopping) complete. The
    /// session can still send requests.
    pub fn stop(&self) {
        self.service.stop();
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
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestSession<A, S> {
    /// Creates a request.
    ///
    /// # Panics
    /// Panics if the path is not a valid request target.
    pub fn request(&self, method: Method, path: &str) -> TestRequest<A, S> {
        let request = http::Request::builder().method(method).uri(path).body(());
        let request = request.unwrap_or_else(|error| panic!("`{path}` cannot be sent: {error}"));
        let (head, ()) = request.into_parts();
        TestRequest {
            service: self.service.clone(),
            jar: self.jar.clone(),
            head,
            body: Bytes::new(),
        }
    }
}
