//! How a WebSocket ends: codes and reasons (RFC 6455 §7.4).

use std::fmt;

use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

/// How a WebSocket has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    code: u16,
    reason: String,
}

/// What stands for a goodbye without a code, and for none.
const NO_CODE: u16 = 1005;
const ABNORMAL: u16 = 1006;

/// How many bytes a reason has at most: a control frame has 125.
const MOST_REASON: usize = 123;

impl Closed {
    pub(crate) fn new(code: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }

    /// It has ended without a goodbye.
    pub(crate) fn without(why: impl Into<String>) -> Self {
        Self::new(ABNORMAL, why)
    }

    /// It has ended by the other side's goodbye.
    pub(crate) fn by(frame: Option<CloseFrame>) -> Self {
        frame.map_or_else(
            || Self::new(NO_CODE, ""),
            |frame| Self::new(frame.code.into(), frame.reason.as_str()),
        )
    }

    /// Returns the code of the goodbye, the other side's or the server's own (1001 at a stop, 1002, 1007 or
    /// 1009 for what broke a rule); 1005 where it has none, and 1006 where nobody said goodbye.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Returns the reason that the other side gave, or in words why the WebSocket has ended without one.
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

/// Makes a goodbye that may be sent.
pub(crate) fn goodbye(code: u16, reason: &str) -> CloseFrame {
    let code = if may_be_sent(code) { code } else { 1011 };
    let mut len = reason.len().min(MOST_REASON);
    while !reason.is_char_boundary(len) {
        len -= 1;
    }
    CloseFrame {
        code: CloseCode::from(code),
        reason: reason[..len].into(),
    }
}

/// RFC 6455 §7.4, and what IANA has registered since.
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_sent_is() {
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
            assert_eq!(u16::from(goodbye(code, "").code), sent, "{code}");
        }
        let long = "ä".repeat(100);
        assert_eq!(goodbye(1000, &long).reason.as_str(), "ä".repeat(61));
    }
}
