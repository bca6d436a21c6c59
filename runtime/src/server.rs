//! The HTTP server below the routing: it accepts connections, drives them and stops in good order.
//!
//! An application is anything that is [`Answer`]; [`run`] serves it until it is told to [`Stop`].
//! One task drives one connection, and it holds one timer, one reference-counted [`Connection`]
//! and hyper's state machine; a request on a kept connection allocates nothing here.

mod accept;
mod activity;
mod connection;
mod driver;
#[cfg(feature = "http2")]
mod http2;
mod io;
mod limits;
mod service;
mod stop;
mod strict;
#[cfg(test)]
mod tests;
mod timer;

use std::future::{Future, ready};
use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderValue, Request, Response, StatusCode, header};

pub(crate) use self::accept::run;
pub(crate) use self::connection::Connection;
pub use self::limits::Limits;
pub(crate) use self::stop::{signal, when};
use crate::body::{Body, RequestBody};

/// An application as the server drives it: one request in, one response out.
pub(crate) trait Answer: Send + Sync + Sized + 'static {
    /// What the requests of one connection share.
    type Session: Clone + Send + Sync + 'static;

    /// Makes what the requests of a new connection share.
    fn connect(self: &Arc<Self>, peer: Option<SocketAddr>) -> Self::Session;

    /// Answers a request.
    ///
    /// It must not panic: a panic ends the connection, and with it its other requests. The future
    /// is dropped when the client leaves before it is done.
    fn answer(
        session: Self::Session,
        request: Request<RequestBody>,
    ) -> impl Future<Output = Response<Body>> + Send + 'static;

    /// Waits for what goes on behind the answers, when no connection is left.
    fn finish(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// Returns the response to a request that is refused before the application sees it.
    fn refuse(status: StatusCode) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

/// What the connections of one server share.
#[derive(Debug)]
struct Shared<A> {
    app: Arc<A>,
    limits: Limits,
    stopping: stop::Stopping,
}
