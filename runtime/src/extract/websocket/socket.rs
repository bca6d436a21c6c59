//! An open WebSocket.

use std::{fmt, future::Future, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{task::yield_now, time::Instant};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use super::{
    Message,
    closed::{Closed, close_frame},
    frames::{Checked, Overlong},
};
use crate::{clock::Clock, tasks::Stopping};

/// How long the closing handshake may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the closing handshake may take once the server shuts down, so that no client delays the shutdown.
const CLOSE_TIMEOUT_AT_SHUTDOWN: Duration = Duration::from_millis(500);

/// The reason of a WebSocket whose client does not read.
const NOT_READ: &str = "the client did not read a message in time";

/// When a ping is sent, and how long the client may take to respond.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeepAlive {
    /// How long the client may be silent before a ping is sent.
    pub(crate) interval: Duration,
    /// How long the client has to respond to a ping, and to read what is sent.
    pub(crate) patience: Duration,
}

impl KeepAlive {
    pub(crate) const DEFAULT: Self = Self {
        interval: Duration::from_secs(30),
        patience: Duration::from_secs(30),
    };

    /// The longest duration that is used. A longer one could overflow `Instant`.
    const MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    pub(crate) fn new(interval: Duration, patience: Duration) -> Self {
        Self {
            interval: interval.min(Self::MAX),
            patience: patience.min(Self::MAX),
        }
    }
}

/// An open WebSocket, the server's side.
///
/// Pings are answered automatically. If the client sends nothing for 30 s, the server sends a ping. If the client does
/// not respond within another 30 s, the WebSocket ends. [`WebSocketUpgrade::keep_alive`] sets other times.
///
/// When the server shuts down, the next [`recv`](Self::recv) or [`send`](Self::send) sends a close frame with the code
/// 1001, waits up to half a second for that of the client, and returns an error. A handler that calls neither should
/// wait for [`Context::stopping`](crate::Context::stopping).
///
/// Dropping the WebSocket closes the connection without a close frame.
///
/// # Examples
/// ```
/// use highball::{prelude::*, ws::{WebSocket, WebSocketUpgrade}};
///
/// async fn echo(mut socket: WebSocket) {
///     while let Ok(message) = socket.recv().await {
///         if socket.send(message).await.is_err() {
///             break;
///         }
///     }
/// }
///
/// #[get("/echo")]
/// async fn connect(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on(echo)
/// }
///
/// #[routes(app)]
/// struct Api(connect);
///
/// # highball::block_on(async {
/// let mut socket = Api.test().get("/echo").websocket().await.expect("a WebSocket");
/// socket.send("hello").await.expect("the app reads");
/// assert_eq!(socket.recv().await.expect("an echo"), "hello".into());
/// # });
/// ```
///
/// [`WebSocketUpgrade::keep_alive`]: super::WebSocketUpgrade::keep_alive
pub struct WebSocket {
    stream: WebSocketStream<Checked<TokioIo<Upgraded>>>,
    stopping: Stopping,
    clock: Clock,
    keep_alive: KeepAlive,
    /// When the next ping is sent, or when an unanswered one ends the WebSocket.
    next_check: Instant,
    /// Whether a ping was sent and nothing has arrived since.
    is_pinged: bool,
    /// If a pong has not been sent yet, the time until which the client must have read it.
    pong_deadline: Option<Instant>,
}

impl WebSocket {
    pub(crate) fn new(
        stream: WebSocketStream<Checked<TokioIo<Upgraded>>>,
        stopping: Stopping,
        clock: Clock,
        keep_alive: KeepAlive,
    ) -> Self {
        Self {
            stream,
            stopping,
            next_check: clock.now() + keep_alive.interval,
            clock,
            keep_alive,
            is_pinged: false,
            pong_deadline: None,
        }
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// Returns a [`Closed`] if the client has closed the WebSocket, sent a message that is invalid or too long, or does
    /// not respond to pings, and if the server shuts down.
    ///
    /// # Cancel safety
    /// No message is lost if the future is dropped, so it can be a branch of `tokio::select!`.
    pub async fn recv(&mut self) -> Result<Message, Closed> {
        loop {
            self.flush_pongs().await?;
            let item = tokio::select! {
                item = self.stream.next() => Some(item),
                () = self.clock.sleep_until(self.next_check) => None,
                () = &mut self.stopping => return Err(self.shut_down().await),
            };
            let Some(item) = item else {
                self.ping().await?;
                continue;
            };
            self.next_check = self.clock.now() + self.keep_alive.interval;
            self.is_pinged = false;
            match item {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    return Ok(Message::Text(text.as_str().to_owned()));
                }
                Some(Ok(tungstenite::Message::Binary(bytes))) => return Ok(Message::Binary(bytes)),
                // tungstenite creates the pong and queues it until the next flush.
                Some(Ok(tungstenite::Message::Ping(_))) => {
                    self.pong_deadline = Some(self.clock.now() + self.keep_alive.patience);
                }
                // tungstenite sends the close frame of this side on the next poll.
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    let answered = async { while let Some(Ok(_)) = self.stream.next().await {} };
                    close_in_time(&self.clock, &mut self.stopping, answered).await;
                    return Err(Closed::from_frame(frame));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.fail(error).await),
                None => {
                    return Err(Closed::without_close_frame(
                        "the client dropped the connection",
                    ));
                }
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Returns a [`Closed`] if the WebSocket is closed, if the server shuts down, or if the client does not read the
    /// message in time (30 s by default).
    ///
    /// # Cancel safety
    /// If the future is dropped, the message is sent together with the next one, or not at all.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let message = match message.into() {
            Message::Text(text) => tungstenite::Message::Text(text.into()),
            Message::Binary(bytes) => tungstenite::Message::Binary(bytes),
        };
        self.send_frame(message).await
    }

