//! The server's view of an app for operators.

use std::{marker::PhantomData, sync::Arc};

use http::request::Parts;

use super::admin_access::{Access, Refusal};
use crate::{
    app::{App, RoutedRequest, handle_request, route_request},
    body::RequestBody,
    chain::Endpoint,
    request::{Connected, Shared, Transport},
    response::{Rejection, Response},
    server::{HttpApp, InvalidRequest},
};

/// Implements the server's [`HttpApp`] for an app for operators.
///
/// Its stop is not that of the tasks and the streams of the served app, which it shares.
pub(super) struct ServedAdmin<A, S> {
    shared: Arc<Shared<S>>,
    access: Arc<Access>,
    app: PhantomData<fn() -> A>,
}

impl<A, S> ServedAdmin<A, S> {
    pub(super) fn new(shared: Arc<Shared<S>>, access: Access) -> Self {
        Self {
            shared,
            access: Arc::new(access),
            app: PhantomData,
        }
    }
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> HttpApp for ServedAdmin<A, S> {
    type Session = (Arc<Connected<S>>, Arc<Access>);

    fn connect(self: &Arc<Self>, origin: &Transport) -> Self::Session {
        let connected = Connected {
            shared: Arc::clone(&self.shared),
            origin: origin.clone(),
        };
        (Arc::new(connected), Arc::clone(&self.access))
    }

    type RoutedRequest = Result<RoutedRequest<S>, Refusal>;

    fn route(
        (connection, access): Self::Session,
        head: Parts,
        body: RequestBody,
    ) -> Self::RoutedRequest {
        let mut routed = route_request::<A, S>(connection, head, body);
        if let Some(head) = routed.head() {
            access.check(head)?;
        }
        Ok(routed)
    }

    async fn respond(request: Self::RoutedRequest) -> Response {
        match request {
            Ok(routed) => handle_request::<A, S>(routed).await,
            Err(refusal) => refusal.response(),
        }
    }

    fn reject(reason: InvalidRequest) -> Response {
        Rejection::new(reason.status(), reason.detail()).problem()
    }
}
