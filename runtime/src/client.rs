//! The test client: requests to an app without a socket.

use std::{fmt, marker::PhantomData, net::SocketAddr};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    app::App,
    body::RequestBody,
    capacity::{Capacity, Gate},
    chain::Endpoint,
    header_value,
    local::LocalType,
    proxies::Proxies,
    service::Service,
    state::Shared,
};

/// The most that a test reads of a body, in bytes.
const READ: u64 = 1 << 30;

/// A client that calls an app without a socket: [`App::test`] makes it.
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

/// Several requests to one app and its state.
pub struct TestSession<A, S = ()> {
    service: Service<A, S>,
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

/// A request that is being made.
#[must_use = "the request is sent by `send`"]
pub struct TestRequest<A, S = ()> {
    service: Service<A, S>,
    head: request::Parts,
    body: Bytes,
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestRequest<A, S> {
    /// Adds a header.
    ///
    /// # Panics
    /// Where the value is none that a header can have.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value);
        let value = value.unwrap_or_else(|error| panic!("the header `{name}`: {error}"));
        self.head.headers.append(name, value);
        self
    }

    /// Adds `Authorization: Bearer ..`.
    ///
    /// # Panics
    /// Where the token is none that a header can have.
    pub fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, &format!("Bearer {token}"))
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

/// A response, with its whole body.
#[derive(Debug, Clone)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the first value of a header, or the empty text if there is none or it is not UTF-8.
    pub fn header(&self, name: HeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(header_value::text)
            .unwrap_or_default()
    }

    /// Returns the body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as text.
    ///
    /// # Panics
    /// Where it is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|error| panic!("the body: {error}"))
    }

    /// Reads the body as JSON.
    ///
    /// # Panics
    /// Where it is not JSON, or JSON of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "the body is not the JSON expected: {error}: {:?}",
                self.body
            )
        })
    }
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
