//! The test client, which sends requests to an app without a socket.

use std::{fmt, marker::PhantomData, net::SocketAddr, sync::Arc};

use http::Method;

use crate::{
    app::{App, Service},
    chain::Endpoint,
    request::{Capacity, Gate, Proxies, Shared},
    routes::LocalType,
};

#[cfg(feature = "schemas")]
mod answer;
#[cfg(feature = "schemas")]
mod call;
mod clock;
mod jar;
mod multipart;
#[cfg(feature = "schemas")]
mod payloads;
mod request;
mod response;
mod session;
mod stream;
mod target;
#[cfg(feature = "ws")]
mod websocket;

#[cfg(feature = "ws")]
pub use self::websocket::TestWebSocket;
#[cfg(feature = "schemas")]
#[cfg_attr(docsrs, doc(cfg(feature = "schemas")))]
pub use self::{
    answer::{Outcome, TestAnswer},
    call::{TestCall, TestRoute},
    payloads::{Accepts, AnswerValue, LinkValues, Takes},
};
pub use self::{
    clock::Clock,
    multipart::TestMultipart,
    request::TestRequest,
    response::TestResponse,
    session::TestSession,
    stream::{TestEvent, TestStream},
};

/// Adds the method [`test`](Self::test), which returns a test client, to every app. The prelude contains it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestApp};
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
/// use highball::{prelude::*, testing::TestClient};
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
/// let client: TestClient<Api> = Api.test();
/// let response = client.get("/users/7").send().await;
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.json::<Value>()["id"], 7);
/// # });
/// ```
pub struct TestClient<A, S = ()> {
    /// The state and the settings that all requests share.
    shared: Shared<S>,
    /// The address that requests appear to come from.
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
    /// Sets the state of the app, in place of an earlier one.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     name: String,
    /// }
    ///
    /// #[get("/name")]
    /// async fn name(name: State<String>) -> String {
    ///     name.to_string()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(name);
    ///
    /// # highball::block_on(async {
    /// let client = Api.test().state(AppState { name: "bar".to_owned() });
    /// assert_eq!(client.get("/name").send().await.text(), "bar");
    /// # });
    /// ```
    #[must_use]
    pub fn state<T>(self, state: T) -> TestClient<A, T> {
        TestClient {
            shared: self.shared.with_state(state),
            peer: self.peer,
            app: PhantomData,
        }
    }

    /// Provides a local in place of the guard or the middleware that normally provides it.
    ///
    /// That guard or middleware does not run. A guard that is the condition of a `when(..)` counts as passed. The
    /// other effects of a middleware, such as response headers, are missing too.
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
    ///     Err(StatusCode::FORBIDDEN) // a database query in a real app
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

    /// Disables a guard everywhere in the app: every request passes it, and it provides no local.
    ///
    /// The argument is the guard's function, or a value of its type if the guard is a type. If inner parts of the
    /// chain read the local of the guard, use [`local`](Self::local) instead, which also disables it. This makes it
    /// possible to test a group under its full path without the guards of the groups around it.
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

    /// Limits request bodies to this many bytes. A larger one is rejected with 413.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/note")]
    /// async fn note(_text: String) {}
    ///
    /// #[routes(app)]
    /// struct Api(note);
    ///
    /// # highball::block_on(async {
    /// let client = Api.test().body_limit(4);
    /// assert_eq!(client.post("/note").body("too long").send().await.status(), 413);
    /// # });
    /// ```
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.shared.body_limit = bytes;
        self
    }

    /// Sets the proxies whose forwarding headers are trusted, as [`Serve::proxies`](crate::serve::Serve::proxies) does.
    #[must_use]
    pub fn proxies(mut self, proxies: Proxies) -> Self {
        self.shared.proxies = Some(proxies);
        self
    }

    /// Sets the address that requests come from. Without it, a request has no peer address.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::ConnectInfo, prelude::*};
    ///
    /// #[get("/peer")]
    /// async fn peer(peer: ConnectInfo) -> String {
    ///     peer.0.to_string()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(peer);
    ///
    /// # highball::block_on(async {
    /// let client = Api.test().peer("192.0.2.1:50000".parse().unwrap());
    /// assert_eq!(client.get("/peer").send().await.text(), "192.0.2.1:50000");
    /// # });
    /// ```
    #[must_use]
    pub fn peer(mut self, peer: SocketAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Sets the clock, which the test moves. Without it, the app has the clock of the system.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, testing::Clock, tokio};
    ///
    /// #[get("/report", timeout = secs(60))]
    /// async fn report() {
    ///     std::future::pending().await
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(report);
    ///
    /// # highball::block_on(async {
    /// let clock = Clock::new();
    /// let request = Api.test().clock(&clock).get("/report").send();
    /// let (response, ()) = tokio::join!(request, clock.advance(secs(60)));
    /// assert_eq!(response.status(), 503);
    /// # });
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.shared.tasks.set_clock(clock.handle());
        self
    }

    /// Limits concurrent requests, as [`Serve::capacity`](crate::serve::Serve::capacity) does.
    #[must_use]
    pub fn capacity(mut self, capacity: Capacity) -> Self {
        self.shared.gate = Some(Arc::new(Gate::new(capacity)));
        self
    }
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestClient<A, S> {
    /// Starts a session, which sends several requests to the same state.
    pub fn start(self) -> TestSession<A> {
        TestSession::to(Service::<A, S>::new(self.shared, self.peer))
    }

    /// Creates a request, the only one to this state. [`start`](Self::start) allows several.
    ///
    /// # Panics
    /// Panics if the path is not a valid request target.
    pub fn request(self, method: Method, path: &str) -> TestRequest {
        self.start().request(method, path)
    }
}

macro_rules! shortcuts {
    ($($name:ident: $method:ident,)*) => {
        impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestClient<A, S> {
            $(
                #[doc = concat!("Creates a ", stringify!($method), " request, the only one to this state.")]
                ///
                /// # Panics
                /// Panics if the path is not a valid request target.
                pub fn $name(self, path: &str) -> TestRequest {
                    self.request(Method::$method, path)
                }
            )*
        }

        impl<A: App> TestSession<A> {
            $(
                #[doc = concat!("Creates a ", stringify!($method), " request.")]
                ///
                /// # Panics
                /// Panics if the path is not a valid request target.
                pub fn $name(&self, path: &str) -> TestRequest {
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
    ($($name:ident $(<$($param:ident),*>)?),*) => {$(
        impl$(<$($param),*>)? fmt::Debug for $name$(<$($param),*>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

opaque_debug!(TestClient<A, S>, TestSession<A>, TestRequest);
