//! WebSockets (RFC 6455), by the `tokio-tungstenite` crate.

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
    extract::ExtractAsync,
    header_value::{self, has_token, lines, only},
    request::{Context, Origin, covers},
    response::{IntoResponse, Rejection, Response},
    tasks::Tasks,
};

mod closed;
mod frames;
mod socket;

pub(crate) use self::closed::goodbye;
pub use self::{closed::Closed, socket::WebSocket};
use self::{frames::Checked, socket::KeepAlive};

/// A request to become a WebSocket, for a handler: it answers by [`on`](Self::on).
///
/// A browser lets every page open a WebSocket to every server, with the visitor's cookies. So where the
/// request has an `Origin` it must be the server's own, or one that [`origins`](Self::origins) allows; any
/// other is answered with 403.
///
/// Extensions are not spoken: an offer of `permessage-deflate` is left unanswered, which a client takes as
/// "not agreed" (RFC 6455 §9.1), and messages go as they are.
///
/// # Examples
/// ```
/// use highball::{WebSocketUpgrade, prelude::*};
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
#[must_use = "a request is not answered unless `on(..)` is returned"]
pub struct WebSocketUpgrade {
    upgrade: OnUpgrade,
    accept: HeaderValue,
    tasks: Tasks,
    config: WebSocketConfig,
    keep_alive: KeepAlive,
    /// Whether the origin, if there is one, is the server's own.
    is_own: bool,
    origin: Option<String>,
    /// What the client offers, and what was chosen of it.
    offered: Vec<String>,
    protocol: Option<HeaderValue>,
}

/// The most bytes of a message, unless the handler says otherwise.
const MOST: usize = 1024 * 1024;

impl WebSocketUpgrade {
    /// Allows pages of these origins as well: `https://shop.example`, or `https://*.shop.example` for every host
    /// below one.
    pub fn origins(mut self, origins: &[&str]) -> Self {
        let Some(origin) = self.origin.as_deref() else {
            return self;
        };
        let page = Origin::parse(origin.as_bytes());
        self.is_own |= origins.iter().any(|allowed| {
            *allowed == origin || page.as_ref().is_some_and(|page| covers(allowed, page))
        });
        self
    }

    /// Allows pages of every origin, for what is public.
    pub fn any_origin(mut self) -> Self {
        self.is_own = true;
        self
    }

