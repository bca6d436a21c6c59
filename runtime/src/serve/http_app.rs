//! The server's view of an app.

use std::{future::Future, marker::PhantomData, sync::Arc};

use http::request::Parts;

use crate::{
    app::{App, RoutedRequest, handle_request, route_request},
    body::RequestBody,
    chain::Endpoint,
    request::{Connected, Shared, Transport},
    response::{Rejection, Response},
    server::{HttpApp, InvalidRequest},
};

/// Implements the server's [`HttpApp`] for an app and its state.
pub(super) struct Served<A, S> {
    pub(super) shared: Arc<Shared<S>>,
    pub(super) app: PhantomData<fn() -> A>,
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> HttpApp for Served<A, S> {
    type Session = Arc<Connected<S>>;

    fn connect(self: &Arc<Self>, origin: &Transport) -> Arc<Connected<S>> {
        Arc::new(Connected {
            shared: Arc::clone(&self.shared),
            origin: origin.clone(),
        })
    }

    type RoutedRequest = RoutedRequest<S>;

    fn route(connection: Arc<Connected<S>>, head: Parts, body: RequestBody) -> RoutedRequest<S> {
        route_request::<A, S>(connection, head, body)
    }

    fn respond(request: RoutedRequest<S>) -> impl Future<Output = Response> + Send + 'static {
        handle_request::<A, S>(request)
    }

    fn stop(&self) {
        self.shared.tasks.stop();
    }

    async fn wait_for_tasks(&self) {
        self.shared.tasks.wait().await;
    }

    fn reject(reason: InvalidRequest) -> Response {
        Rejection::new(reason.status(), reason.detail()).problem()
    }
}
