//! The HTTP transport: accepts connections, drives them over hyper and shuts down gracefully.
//!
//! The server does not depend on routing. [`run`] serves any type that implements [`HttpApp`] until
//! its [`Stop`] resolves. One task drives one connection. The task holds one timer, one
//! reference-counted [`Connection`] and hyper's state machine, so a request on a keep-alive
//! connection allocates nothing here.

use std::future::{Future, ready};
use std::sync::{Arc, atomic::AtomicBool};

use http::request::Parts;
use tokio::sync::watch;

use crate::{
    body::{Pace, RequestBody},
    clock::Clock,
    config::Config,
    request::Proxies,
    response::Response,
};

mod accept;
mod activity;
mod addresses;
mod bind_socket;
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
#[cfg(unix)]
pub(crate) use listener::PassedSocket;
pub(crate) use stop::{Stop, StopFuture, StopSource, signal, when};
#[cfg(feature = "tls")]
pub use tls::Tls;
pub(crate) use validate::InvalidRequest;

/// An application that the server can drive: one request in, one response out.
pub(crate) trait HttpApp: Send + Sync + Sized + 'static {
    /// The state that the requests of one connection share.
    type Session: Clone + Send + Sync + 'static;

    /// Creates the session of a new connection.
    fn connect(self: &Arc<Self>, origin: &Transport) -> Self::Session;

    /// A request whose route has been looked up. It is cheap to move, unlike the future of its
    /// response.
    type RoutedRequest: Send + 'static;

    /// Finds the route of a request. The request ends when this value, or the future of its
    /// response, is dropped.
    fn route(session: Self::Session, head: Parts, body: RequestBody) -> Self::RoutedRequest;

    /// Produces the response to a request.
    ///
    /// The future must not panic, because a panic ends the connection and its other requests. It
    /// is dropped if the client disconnects before it is done.
    fn respond(request: Self::RoutedRequest) -> impl Future<Output = Response> + Send + 'static;

    /// Signals streams and background tasks that the server is stopping.
    fn stop(&self) {}

    /// Waits for background tasks. The server calls it when no connection is left.
    fn wait_for_tasks(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// Returns the response to a request that the server rejects before routing.
    fn reject(reason: InvalidRequest) -> Response;
}

/// The state that all connections of one server share.
#[derive(Debug)]
pub(crate) struct Shared<A> {
    /// The application that handles the requests.
    app: Arc<A>,
    /// The limits and timeouts, read-only from here on.
    config: Config,
    /// The clock of the timeouts.
    clock: Clock,
    /// Counts the open connections of each client address.
    addresses: Arc<Addresses>,
    /// Set once when the server stops. Each connection waits on it.
    stopping: stop::StopFlag,
    /// Whether the responses of HTTP/1 close their connections, while the server still accepts
    /// others. It is set in the delay before a stop.
    closing: Arc<AtomicBool>,
    /// Whether no connection is accepted for now.
    paused: watch::Sender<bool>,
    /// The number of servers, each on a separate runtime, that may still have connections. The
    /// last one to reach zero waits for the background tasks.
    serving: watch::Sender<usize>,
}

impl<A> Shared<A> {
    /// Creates the state for this number of servers. Connections of `trusted` proxies are not
    /// counted by address.
    pub(crate) fn new(
        app: Arc<A>,
        config: Config,
        clock: Clock,
        trusted: Option<Proxies>,
        servers: usize,
    ) -> Self {
        Self {
            app,
            addresses: Arc::new(Addresses::new(config.max_connections_per_address, trusted)),
            config,
            clock,
            stopping: stop::StopFlag::default(),
            closing: Arc::default(),
            paused: watch::Sender::default(),
            serving: watch::Sender::new(servers),
        }
    }

    /// Returns the flag that makes the responses of HTTP/1 close their connections.
    pub(crate) fn closing(&self) -> Arc<AtomicBool> {
        self.closing.clone()
    }

    /// Returns the flag that pauses the accepting of connections.
    pub(crate) fn paused(&self) -> watch::Sender<bool> {
        self.paused.clone()
    }

    /// Stops waiting for a server whose runtime is blocked for ever.
    pub(crate) fn give_up(&self) {
        self.serving
            .send_modify(|serving| *serving = serving.saturating_sub(1));
    }

    /// Returns the minimum speed of a request's body.
    fn pace(&self) -> Pace {
        let config = &self.config;
        Pace::new(
            config.min_body_rate,
            config.body_timeout,
            self.clock.clone(),
        )
    }
}
