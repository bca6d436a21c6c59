//! An app as a service: it takes a request value and returns a response value, without a socket.

use std::{
    convert::Infallible,
    fmt,
    future::{Future, poll_fn},
    marker::PhantomData,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use http::Request;

use crate::{
    app::{
        App,
        dispatch::{handle_request, route_request},
    },
    body::{Body, BoxError, RequestBody},
    chain::Endpoint,
    clock::Clock,
    request::{Connected, Shared, Transport, context},
    response::{IntoResponse, Rejection, Response},
};

/// An app that is called with request values instead of a socket. [`App::service`] returns it.
///
/// # Examples
/// ```
/// use highball::{http::Request, prelude::*, tower::Service};
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
/// let service: Service<Api, ()> = Api.service(());
/// let response = service.call(Request::get("/ping").body(()).unwrap()).await;
/// assert_eq!(response.status(), 200);
/// # });
/// ```
pub struct Service<A, S> {
    connection: Arc<Connected<S>>,
    app: PhantomData<fn() -> A>,
}

impl<A, S> Service<A, S> {
    pub(crate) fn new(shared: Shared<S>, peer: Option<SocketAddr>) -> Self {
        let connection = Arc::new(Connected {
            shared: Arc::new(shared),
            origin: Transport::of(peer),
        });
        Self {
            connection,
            app: PhantomData,
        }
    }
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> Service<A, S> {
    /// Responds to one request. If the app panics, the response is a 500.
    ///
    /// # Cancel safety
    /// If the future is dropped, the handler is dropped too, unless its route has `on_disconnect = finish`.
    pub async fn call(&self, request: Request<impl Into<RequestBody>>) -> http::Response<Body> {
        let connection = Arc::clone(&self.connection);
        let (head, body) = request.into_parts();
        let routed = route_request::<A, S>(connection, head, body.into());
        handle_request::<A, S>(routed).await.into()
    }
}

impl<A, S> Service<A, S> {
    /// Signals the shutdown to streams and tasks, which would otherwise run until they end by themselves.
    pub(crate) fn stop(&self) {
        self.connection.shared.tasks.stop();
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.connection.shared.tasks.clock()
    }
}

impl<A, S> Clone for Service<A, S> {
    fn clone(&self) -> Self {
        Self {
            connection: Arc::clone(&self.connection),
            app: PhantomData,
        }
    }
}

impl<A, S> fmt::Debug for Service<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// A tower service that calls a function, so that its future needs no box.
#[derive(Clone)]
pub(crate) struct ServiceFn<F>(pub(crate) F);

impl<B, F, R> tower_service::Service<Request<B>> for ServiceFn<F>
where
    F: Fn(Request<B>) -> R,
    R: Future<Output = Result<http::Response<Body>, Infallible>>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = R;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> R {
        (self.0)(request)
    }
}

/// Forwards a request to a tower service, for example to an axum `Router` that is not migrated yet.
///
/// The service gets the whole path, prefixes included, and the body of the request, which is not read before.
/// If the service returns an error, the response is a 500 and the error is logged.
///
/// # Examples
/// ```
/// use highball::{http, prelude::*};
/// use tower_service::Service;
///
/// #[derive(Clone)]
/// struct Legacy;
///
/// impl Service<http::Request<highball::body::RequestBody>> for Legacy {
///     type Response = http::Response<Body>;
///     type Error = std::convert::Infallible;
///     type Future = std::future::Ready<Result<Self::Response, Self::Error>>;
///
///     fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
///         std::task::Poll::Ready(Ok(()))
///     }
///
///     fn call(&mut self, request: http::Request<highball::body::RequestBody>) -> Self::Future {
///         let path = request.uri().path().to_owned();
///         std::future::ready(Ok(http::Response::new(Body::from(path))))
///     }
/// }
///
/// #[any("/legacy/{*rest}")]
/// async fn legacy(cx: &mut Context<'_>) -> Response {
///     highball::tower::forward(Legacy, cx).await
/// }
///
/// #[routes(app)]
/// struct Api(legacy);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/legacy/a/b").send().await.text(), "/legacy/a/b");
/// # });
/// ```
pub async fn forward<T, B>(service: T, cx: &mut context::Context<'_>) -> Response
where
    T: tower_service::Service<
            Request<RequestBody>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        > + Send,
    B: http_body::Body<Data: bytes::Buf, Error: Into<BoxError>> + Send + 'static,
{
    call_service(service, take_request(cx)).await
}

/// Calls a tower service when it is ready. An error of the service becomes a 500.
pub(crate) async fn call_service<T, B>(mut service: T, request: Request<RequestBody>) -> Response
where
    T: tower_service::Service<
            Request<RequestBody>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
        >,
    B: http_body::Body<Data: bytes::Buf, Error: Into<BoxError>> + Send + 'static,
{
    let outcome = match poll_fn(|task| service.poll_ready(task)).await {
        Ok(()) => service.call(request).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(response) => response.map(Body::new).into(),
        Err(error) => {
            let cause = error.into().to_string();
            Rejection::internal().with_cause(cause).into_response()
        }
    }
}

/// Returns the context's request as a value. The body moves into it.
pub(crate) fn take_request(cx: &mut context::Context<'_>) -> Request<RequestBody> {
    let mut request = Request::new(std::mem::take(&mut cx.out().body));
    *request.method_mut() = cx.method().clone();
    *request.uri_mut() = cx.uri().clone();
    *request.version_mut() = cx.version();
    *request.headers_mut() = cx.headers().clone();
    request
}