    /// Closes the WebSocket with a code and a reason, and waits for the close frame of the client.
    ///
    /// The code 1000 means a normal end, and an app can define 4000 to 4999 itself (RFC 6455 §7.4). A code that must
    /// not be sent is replaced by 1011, "internal error". The reason is cut after 123 bytes.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, ws::WebSocketUpgrade};
    ///
    /// #[get("/full")]
    /// async fn full(upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.on(|socket| socket.close(4001, "the room is full"))
    /// }
    /// # #[routes(app)] struct Api(full);
    /// ```
    pub async fn close(mut self, code: u16, reason: impl AsRef<str> + Send) {
        self.send_close(close_frame(code, reason.as_ref())).await;
    }

    async fn send_frame(&mut self, message: tungstenite::Message) -> Result<(), Closed> {
        if self.stopping.has_begun() {
            return Err(self.shut_down().await);
        }
        let sent = tokio::select! {
            biased;
            sent = self.clock.timeout(self.keep_alive.patience, self.stream.send(message)) => sent,
            () = &mut self.stopping => return Err(self.shut_down().await),
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Closed::without_close_frame(error.to_string())),
            Err(_) => Err(Closed::without_close_frame(NOT_READ)),
        }
    }

    /// Sends the queued pongs.
    ///
    /// This happens before more is read, so that pongs do not pile up for a client that sends pings and reads nothing.
    async fn flush_pongs(&mut self) -> Result<(), Closed> {
        let Some(deadline) = self.pong_deadline else {
            return Ok(());
        };
        match self.clock.timeout_at(deadline, self.stream.flush()).await {
            Ok(Ok(())) => self.pong_deadline = None,
            Ok(Err(error)) => return Err(self.fail(error).await),
            Err(_) => return Err(Closed::without_close_frame(NOT_READ)),
        }
        Ok(())
    }

    /// Sends a ping, or fails if the last one was not answered.
    async fn ping(&mut self) -> Result<(), Closed> {
        if self.is_pinged {
            return Err(Closed::without_close_frame(
                "the client did not respond to a ping",
            ));
        }
        self.is_pinged = true;
        self.next_check = self.clock.now() + self.keep_alive.patience;
        self.send_frame(tungstenite::Message::Ping(Bytes::new()))
            .await
    }

    /// Closes the WebSocket after an error of the connection or of a message of the client.
    async fn fail(&mut self, error: tungstenite::Error) -> Closed {
        let code = match &error {
            tungstenite::Error::Capacity(_) => CloseCode::Size,
            tungstenite::Error::Utf8(_) => CloseCode::Invalid,
            tungstenite::Error::Protocol(_) => CloseCode::Protocol,
            tungstenite::Error::Io(error) if is_overlong(error) => CloseCode::Protocol,
            _ => return Closed::without_close_frame(error.to_string()),
        };
        self.close_with(code, "").await;
        Closed::new(code.into(), error.to_string())
    }

    async fn shut_down(&mut self) -> Closed {
        let closed = self.close_with(CloseCode::Away, "the server stops").await;
        // A handler that ignores the error in a loop must not block its thread.
        yield_now().await;
        closed
    }

    /// Sends a close frame and waits for that of the client.
    async fn close_with(&mut self, code: CloseCode, reason: &'static str) -> Closed {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        self.send_close(frame).await;
        Closed::new(code.into(), reason)
    }

    async fn send_close(&mut self, frame: CloseFrame) {
        let handshake = async {
            if self.stream.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // Without a close frame of the client, dropping the stream closes the connection.
        close_in_time(&self.clock, &mut self.stopping, handshake).await;
    }
}

/// Waits for a closing handshake, at most as long as it may take.
async fn close_in_time(
    clock: &Clock,
    stopping: &mut Stopping,
    handshake: impl Future<Output = ()>,
) {
    let shutdown_timeout = async {
        stopping.await;
        clock.sleep(CLOSE_TIMEOUT_AT_SHUTDOWN).await;
    };
    tokio::select! {
        _ = clock.timeout(CLOSE_TIMEOUT, handshake) => {}
        () = shutdown_timeout => {}
    }
}

fn is_overlong(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|error| error.is::<Overlong>())
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").finish_non_exhaustive()
    }
}
