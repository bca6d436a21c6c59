//! The test client: requests to an app without a socket.

use std::{
    fmt,
    marker::PhantomData,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::Method;

use crate::{
    app::{App, Service},
    chain::Endpoint,
    request::{Capacity, Gate, Proxies, Shared},
    routes::LocalType,
};

mod jar;
mod multipart;
mod request;
mod response;
mod stream;
#[cfg(feature = "ws")]
mod websocket;

use self::jar::Jar;
#[cfg(feature = "ws")]
pub use self::websocket::TestWebSocket;
pub use self::{
    multipart::TestMultipart,
    request::TestRequest,
    response::TestResponse,
    stream::{TestEvent, TestStream},
};

/// Adds a test client to every app. The prelude brings it into scope.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/ping")]
/// async fn ping() -> &'static str {
///     "pong"
/// }
///
/// #[routes(app)]
/// struct Api(ping);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/ping").send().await.text(), "pong");
/// # });
/// ```
pub trait TestApp: App {
    /// Returns a client that calls the app without a socket.
    fn test(self) -> TestClient<Self> {
        TestClient::new()
    }
}

impl<A: App> TestApp for A {}

/// A client that calls an app without a socket. [`TestApp::test`] returns it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/users/{id}")]
/// async fn show(id: u64) -> Json<Value> {
///     Json(json!({ "id": id }))
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/users/7").send().await;
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.json::<Value>()["id"], 7);
/// # });
/// ```
pub struct TestClient<A, S = ()> {
    shared: Shared<S>,
    peer: Option<SocketAddr>,
    app: PhantomData<fn() -> A>,
}

impl<A: App> TestClient<A> {
    pub(crate) fn new() -> Self {
        Self {
            shared: Shared::new(()),
            peer: None,
            app: PhantomData,
        }
    }
}

impl<A: App, S> TestClient<A, S> {
    /// Gives the app this state, in place of the one before.
    #[must_use]
    pub fn state<T>(self, state: T) -> TestClient<A, T> {
        TestClient {
            shared: self.shared.with_state(state),
            peer: self.peer,
            app: PhantomData,
        }
    }

    /// Gives a local, as if the guard or the middleware that provides it had: that part does not run.
    ///
    /// A guard that decides a `when(..)` lets the request through. A middleware that hands the local on
    /// does not run at all, so what else it does is missing too.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[derive(Local)]
    /// struct User(String);
    ///
    /// #[guard]
    /// async fn signed_in(token: Bearer) -> Result<User, StatusCode> {
    ///     Err(StatusCode::FORBIDDEN) // a look into a store
    /// }
    ///
    /// #[get("/me")]
    /// async fn me(user: Local<'_, User>) -> String {
    ///     user.0.clone()
    /// }
    ///
    /// #[routes(app, with(signed_in))]
    /// struct Api(me);
    ///
    /// # highball::block_on(async {
    /// let client = Api.test().local(User("zoe".to_owned()));
    /// assert_eq!(client.get("/me").send().await.text(), "zoe");
    /// # });
    /// ```
    #[must_use]
    pub fn local<T: LocalType>(mut self, value: T) -> Self {
        self.shared.stand_ins_mut().give(value);
        self
    }

    /// Leaves a guard out, wherever it stands: every request passes it, and it provides nothing.
    ///
    /// The guard is given by its function, or by a value of its type where it is one. What stands further
    /// in and reads its local needs [`local`](Self::local), which then suffices. So a group is tested
    /// without the guards of the groups around it, under its whole path.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[guard]
    /// async fn paid(cx: &Context<'_>) -> Result<(), StatusCode> {
    ///     Err(StatusCode::PAYMENT_REQUIRED)
    /// }
    ///
    /// #[get("/report")]
    /// async fn report() -> &'static str {
    ///     "all is well"
    /// }
    ///
    /// #[routes(app, with(paid))]
    /// struct Api(report);
    ///
    /// # highball::block_on(async {
    /// assert_eq!(Api.test().get("/report").send().await.status(), 402);
    /// assert_eq!(Api.test().without(paid).get("/report").send().await.status(), 200);
    /// # });
    /// ```
    #[must_use]
    pub fn without<G: 'static>(mut self, guard: G) -> Self {
        drop(guard);
        self.shared.stand_ins_mut().leave_out::<G>();
        self
    }

    /// Reads at most this many bytes of a body.
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.shared.body_limit = bytes;
        self
    }

    /// Lets these proxies say whom a request is from, as [`Serve::proxies`](crate::Serve::proxies) does.
    #[must_use]
    pub fn proxies(mut self, proxies: Proxies) -> Self {
        self.shared.proxies = Some(proxies);
        self
    }

    /// Makes this the address that requests come from; without it they come by no connection.
    #[must_use]
    pub fn peer(mut self, peer: SocketAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Answers this many requests at once, as [`Serve::capacity`](crate::Serve::capacity) does.
    #[must_use]
    pub fn capacity(mut self, capacity: Capacity) -> Self {
        self.shared.gate = Some(Gate::new(capacity));
        self
    }
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestClient<A, S> {
    /// Begins a session: several requests to the same state.
    pub fn start(self) -> TestSession<A, S> {
        TestSession {
            service: Service::new(self.shared, self.peer),
            jar: None,
        }
    }

    /// Begins a request, the only one to this state.
    ///
    /// # Panics
    /// Where the path is not one that HTTP can send.
    pub fn request(self, method: Method, path: &str) -> TestRequest<A, S> {
        self.start().request(method, path)
    }
}

impl<A, S> TestSession<A, S> {
    /// Tells the app that the server stops, as SIGTERM does: streams of events end, and what waits for
    /// [`Context::stopping`](crate::Context::stopping) goes on. Requests are answered still.
    pub fn stop(&self) {
        self.service.stop();
    }

    /// Keeps the cookies that answers set, and sends them along, as a browser does for one origin.
    ///
    /// A cookie's path, `Max-Age` and `Expires` hold; its domain and `Secure` are not looked at. Without
    /// this, a request has only the cookies that it is given. Of one name, the request's own is sent.
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
    ///     cx.header("cookie").unwrap_or("nobody").to_owned()
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

/// Several requests to one app and its state.
pub struct TestSession<A, S = ()> {
    service: Service<A, S>,
    jar: Option<Arc<Mutex<Jar>>>,
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestSession<A, S> {
    /// Begins a request.
    ///
    /// # Panics
    /// Where the path is not one that HTTP can send.
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

macro_rules! shortcuts {
    ($($name:ident: $method:ident,)*) => {
        impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestClient<A, S> {
            $(
                #[doc = concat!("Begins a ", stringify!($method), " request, the only one to this state.")]
                ///
                /// # Panics
                /// Where the path is not one that HTTP can send.
                pub fn $name(self, path: &str) -> TestRequest<A, S> {
                    self.request(Method::$method, path)
                }
            )*
        }

        impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestSession<A, S> {
            $(
                #[doc = concat!("Begins a ", stringify!($method), " request.")]
                ///
                /// # Panics
                /// Where the path is not one that HTTP can send.
                pub fn $name(&self, path: &str) -> TestRequest<A, S> {
                    self.request(Method::$method, path)
                }
            )*
        }
    };
}

shortcuts! {
    get: GET, post: POST, put: PUT, patch: PATCH, delete: DELETE, head: HEAD, options: OPTIONS,
}

macro_rules! opaque_debug {
    ($($name:ident),*) => {$(
        impl<A, S> fmt::Debug for $name<A, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

opaque_debug!(TestClient, TestSession, TestRequest);
