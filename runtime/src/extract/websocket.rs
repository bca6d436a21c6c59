//! WebSockets (RFC 6455), implemented with the `tokio-tungstenite` crate.

use std::{fmt, future::Future, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};

use crate::{
    extract::{Answer, Answers, ExtractAsync, Facts, Input, Inputs},
    header_value::{self, has_token, lines, only},
    request::{Context, Origin, covers},
    response::{IntoResponse, Rejection, Response},
    tasks::Tasks,
};

mod closed;
mod frames;
mod socket;

pub(crate) use self::closed::close_frame;
pub use self::{closed::Closed, socket::WebSocket};
use self::{frames::Checked, socket::KeepAlive};

/// An extractor for a WebSocket handshake. The handler accepts it with [`on`](Self::on).
///
/// A browser lets every page open a WebSocket to every server, with the cookies of the visitor. So an `Origin` in
/// the request must be the server's own origin, or one that [`origins`](Self::origins) allows. Requests with another
/// origin are rejected with 403.
///
/// Extensions are not supported. An offer of `permessage-deflate` is not accepted (RFC 6455 §9.1), and messages are
/// sent uncompressed.
///
/// A request that is not a WebSocket handshake is rejected with 426, and an invalid handshake with 400.
///
/// # Examples
/// ```
/// use highball::{prelude::*, ws::WebSocketUpgrade};
///
/// #[get("/echo")]
/// async fn echo(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on(|mut socket| async move {
///         while let Ok(message) = socket.recv().await {
///             if socket.send(message).await.is_err() {
///                 break;
///             }
///         }
///     })
/// }
/// # #[routes(app)] struct Api(echo);
/// ```
#[must_use = "the handler must return the response of `on(..)`"]
pub struct WebSocketUpgrade {
    /// The connection, once hyper has sent the 101.
    upgrade: OnUpgrade,
    /// The value of `Sec-WebSocket-Accept`.
    accept: HeaderValue,
    /// Runs the task of the WebSocket, so that a shutdown waits for it.
    tasks: Tasks,
    config: WebSocketConfig,
    keep_alive: KeepAlive,
    /// Whether the request has no origin, the server's own, or an allowed one.
    is_allowed: bool,
    origin: Option<String>,
    /// The subprotocols that the client offers.
    offered: Vec<String>,
    /// The subprotocol that `protocols` selected.
    protocol: Option<HeaderValue>,
}

/// The default maximum length of a message, in bytes.
const MAX_MESSAGE_LEN: usize = 1024 * 1024;

impl WebSocketUpgrade {
    /// Allows pages of these origins to connect, in addition to the server's own.
    ///
    /// An origin is `https://shop.example`, or `https://*.shop.example` for all hosts below it.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, ws::WebSocketUpgrade};
    ///
    /// #[get("/prices")]
    /// async fn prices(upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.origins(&["https://shop.example"]).on(|mut socket| async move {
    ///         let _ = socket.send("7.50").await;
    ///     })
    /// }
    /// # #[routes(app)] struct Api(prices);
    /// ```
    pub fn origins(mut self, origins: &[&str]) -> Self {
        let Some(origin) = self.origin.as_deref() else {
            return self;
        };
        let page = Origin::parse(origin.as_bytes());
        self.is_allowed |= origins.iter().any(|allowed| {
            *allowed == origin || page.as_ref().is_some_and(|page| covers(allowed, page))
        });
        self
    }

    /// Allows pages of all origins to connect, for public data.
    pub fn any_origin(mut self) -> Self {
        self.is_allowed = true;
        self
    }

