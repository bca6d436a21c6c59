//! WebSockets (RFC 6455), by the `tokio-tungstenite` crate.

mod frames;

use std::{fmt, future::Future, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use self::frames::{Checked, Overlong};
use crate::{
    context::Context,
    extract::ExtractAsync,
    header_value::{self, has_token, lines, only},
    origin::{Origin, covers},
    rejection::Rejection,
    response::{IntoResponse, Response},
    stopping::Stopping,
    tasks::Tasks,
};

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
    /// Whether the origin, if there is one, is the server's own.
    is_own: bool,
    origin: Option<String>,
}

/// The most bytes of a message, unless the handler says otherwise.
const MOST: usize = 1024 * 1024;

/// How long nothing comes before the other side is asked, and how long it has for its answer.
const PING: Duration = Duration::from_secs(30);

/// How long the other side has to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

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

    /// Sets the most bytes of a message, in place of a mebibyte; a longer one ends the connection.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.config = config(bytes);
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
        let (upgrade, config) = (self.upgrade, self.config);
        let stopping = self.tasks.stopping();
        self.tasks.spawn(async move {
            // Where the client has left before, there is nothing to do.
            if let Ok(upgraded) = upgrade.await {
                let io = Checked::new(TokioIo::new(upgraded));
                let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config));
                work(WebSocket::new(stream.await, stopping)).await;
            }
        });
        let mut response = Response::empty(StatusCode::SWITCHING_PROTOCOLS);
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.accept);
        response
    }
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
            is_own,
            origin,
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

/// Why a WebSocket has ended, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed(String);

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Closed {}

/// A WebSocket.
///
/// Pings are answered, and when nothing has come for half a minute the other side is asked; without an
/// answer in another half it counts as gone. When the server stops, the other side is told (1001, going
/// away) and has five seconds for its goodbye. When it is dropped, the connection is.
pub struct WebSocket {
    stream: WebSocketStream<Checked<TokioIo<Upgraded>>>,
    stopping: Stopping,
    /// When the other side is asked, or counts as gone.
    next: Instant,
    is_asked: bool,
    /// Until when an answer to a ping must have been taken, if one has not been sent yet.
    owes: Option<Instant>,
}

impl WebSocket {
    fn new(stream: WebSocketStream<Checked<TokioIo<Upgraded>>>, stopping: Stopping) -> Self {
        Self {
            stream,
            stopping,
            next: Instant::now() + PING,
            is_asked: false,
            owes: None,
        }
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// Where the WebSocket has ended: by the other side's goodbye, a message that is too long or not well
    /// formed, silence, or the server's stop.
    ///
    /// # Cancel safety
    /// Nothing is lost where the future is dropped: it can stand in `tokio::select!`.
    pub async fn recv(&mut self) -> Result<Message, Closed> {
        loop {
            self.answer().await?;
            let item = tokio::select! {
                item = self.stream.next() => Some(item),
                () = sleep_until(self.next) => None,
                () = &mut self.stopping => return Err(self.end(CloseCode::Away, "the server stops").await),
            };
            let Some(item) = item else {
                self.ask().await?;
                continue;
            };
            self.next = Instant::now() + PING;
            self.is_asked = false;
            match item {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    return Ok(Message::Text(text.as_str().to_owned()));
                }
                Some(Ok(tungstenite::Message::Binary(bytes))) => return Ok(Message::Binary(bytes)),
                // The crate answers pings, and keeps the answers until they are sent.
                Some(Ok(tungstenite::Message::Ping(_))) => self.owes = Some(Instant::now() + PING),
                // Goodbyes it answers when it is asked for more.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.fail(error).await),
                None => return Err(Closed("the other side has left".to_owned())),
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Where the WebSocket has ended, or the other side takes nothing for half a minute.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let message = match message.into() {
            Message::Text(text) => tungstenite::Message::Text(text.into()),
            Message::Binary(bytes) => tungstenite::Message::Binary(bytes),
        };
        self.push(message).await
    }

    /// Says goodbye, and waits for the other side's.
    pub async fn close(mut self) {
        self.end(CloseCode::Normal, "").await;
    }

    async fn push(&mut self, message: tungstenite::Message) -> Result<(), Closed> {
        match timeout(PING, self.stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Closed(error.to_string())),
            Err(_) => Err(Closed("the other side takes nothing".to_owned())),
        }
    }

    /// Sends the answers to pings before anything else is read: whoever takes none cannot make them pile up.
    async fn answer(&mut self) -> Result<(), Closed> {
        let Some(deadline) = self.owes else {
            return Ok(());
        };
        match timeout_at(deadline, self.stream.flush()).await {
            Ok(Ok(())) => self.owes = None,
            Ok(Err(error)) => return Err(self.fail(error).await),
            Err(_) => return Err(Closed("the other side takes nothing".to_owned())),
        }
        Ok(())
    }

    /// Asks whether the other side is there; without an answer to the last time it is not.
    async fn ask(&mut self) -> Result<(), Closed> {
        if self.is_asked {
            return Err(Closed("the other side is silent".to_owned()));
        }
        self.is_asked = true;
        self.next = Instant::now() + PING;
        self.push(tungstenite::Message::Ping(Bytes::new())).await
    }

    async fn fail(&mut self, error: tungstenite::Error) -> Closed {
        let code = match &error {
            tungstenite::Error::Capacity(_) => CloseCode::Size,
            tungstenite::Error::Utf8(_) => CloseCode::Invalid,
            tungstenite::Error::Protocol(_) => CloseCode::Protocol,
            tungstenite::Error::Io(error) if is_overlong(error) => CloseCode::Protocol,
            _ => return Closed(error.to_string()),
        };
        self.end(code, "").await;
        Closed(error.to_string())
    }

    /// Says goodbye, and waits for the other side's, for a while.
    async fn end(&mut self, code: CloseCode, reason: &'static str) -> Closed {
        let goodbye = async {
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            if self.stream.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // Whoever does not say goodbye is cut.
        let _ = timeout(GOODBYE, goodbye).await;
        Closed(reason.to_owned())
    }
}

fn is_overlong(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|error| error.is::<Overlong>())
}

impl fmt::Debug for WebSocketUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketUpgrade")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").finish_non_exhaustive()
    }
}