    /// Speaks one of these subprotocols: the first that the client offers, too (`Sec-WebSocket-Protocol`).
    /// Where it offers none of them, none is agreed on, and the client may leave.
    ///
    /// # Examples
    /// ```
    /// use highball::{WebSocketUpgrade, prelude::*};
    ///
    /// #[get("/graphql")]
    /// async fn graphql(upgrade: WebSocketUpgrade) -> Response {
    ///     let upgrade = upgrade.protocols(["graphql-transport-ws", "graphql-ws"]);
    ///     let is_old = upgrade.protocol() == Some("graphql-ws");
    ///     upgrade.on(move |socket| async move {
    ///         # let _ = (is_old, socket);
    ///     })
    /// }
    /// # #[routes(app)] struct Api(graphql);
    /// ```
    pub fn protocols<'p>(mut self, protocols: impl IntoIterator<Item = &'p str>) -> Self {
        let chosen = protocols
            .into_iter()
            .find(|own| self.offered.iter().any(|offered| offered == own));
        self.protocol = chosen.and_then(|chosen| HeaderValue::from_str(chosen).ok());
        self
    }

    /// Returns the subprotocol that [`protocols`](Self::protocols) has chosen.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_ref()?.to_str().ok()
    }

    /// Sets the most bytes of a message, in place of a mebibyte; a longer one ends the connection.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.config = config(bytes);
        self
    }

    /// Asks a client from which nothing has come for the interval whether it is still there, by a ping, and takes it
    /// for gone where it has not answered, or taken what is sent, within the patience. Both are 30 s by default.
    ///
    /// # Examples
    /// ```
    /// use highball::{WebSocketUpgrade, prelude::*, secs};
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

    /// Makes the answer, behind which the connection is a WebSocket; the work runs as a task of its own.
    pub fn on<W>(self, work: impl FnOnce(WebSocket) -> W + Send + 'static) -> Response
    where
        W: Future<Output = ()> + Send + 'static,
    {
        if !self.is_own {
            let detail = "pages of this origin may not connect";
            return Rejection::new(StatusCode::FORBIDDEN, detail).into_response();
        }
        let (upgrade, config, keep_alive) = (self.upgrade, self.config, self.keep_alive);
        let stopping = self.tasks.stopping();
        self.tasks.spawn(async move {
            // Where the client has left before, there is nothing to do.
            if let Ok(upgraded) = upgrade.await {
                let io = Checked::new(TokioIo::new(upgraded));
                let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config));
                work(WebSocket::new(stream.await, stopping, keep_alive)).await;
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
}

/// Returns the subprotocols that a client offers, over all lines.
fn offered(headers: &HeaderMap) -> Vec<String> {
    let lines = lines(headers, header::SEC_WEBSOCKET_PROTOCOL);
    lines
        .flat_map(header_value::elements)
        .filter_map(|name| String::from_utf8(name.to_vec()).ok())
        .collect()
}

fn config(bytes: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(bytes))
        .max_frame_size(Some(bytes))
}

impl ExtractAsync for WebSocketUpgrade {
    type State = ();

    async fn extract(cx: &mut Context<'_>, (): &()) -> Result<Self, Rejection> {
        let accept = derive_accept_key(check(cx)?);
        let origin = only(cx.headers(), header::ORIGIN);
        let origin = origin.and_then(header_value::text).map(str::to_owned);
        let is_own = !cx.is_cross_origin();
        let no_connection =
            || Rejection::internal().with_cause("the request came by no connection");
        Ok(Self {
            upgrade: {
                let upgrade = cx.out().upgrade.take().ok_or_else(no_connection)?;
                cx.out().switches = true;
                upgrade
            },
            accept: HeaderValue::try_from(accept).map_err(|_| Rejection::internal())?,
            tasks: cx.tasks().clone(),
            config: config(MOST),
            keep_alive: KeepAlive::DEFAULT,
            is_own,
            origin,
            offered: offered(cx.headers()),
            protocol: None,
        })
    }
}

/// Returns the client's key, where all of the handshake is right (RFC 6455 §4.2.1).
fn check<'r>(cx: &Context<'r>) -> Result<&'r [u8], Rejection> {
    let wrong = |detail: &'static str| Rejection::new(StatusCode::BAD_REQUEST, detail);
    if cx.method() != Method::GET || cx.version() != Version::HTTP_11 {
        return Err(wrong("a WebSocket begins with a GET of HTTP/1.1"));
    }
    let headers = cx.headers();
    let has = |name: HeaderName, token: &str| has_token(lines(headers, name), token);
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        let upgrade = HeaderValue::from_static("websocket");
        let rejection = Rejection::new(StatusCode::UPGRADE_REQUIRED, "this is for WebSockets only");
        return Err(rejection.with_header(header::UPGRADE, upgrade));
    }
    // Neither the version nor the key may be there twice (RFC 6455 §11.3).
    if lines(headers, header::SEC_WEBSOCKET_VERSION).count() > 1 {
        return Err(wrong("there must be one `Sec-WebSocket-Version`"));
    }
    let version = only(headers, header::SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|version| version != "13") {
        let version = HeaderValue::from_static("13");
        let rejection = Rejection::new(StatusCode::UPGRADE_REQUIRED, "the version must be 13");
        return Err(rejection.with_header(header::SEC_WEBSOCKET_VERSION, version));
    }
    let key = only(headers, header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    key.filter(|key| is_key(key))
        .ok_or_else(|| wrong("there must be one `Sec-WebSocket-Key`, 16 bytes in base64"))
}

/// Returns whether this is the base64 of 16 bytes.
fn is_key(key: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits = key.strip_suffix(b"==");
    digits.is_some_and(|digits| digits.len() == 22 && digits.iter().all(known))
}

/// A message of a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
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