    /// Selects the first of these subprotocols that the client offers (`Sec-WebSocket-Protocol`).
    ///
    /// If the client offers none of them, the response selects no subprotocol, and the client may close the
    /// connection.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, ws::WebSocketUpgrade};
    ///
    /// #[get("/graphql")]
    /// async fn graphql(upgrade: WebSocketUpgrade) -> Response {
    ///     let upgrade = upgrade.protocols(["graphql-transport-ws", "graphql-ws"]);
    ///     let is_legacy = upgrade.protocol() == Some("graphql-ws");
    ///     upgrade.on(move |socket| async move {
    ///         # let _ = (is_legacy, socket);
    ///     })
    /// }
    /// # #[routes(app)] struct Api(graphql);
    /// ```
    pub fn protocols<'p>(mut self, protocols: impl IntoIterator<Item = &'p str>) -> Self {
        let chosen = protocols
            .into_iter()
            .find(|protocol| self.offered.iter().any(|offered| offered == protocol));
        self.protocol = chosen.and_then(|chosen| HeaderValue::from_str(chosen).ok());
        self
    }

    /// Returns the subprotocol that [`protocols`](Self::protocols) selected.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_ref()?.to_str().ok()
    }

    /// Limits the length of a message, 1 MiB by default. A longer message closes the WebSocket with 1009.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.config = with_max_message(bytes);
        self
    }

    /// Sets the keep-alive: the silence before a ping, and the time to respond. Both are 30 s by default.
    ///
    /// If the client sends nothing for `interval`, the server sends a ping. If it does not respond within `patience`,
    /// or does not read a message within `patience`, the WebSocket ends.
    ///
    /// # Examples
    /// ```
    /// use highball::{middleware::secs, prelude::*, ws::WebSocketUpgrade};
    ///
    /// #[get("/ticker")]
    /// async fn ticker(upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.keep_alive(secs(10), secs(5)).on(|mut socket| async move {
    ///         while socket.recv().await.is_ok() {}
    ///     })
    /// }
    /// # #[routes(app)] struct Api(ticker);
    /// ```
    pub fn keep_alive(mut self, interval: Duration, patience: Duration) -> Self {
        self.keep_alive = KeepAlive::new(interval, patience);
        self
    }

    /// Accepts the handshake, and runs a future with the WebSocket in a separate task.
    ///
    /// Returns the response with status 101, or a 403 if the origin is not allowed.
    pub fn on<W>(self, work: impl FnOnce(WebSocket) -> W + Send + 'static) -> Response
    where
        W: Future<Output = ()> + Send + 'static,
    {
        if !self.is_allowed {
            let detail = "pages of this origin may not connect";
            return Rejection::new(StatusCode::FORBIDDEN, detail).into_response();
        }
        let (upgrade, config, keep_alive) = (self.upgrade, self.config, self.keep_alive);
        let (stopping, clock) = (self.tasks.stopping(), self.tasks.clock().clone());
        self.tasks.spawn(async move {
            // The upgrade fails if the client has disconnected. There is nothing to do or to report then.
            if let Ok(upgraded) = upgrade.await {
                let io = Checked::new(TokioIo::new(upgraded));
                let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config));
                work(WebSocket::new(stream.await, stopping, clock, keep_alive)).await;
            }
        });
        let mut response = Response::empty(StatusCode::SWITCHING_PROTOCOLS);
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.accept);
        if let Some(protocol) = self.protocol {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        response
    }

    /// The name of [`on`](Self::on) in axum. The bound never holds, so that its message is the error.
    #[doc(hidden)]
    pub fn on_upgrade<W>(self, work: impl FnOnce(WebSocket) -> W) -> Response
    where
        W: NamedOn,
    {
        let _ = work;
        unreachable!("nothing implements `NamedOn`")
    }
}

/// The message for axum's name of [`WebSocketUpgrade::on`]. Nothing implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`WebSocketUpgrade` has no `on_upgrade`, which is named `on` here: write `.on(..)`",
    label = "write `.on(..)` in place of `.on_upgrade(..)`"
)]
pub trait NamedOn {}

/// Returns the subprotocols that a client offers, in all lines of the header.
fn offered_protocols(headers: &HeaderMap) -> Vec<String> {
    let lines = lines(headers, header::SEC_WEBSOCKET_PROTOCOL);
    lines
        .flat_map(header_value::elements)
        .filter_map(|name| String::from_utf8(name.to_vec()).ok())
        .collect()
}

