//! The codes and reasons with which a WebSocket closes (RFC 6455 §7.4).

use std::fmt;

use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

/// The code and the reason with which a WebSocket has closed.
///
/// It is the error of [`WebSocket::recv`](crate::ws::WebSocket::recv) and [`WebSocket::send`](crate::ws::WebSocket::send).
///
/// # Examples
/// ```
/// use highball::{prelude::*, ws::{Closed, WebSocketUpgrade}};
///
/// #[get("/chat")]
/// async fn chat(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on(|mut socket| async move {
///         let closed: Closed = loop {
///             match socket.recv().await {
///                 Ok(message) => println!("{message:?}"),
///                 Err(closed) => break closed,
///             }
///         };
///         println!("closed with {}: {}", closed.code(), closed.reason());
///     })
/// }
/// # #[routes(app)] struct Api(chat);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    code: u16,
    reason: String,
}

/// The code for a close frame that has none. It is never sent.
const NO_CODE: u16 = 1005;

/// The code for a connection that ended without a close frame. It is never sent.
const ABNORMAL: u16 = 1006;

/// The maximum length of a reason in bytes: a control frame has at most 125, and the code takes two.
const MAX_REASON_LEN: usize = 123;

impl Closed {
    pub(crate) fn new(code: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }

    /// Creates the value for a WebSocket that ended without a close frame.
    pub(crate) fn without_close_frame(reason: impl Into<String>) -> Self {
        Self::new(ABNORMAL, reason)
    }

    /// Creates the value for a close frame of the other side.
    pub(crate) fn from_frame(frame: Option<CloseFrame>) -> Self {
        frame.map_or_else(
            || Self::new(NO_CODE, ""),
            |frame| Self::new(frame.code.into(), frame.reason.as_str()),
        )
    }

    /// Returns the code of the close frame.
    ///
    /// The frame is the other side's, or the server's own: 1001 if the server shuts down, and 1002, 1007 or 1009 for
    /// a violation of the protocol, invalid UTF-8 or a message that is too long. The code is 1005 for a frame without
    /// a code, and 1006 if the connection ended without a close frame.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Returns the reason in the close frame, or a description of the error that ended the WebSocket.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => write!(f, "the WebSocket was closed with {}", self.code),
            reason => f.write_str(reason),
        }
    }
}

impl std::error::Error for Closed {}

/// Creates a close frame with a code that may be sent, and with a reason that fits into the frame.
pub(crate) fn close_frame(code: u16, reason: &str) -> CloseFrame {
    let code = if is_sendable(code) { code } else { 1011 };
    let mut len = reason.len().min(MAX_REASON_LEN);
    while !reason.is_char_boundary(len) {
        len -= 1;
    }
    CloseFrame {
        code: CloseCode::from(code),
        reason: reason[..len].into(),
    }
}

/// Returns whether a close frame may contain the code (RFC 6455 §7.4, and the codes that IANA has added).
fn is_sendable(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_codes_are_replaced_and_long_reasons_are_cut() {
        for (code, sent) in [
            (1000, 1000),
            (1003, 1003),
            (1004, 1011),
            (1005, 1011),
            (1006, 1011),
            (1014, 1014),
            (1015, 1011),
            (0, 1011),
            (999, 1011),
            (2999, 1011),
            (3000, 3000),
            (4999, 4999),
            (5000, 1011),
        ] {
            assert_eq!(u16::from(close_frame(code, "").code), sent, "{code}");
        }
        let long = "ä".repeat(100);
        assert_eq!(close_frame(1000, &long).reason.as_str(), "ä".repeat(61));
    }
}
