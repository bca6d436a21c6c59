//! Frames as bytes. They are not checked, so that tests can send invalid frames.

/// The kinds of frames (RFC 9113, 6).
pub(crate) mod kind {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const PRIORITY: u8 = 2;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const PUSH_PROMISE: u8 = 5;
    pub(crate) const PING: u8 = 6;
    pub(crate) const GOAWAY: u8 = 7;
    pub(crate) const WINDOW_UPDATE: u8 = 8;
    pub(crate) const CONTINUATION: u8 = 9;
    /// A number that is not assigned to a kind.
    pub(crate) const UNKNOWN: u8 = 0x16;
}

/// The error codes (RFC 9113, 7).
pub(crate) mod code {
    pub(crate) const NO_ERROR: u32 = 0;
    pub(crate) const PROTOCOL_ERROR: u32 = 1;
    pub(crate) const FLOW_CONTROL_ERROR: u32 = 3;
    pub(crate) const STREAM_CLOSED: u32 = 5;
    pub(crate) const FRAME_SIZE_ERROR: u32 = 6;
    pub(crate) const REFUSED_STREAM: u32 = 7;
    pub(crate) const CANCEL: u32 = 8;
    pub(crate) const ENHANCE_YOUR_CALM: u32 = 11;
}

/// The settings (RFC 9113, 6.5.2).
pub(crate) mod setting {
    pub(crate) const ENABLE_PUSH: u16 = 2;
    pub(crate) const INITIAL_WINDOW_SIZE: u16 = 4;
    pub(crate) const MAX_FRAME_SIZE: u16 = 5;
}

pub(crate) const NO_FLAGS: u8 = 0;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
pub(crate) const PADDED: u8 = 8;
pub(crate) const WITH_PRIORITY: u8 = 0x20;
/// The flags of a complete request in one frame.
pub(crate) const WHOLE: u8 = END_STREAM | END_HEADERS;

/// The largest window (RFC 9113, 6.9.1).
pub(crate) const MAX_WINDOW: u32 = (1 << 31) - 1;
/// The largest frame that a server must accept by default (RFC 9113, 4.2).
pub(crate) const MAX_FRAME: usize = 1 << 14;

/// Returns a frame of any kind.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let len = u32::try_from(payload.len()).expect("it is short");
    let mut bytes = len.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(crate) fn data(flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    frame(kind::DATA, flags, stream, payload)
}

pub(crate) fn headers(flags: u8, stream: u32, fields: &[Field<'_>]) -> Vec<u8> {
    frame(kind::HEADERS, flags, stream, block(fields))
}

pub(crate) fn continuation(flags: u8, stream: u32, fields: &[Field<'_>]) -> Vec<u8> {
    frame(kind::CONTINUATION, flags, stream, block(fields))
}

pub(crate) fn priority(stream: u32, on: u32, weight: u8) -> Vec<u8> {
    frame(kind::PRIORITY, NO_FLAGS, stream, dependency(on, weight))
}

/// Returns the dependency of a stream in PRIORITY and HEADERS (RFC 9113, 6.3).
pub(crate) fn dependency(on: u32, weight: u8) -> [u8; 5] {
    let [a, b, c, d] = on.to_be_bytes();
    [a, b, c, d, weight]
}

pub(crate) fn reset(stream: u32, code: u32) -> Vec<u8> {
    frame(kind::RST_STREAM, NO_FLAGS, stream, code.to_be_bytes())
}

pub(crate) fn settings(values: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = values
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    frame(kind::SETTINGS, NO_FLAGS, 0, payload)
}

pub(crate) fn ping(payload: &[u8]) -> Vec<u8> {
    frame(kind::PING, NO_FLAGS, 0, payload)
}

pub(crate) fn window_update(stream: u32, by: u32) -> Vec<u8> {
    frame(kind::WINDOW_UPDATE, NO_FLAGS, stream, by.to_be_bytes())
}

/// A header or a pseudo-header.
pub(crate) type Field<'f> = (&'f str, &'f str);

/// Returns the pseudo-headers of a request.
pub(crate) fn request<'f>(method: &'f str, path: &'f str) -> Vec<Field<'f>> {
    vec![
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "a"),
    ]
}

/// Returns a request without a body.
pub(crate) fn get(stream: u32, path: &str) -> Vec<u8> {
    headers(WHOLE, stream, &request("GET", path))
}

/// Returns the head of a request whose body follows.
pub(crate) fn post(stream: u32, path: &str) -> Vec<u8> {
    headers(END_HEADERS, stream, &request("POST", path))
}

/// Encodes fields as literals, without indexing and without Huffman coding (RFC 7541, 6.2.2).
pub(crate) fn block(fields: &[Field<'_>]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        string(&mut block, name);
        string(&mut block, value);
    }
    block
}

/// Encodes a string with its length. A short length is encoded in seven bits (RFC 7541, 5.1).
fn string(block: &mut Vec<u8>, text: &str) {
    match text.len().checked_sub(127) {
        None => block.extend(u8::try_from(text.len())),
        Some(mut rest) => {
            block.push(127);
            while rest >= 128 {
                block.extend(u8::try_from(rest % 128 + 128));
                rest /= 128;
            }
            block.extend(u8::try_from(rest));
        }
    }
    block.extend(text.as_bytes());
}
