//! A WebSocket that has begun.

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
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
use crate::stopping::Stopping;

/// How long nothing comes before the other side is asked, and how long it has for its answer.
const PING: Duration = Duration::from_secs(30);

/// How long the other side has to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

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
    pub(super) fn new(
        stream: WebSocketStream<Checked<TokioIo<Upgraded>>>,
        stopping: Stopping,
    ) -> Self {
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
                // It is answered when the crate is asked for more.
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    let answered = async { while let Some(Ok(_)) = self.stream.next().await {} };
                    let _ = timeout(GOODBYE, answered).await;
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
    /// Where the WebSocket has ended, or the other side takes nothing for half a minute.
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
        match timeout(PING, self.stream.send(message)).await {
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
        self.next = Instant::now() + PING;
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
        // Whoever does not say goodbye is cut.
        let _ = timeout(GOODBYE, goodbye).await;
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
