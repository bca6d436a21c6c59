//! The HTTP server below the routing: it accepts connections, drives them and stops in good order.
//!
//! An application is anything that is [`HttpApp`]; [`run`] serves it until it is told to [`Stop`].
//! One task drives one connection, and it holds one timer, one reference-counted [`Connection`]
//! and hyper's state machine; a request on a kept connection allocates nothing here.

use std::future::{Future, ready};
use std::sync::Arc;

use http::request::Parts;
use tokio::sync::watch;

use crate::{body::RequestBody, config::Config, request::Proxies, response::Response};

mod accept;
mod activity;
mod addresses;
mod buffered_stream;
mod connection;
mod driver;
mod framing;
#[cfg(feature = "http2")]
mod http2;
#[cfg(feature = "http2")]
mod http2_preface;
#[cfg(feature = "http3")]
pub(crate) mod http3;
mod io;
mod listen;
mod listener;
mod preamble;
#[cfg(feature = "proxy-protocol")]
mod proxy_protocol;
mod serve_request;
mod socket;
mod stop;
#[cfg(test)]
mod tests;
mod timer;
#[cfg(feature = "tls")]
mod tls;
#[cfg(any(feature = "http2", feature = "http3"))]
mod trailers;
mod validate;

pub(crate) use crate::request::Transport;
pub(crate) use accept::{Report, run};
use addresses::Addresses;
pub(crate) use connection::Connection;
pub use listen::{Incoming, Listener};
pub(crate) use listener::Bound;
pub(crate) use stop::{Stop, StopFuture, StopSource, signal, when};
#[cfg(feature = "tls")]
pub use tls::Tls;
pub(crate) use validate::Refusal;

/// An application as the server drives it: one request in, one response out.
pub(crate) trait HttpApp: Send + Sync + Sized + 'static {
    /// What the requests of one connection share.
    type Session: Clone + Send + Sync + 'static;

    /// Makes what the requests of a new connection share.
    fn connect(self: &Arc<Self>, origin: &Transport) -> Self::Session;

    /// A request that has begun; it is small, and a future is not.
    type RoutedRequest: Send + 'static;

    /// Begins with a request: it is over when this, or the answer's future, is dropped.
    fn begin(session: Self::Session, head: Parts, body: RequestBody) -> Self::RoutedRequest;

    /// Answers a request.
    ///
    /// It must not panic: a panic ends the connection, and with it its other requests. The future
    /// is dropped when the client leaves before it is done.
    fn answer(begun: Self::RoutedRequest) -> impl Future<Output = Response> + Send + 'static;

    /// Tells what runs for as long as the server does that it stops.
    fn stop(&self) {}

    /// Waits for what goes on behind the answers, when no connection is left.
    fn finish(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// Returns the response to a request that is refused before the application sees it.
    fn refuse(refusal: Refusal) -> Response;
}

/// What the connections of one server share.
#[derive(Debug)]
pub(crate) struct Shared<A> {
    app: Arc<A>,
    config: Config,
    addresses: Arc<Addresses>,
    stopping: stop::StopFlag,
    /// How many servers, each on a runtime of its own, have connections or may have.
    serving: watch::Sender<usize>,
}

impl<A> Shared<A> {
    /// Makes it, for so many servers; the connections of proxies that the app trusts are not counted by address.
    pub(crate) fn new(
        app: Arc<A>,
        config: Config,
        trusted: Option<Proxies>,
        servers: usize,
    ) -> Self {
        Self {
            app,
            addresses: Arc::new(Addresses::new(config.max_connections_per_address, trusted)),
            config,
            stopping: stop::StopFlag::default(),
            serving: watch::Sender::new(servers),
        }
    }
}
