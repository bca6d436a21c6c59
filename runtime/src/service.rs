//! An app as a plain service: a request value in, a response value out, without a socket.

use std::{fmt, marker::PhantomData, sync::Arc};

use http::Request;

use crate::{
    app::App,
    body::{Body, RequestBody},
    chain::Endpoint,
    exchange::exchange,
    state::{Connected, Shared},
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
    pub(crate) fn new(shared: Shared<S>) -> Self {
        let connection = Arc::new(Connected {
            shared: Arc::new(shared),
            peer: None,
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
        exchange::<A, S>(connection, request.map(Into::into)).await
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
