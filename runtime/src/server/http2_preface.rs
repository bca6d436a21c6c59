//! How a client of HTTP/2 begins: with the preface, and SETTINGS as its first frame (RFC 9113 §3.4).

/// Follows the first bytes of a connection, up to the flags of the first frame.
///
/// h2 takes any frame for the first one.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    read: u8,
}

/// The client's first frame is not SETTINGS.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoSettings;

/// Where the type and the flags of the first frame are: behind the preface and the frame's length.
const TYPE: u8 = 24 + 3;
const FLAGS: u8 = TYPE + 1;

const SETTINGS: u8 = 4;
const ACK: u8 = 1;

impl Greeting {
    /// GOAWAY with PROTOCOL_ERROR, which ends a connection that does not begin as it must.
    pub(super) const GOAWAY: &[u8] = b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01";

    /// Follows the next bytes, and returns whether no more need to be.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<bool, NoSettings> {
        for byte in bytes {
            match self.read {
                TYPE if *byte != SETTINGS => return Err(NoSettings),
                FLAGS if *byte & ACK != 0 => return Err(NoSettings),
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

    /// Follows the first frame whole, and byte by byte.
    fn check(frame: &[u8], expected: Result<bool, NoSettings>) {
        let bytes = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], frame].concat();
        assert_eq!(Greeting::default().read(&bytes), expected, "{frame:?}");
        let mut greeting = Greeting::default();
        let mut pieces = bytes.chunks(1).map(|byte| greeting.read(byte));
        let decided = pieces.find(|read| *read != Ok(false));
        assert_eq!(
            decided.unwrap_or(Ok(false)),
            expected,
            "{frame:?} in pieces"
        );
    }

    #[test]
    fn first_frame_is_settings() {
        check(b"\0\0\0\x04\0\0\0\0\0", Ok(true));
        check(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x01", Ok(true));
        check(b"\0\0\x06\x04", Ok(false));
        check(b"", Ok(false));
        check(b"\0\0\0\x04\x01\0\0\0\0", Err(NoSettings));
        check(b"\0\0\x08\x06\0\0\0\0\0whatever", Err(NoSettings));
        check(b"\0\0\x01\x01\x05\0\0\0\x01\x82", Err(NoSettings));
    }
}
