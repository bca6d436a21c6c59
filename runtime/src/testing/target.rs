//! Where the requests of a test go: to the app in this process, or to a server.

use std::{fmt, future::Future, pin::Pin};

use bytes::Bytes;
use http::{Request, Uri};

use crate::{
    app::{App, Service},
    body::{Body, BoxError, RequestBody},
    chain::Endpoint,
    clock::Clock,
};

type Answering<'t> = Pin<Box<dyn Future<Output = http::Response<Body>> + Send + 't>>;

/// The app or the server of a session.
pub(crate) trait Target: Send + Sync {
    fn call(&self, request: Request<Bytes>) -> Answering<'_>;
    fn stop(&self);
    fn clock(&self) -> &Clock;
    #[cfg(feature = "ws")]
    fn is_remote(&self) -> bool {
        false
    }
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> Target for Service<A, S> {
    fn call(&self, request: Request<Bytes>) -> Answering<'_> {
        Box::pin(Service::call(self, request.map(RequestBody::from)))
    }

    fn stop(&self) {
        Service::stop(self);
    }

    fn clock(&self) -> &Clock {
        Service::clock(self)
    }
}

/// A server that a function sends requests to.
pub(crate) struct Remote<F> {
    /// The address without a slash at its end.
    base: String,
    send: F,
    clock: Clock,
}

impl<F> Remote<F> {
    /// # Panics
    /// Panics if the address has no scheme, no host or a query.
    pub(crate) fn new(address: &str, send: F) -> Self {
        let base = address.trim_end_matches('/');
        let valid = base.parse::<Uri>().is_ok_and(|uri| {
            uri.scheme().is_some() && uri.authority().is_some() && uri.query().is_none()
        });
        assert!(
            valid,
            "`{address}` is not the address of a server, such as `https://api.example`"
        );
        Self {
            base: base.to_owned(),
            send,
            clock: Clock::default(),
        }
    }
}

impl<F, R, B, E> Target for Remote<F>
where
    F: Fn(Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = Result<http::Response<B>, E>> + Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    E: fmt::Display,
{
    fn call(&self, mut request: Request<Bytes>) -> Answering<'_> {
        let target = format!("{}{}", self.base, request.uri());
        *request.uri_mut() = target
            .parse()
            .unwrap_or_else(|error| panic!("`{target}` cannot be sent: {error}"));
        let sent = (self.send)(request);
        Box::pin(async move {
            let response = sent.await;
            response
                .unwrap_or_else(|error| panic!("`{target}` sent no response: {error}"))
                .map(Body::new)
        })
    }

    /// The server is not stopped.
    fn stop(&self) {}

    fn clock(&self) -> &Clock {
        &self.clock
    }

    #[cfg(feature = "ws")]
    fn is_remote(&self) -> bool {
        true
    }
}