fn with_max_message(bytes: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(bytes))
        .max_frame_size(Some(bytes))
}

impl ExtractAsync for WebSocketUpgrade {
    type State = ();
    const FACTS: Facts = crate::routes::header_facts!(
        "connection",
        "upgrade",
        "origin",
        "host",
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-protocol"
    );
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::list(&[
        Answer::problem(400).about("the handshake is not valid"),
        Answer::problem(403).about("a page of another origin may not open a WebSocket here"),
        Answer::problem(426).about("the request is not a WebSocket handshake"),
    ]);

    async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        let accept = derive_accept_key(check_handshake(cx)?);
        let origin = only(cx.headers(), header::ORIGIN);
        let origin = origin.and_then(header_value::text).map(str::to_owned);
        let is_allowed = !cx.is_cross_origin();
        let no_connection = || {
            Rejection::internal().with_cause("the request has no connection that can be upgraded")
        };
        Ok(Self {
            upgrade: {
                let upgrade = cx.out().upgrade.take().ok_or_else(no_connection)?;
                cx.out().switches = true;
                upgrade
            },
            accept: HeaderValue::try_from(accept).map_err(|_| Rejection::internal())?,
            tasks: cx.tasks().clone(),
            config: with_max_message(MAX_MESSAGE_LEN),
            keep_alive: KeepAlive::DEFAULT,
            is_allowed,
            origin,
            offered: offered_protocols(cx.headers()),
            protocol: None,
        })
    }
}

/// Checks the handshake and returns the key of the client (RFC 6455 §4.2.1).
fn check_handshake<'r>(cx: &Context<'r>) -> Result<&'r [u8], Rejection> {
    let bad_request = |detail: &'static str| Rejection::new(StatusCode::BAD_REQUEST, detail);
    if cx.method() != Method::GET || cx.version() != Version::HTTP_11 {
        return Err(bad_request(
            "a WebSocket handshake must be a GET request of HTTP/1.1",
        ));
    }
    let headers = cx.headers();
    let has = |name: HeaderName, token: &str| has_token(lines(headers, name), token);
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        let upgrade = HeaderValue::from_static("websocket");
        let rejection = Rejection::new(
            StatusCode::UPGRADE_REQUIRED,
            "this route only accepts WebSocket handshakes",
        );
        return Err(rejection.with_header(header::UPGRADE, upgrade));
    }
    // Neither the version nor the key may occur twice (RFC 6455 §11.3).
    if lines(headers, header::SEC_WEBSOCKET_VERSION).count() > 1 {
        return Err(bad_request("there must be one `Sec-WebSocket-Version`"));
    }
    let version = only(headers, header::SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|version| version != "13") {
        let version = HeaderValue::from_static("13");
        let rejection = Rejection::new(
            StatusCode::UPGRADE_REQUIRED,
            "the WebSocket version must be 13",
        );
        return Err(rejection.with_header(header::SEC_WEBSOCKET_VERSION, version));
    }
    let key = only(headers, header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    key.filter(|key| is_key(key))
        .ok_or_else(|| bad_request("there must be one `Sec-WebSocket-Key`, 16 bytes in base64"))
}

/// Returns whether this is the base64 of 16 bytes.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits = key.strip_suffix(b"==");
    digits.is_some_and(|digits| digits.len() == 22 && digits.iter().all(is_digit))
}

/// A message of a WebSocket.
///
/// # Examples
/// ```
/// use highball::{prelude::*, ws::{Message, WebSocketUpgrade}};
///
/// #[get("/shout")]
/// async fn shout(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on(|mut socket| async move {
///         while let Ok(message) = socket.recv().await {
///             let reply = match message {
///                 Message::Text(text) => Message::from(text.to_uppercase()),
///                 Message::Binary(bytes) => Message::Binary(bytes),
///             };
///             if socket.send(reply).await.is_err() {
///                 break;
///             }
///         }
///     })
/// }
/// # #[routes(app)] struct Api(shout);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

impl fmt::Debug for WebSocketUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketUpgrade")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
