//! An app as a plain service: a request value in, a response value out, without a socket.

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
        dispatch::{RoutedRequest, exchange},
    },
    body::{Body, BoxError, RequestBody},
    chain::Endpoint,
    request::{Connected, Shared, Transport, context},
    response::{IntoResponse, Rejection, Response},
};

/// An app that a caller drives with request values: [`App::service`] makes it.
///
/// # Examples
/// ```
/// use highball::{http::Request, prelude::*};
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
/// let service = Api.service(());
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
    /// Answers one request. A panic in the app is answered with 500.
    ///
    /// # Cancel safety
    /// Where the future is dropped, the handler is.
    pub async fn call(&self, request: Request<impl Into<RequestBody>>) -> http::Response<Body> {
        let connection = Arc::clone(&self.connection);
        let (head, body) = request.into_parts();
        let begun = RoutedRequest::new::<A>(connection, head, body.into());
        exchange::<A, S>(begun).await.into()
    }
}

impl<A, S> Service<A, S> {
    /// Tells what would run for ever to end.
    pub(crate) fn stop(&self) {
        self.connection.shared.tasks.stop();
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

/// A service of tower's that is a function, so that its future needs no box.
#[derive(Clone)]
pub(crate) struct OfFunction<F>(pub(crate) F);

impl<B, F, R> tower_service::Service<Request<B>> for OfFunction<F>
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

/// Has a tower service answer a request of a handler: an axum `Router`, say, that has not moved yet.
///
/// The service gets the whole path, prefixes included, and the request's body as it comes.
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
///
/// # Errors
/// An error of the service is answered with 500; its words are for the log.
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
    answer(service, request(cx)).await
}

/// Has a tower service answer; an error of its own is a 500.
pub(crate) async fn answer<T, B>(mut service: T, request: Request<RequestBody>) -> Response
where
    T: tower_service::Service<
            Request<RequestBody>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
        >,
    B: http_body::Body<Data: bytes::Buf, Error: Into<BoxError>> + Send + 'static,
{
    let answer = match poll_fn(|task| service.poll_ready(task)).await {
        Ok(()) => service.call(request).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) => response.map(Body::new).into(),
        Err(error) => {
            let cause = error.into().to_string();
            Rejection::internal().with_cause(cause).into_response()
        }
    }
}

/// Makes a request value of what the context has, and takes its body along.
pub(crate) fn request(cx: &mut context::Context<'_>) -> Request<RequestBody> {
    let mut request = Request::new(std::mem::take(&mut cx.out().body));
    *request.method_mut() = cx.method().clone();
    *request.uri_mut() = cx.uri().clone();
    *request.version_mut() = cx.version();
    *request.headers_mut() = cx.headers().clone();
    request
}
