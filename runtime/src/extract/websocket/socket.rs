//! A WebSocket that has begun.

use std::{fmt, future::Future, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    task::yield_now,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use super::{
    Message,
    closed::{Closed, goodbye as goodbye_frame},
    frames::{Checked, Overlong},
};
use crate::tasks::Stopping;

/// How long the other side has to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long it has once the server stops, so that no client holds a stop.
const GOODBYE_AT_STOP: Duration = Duration::from_millis(500);

/// When the other side is asked whether it is still there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeepAlive {
    /// How long nothing comes before the other side is asked.
    pub(crate) interval: Duration,
    /// How long it has for its answer, and for taking what is sent.
    pub(crate) patience: Duration,
}

impl KeepAlive {
    pub(crate) const DEFAULT: Self = Self {
        interval: Duration::from_secs(30),
        patience: Duration::from_secs(30),
    };

    /// The longest time that is kept to; a longer one would overflow the clock.
    const MOST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    pub(crate) fn new(interval: Duration, patience: Duration) -> Self {
        Self {
            interval: interval.min(Self::MOST),
            patience: patience.min(Self::MOST),
        }
    }
}

/// A WebSocket.
///
/// Pings are answered, and when nothing has come for half a minute the other side is asked; without an
/// answer in another half it counts as gone ([`WebSocketUpgrade::keep_alive`](super::WebSocketUpgrade::keep_alive)
/// sets other times). When the server stops, the next [`recv`](Self::recv) or [`send`](Self::send) tells the other
/// side (1001, going away), which has half a second for its goodbye, and fails. A handler that does neither waits
/// for [`Context::stopping`](crate::Context::stopping). When the WebSocket is dropped, the connection is.
pub struct WebSocket {
    stream: WebSocketStream<Checked<TokioIo<Upgraded>>>,
    stopping: Stopping,
    keep_alive: KeepAlive,
    /// When the other side is asked, or counts as gone.
    next: Instant,
    is_asked: bool,
    /// Until when an answer to a ping must have been taken, if one has not been sent yet.
    owes: Option<Instant>,
}

impl WebSocket {
    pub(crate) fn new(
        stream: WebSocketStream<Checked<TokioIo<Upgraded>>>,
        stopping: Stopping,
        keep_alive: KeepAlive,
    ) -> Self {
        Self {
            stream,
            stopping,
            keep_alive,
            next: Instant::now() + keep_alive.interval,
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
                () = &mut self.stopping => return Err(self.stop().await),
            };
            let Some(item) = item else {
                self.ask().await?;
                continue;
            };
            self.next = Instant::now() + self.keep_alive.interval;
            self.is_asked = false;
            match item {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    return Ok(Message::Text(text.as_str().to_owned()));
                }
                Some(Ok(tungstenite::Message::Binary(bytes))) => return Ok(Message::Binary(bytes)),
                // The crate answers pings, and keeps the answers until they are sent.
                Some(Ok(tungstenite::Message::Ping(_))) => {
                    self.owes = Some(Instant::now() + self.keep_alive.patience);
                }
                // It is answered when the crate is asked for more.
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    let answered = async { while let Some(Ok(_)) = self.stream.next().await {} };
                    in_time(&mut self.stopping, answered).await;
                    return Err(Closed::by(frame));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.fail(error).await),
                None => return Err(Closed::without("the other side has left")),
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Where the WebSocket has ended, the server stops, or the other side takes nothing for half a minute.
    ///
    /// # Cancel safety
    /// Where the future is dropped, the message is sent with the next one, or not at all.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let message = match message.into() {
            Message::Text(text) => tungstenite::Message::Text(text.into()),
            Message::Binary(bytes) => tungstenite::Message::Binary(bytes),
        };
        self.push(message).await
    }

    /// Says goodbye with a code and a reason, and waits for the other side's: 1000 is the end of what was to
    /// do, and 4000 to 4999 are the app's own (RFC 6455 §7.4).
    ///
    /// A code that may not be sent becomes 1011, "internal error", and of the reason 123 bytes are sent.
    ///
    /// # Examples
    /// ```
    /// use highball::{WebSocketUpgrade, prelude::*};
    ///
    /// #[get("/full")]
    /// async fn full(upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.on(|socket| socket.close(4001, "the room is full"))
    /// }
    /// # #[routes(app)] struct Api(full);
    /// ```
    pub async fn close(mut self, code: u16, reason: impl AsRef<str> + Send) {
        self.say(goodbye_frame(code, reason.as_ref())).await;
    }

    async fn push(&mut self, message: tungstenite::Message) -> Result<(), Closed> {
        if self.stopping.has_begun() {
            return Err(self.stop().await);
        }
        let sent = tokio::select! {
            biased;
            sent = timeout(self.keep_alive.patience, self.stream.send(message)) => sent,
            () = &mut self.stopping => return Err(self.stop().await),
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Closed::without(error.to_string())),
            Err(_) => Err(Closed::without("the other side takes nothing")),
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
            Err(_) => return Err(Closed::without("the other side takes nothing")),
        }
        Ok(())
    }

    /// Asks whether the other side is there; without an answer to the last time it is not.
    async fn ask(&mut self) -> Result<(), Closed> {
        if self.is_asked {
            return Err(Closed::without("the other side is silent"));
        }
        self.is_asked = true;
        self.next = Instant::now() + self.keep_alive.patience;
        self.push(tungstenite::Message::Ping(Bytes::new())).await
    }

    async fn fail(&mut self, error: tungstenite::Error) -> Closed {
        let code = match &error {
            tungstenite::Error::Capacity(_) => CloseCode::Size,
            tungstenite::Error::Utf8(_) => CloseCode::Invalid,
            tungstenite::Error::Protocol(_) => CloseCode::Protocol,
            tungstenite::Error::Io(error) if is_overlong(error) => CloseCode::Protocol,
            _ => return Closed::without(error.to_string()),
        };
        self.end(code, "").await;
        Closed::new(code.into(), error.to_string())
    }

    async fn stop(&mut self) -> Closed {
        let closed = self.end(CloseCode::Away, "the server stops").await;
        // A handler that does not look at the error must not keep its thread.
        yield_now().await;
        closed
    }

    /// Says goodbye, and waits for the other side's, for a while.
    async fn end(&mut self, code: CloseCode, reason: &'static str) -> Closed {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        self.say(frame).await;
        Closed::new(code.into(), reason)
    }

    async fn say(&mut self, frame: CloseFrame) {
        let goodbye = async {
            if self.stream.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // A client that does not say goodbye is cut.
        in_time(&mut self.stopping, goodbye).await;
    }
}

/// Waits for a goodbye as long as it may take.
async fn in_time(stopping: &mut Stopping, goodbye: impl Future<Output = ()>) {
    let cut = async {
        stopping.await;
        sleep(GOODBYE_AT_STOP).await;
    };
    tokio::select! {
        _ = timeout(GOODBYE, goodbye) => {}
        () = cut => {}
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
