//! Checks that an HTTP/2 client sends the preface and then a SETTINGS frame (RFC 9113 §3.4).

/// Follows the first bytes of a connection, up to the flags of the first frame.
///
/// h2 accepts any frame as the first one, so this check exists.
#[derive(Debug, Default)]
pub(super) struct PrefaceCheck {
    read: u8,
}

/// The error that the client's first frame is not SETTINGS.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MissingSettings;

/// The offset of the first frame's type, after the preface and the frame's length.
const TYPE: u8 = 24 + 3;
/// The offset of the first frame's flags.
const FLAGS: u8 = TYPE + 1;

const SETTINGS: u8 = 4;
const ACK: u8 = 1;

impl PrefaceCheck {
    /// A GOAWAY frame with PROTOCOL_ERROR, sent to a client that begins with another frame.
    pub(super) const GOAWAY: &[u8] = b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01";

    /// Follows the next bytes. Returns whether the check is complete.
    ///
    /// # Errors
    /// Fails if the first frame is not SETTINGS, or acknowledges settings.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<bool, MissingSettings> {
        for byte in bytes {
            match self.read {
                TYPE if *byte != SETTINGS => return Err(MissingSettings),
                FLAGS if *byte & ACK != 0 => return Err(MissingSettings),
                FLAGS => return Ok(true),
                _ => self.read += 1,
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the first frame at once, and byte by byte.
    fn check(frame: &[u8], expected: Result<bool, MissingSettings>) {
        let bytes = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], frame].concat();
        assert_eq!(
            PrefaceCheck::default().follow(&bytes),
            expected,
            "{frame:?}"
        );
        let mut preface = PrefaceCheck::default();
        let mut pieces = bytes.chunks(1).map(|byte| preface.follow(byte));
        let decided = pieces.find(|read| *read != Ok(false));
        assert_eq!(
            decided.unwrap_or(Ok(false)),
            expected,
            "{frame:?} in pieces"
        );
    }

    #[test]
    fn first_frame_must_be_settings() {
        check(b"\0\0\0\x04\0\0\0\0\0", Ok(true));
        check(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x01", Ok(true));
        check(b"\0\0\x06\x04", Ok(false));
        check(b"", Ok(false));
        check(b"\0\0\0\x04\x01\0\0\0\0", Err(MissingSettings));
        check(b"\0\0\x08\x06\0\0\0\0\0whatever", Err(MissingSettings));
        check(b"\0\0\x01\x01\x05\0\0\0\x01\x82", Err(MissingSettings));
    }
}
