//! Reading a whole body, up to a limit.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body::Body;

use super::BoxError;
use super::pace;

/// How much is reserved for a body on the client's word alone; more is reserved as it arrives.
const RESERVED_AT_MOST: u64 = 64 * 1024;

/// Why a body could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// It holds, or announced, more bytes than allowed.
    TooLarge,
    /// The client sent it more slowly than [`Config::body_rate`](crate::Config::body_rate) allows.
    TooSlow,
    /// The client went away, or sent something that is not a body.
    Client(BoxError),
}

impl ReadError {
    /// Returns what an error of a request's body means.
    pub(crate) fn of(error: BoxError) -> Self {
        if error.is::<pace::TooSlow>() {
            return Self::TooSlow;
        }
        Self::Client(error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the body is larger than allowed"),
            Self::TooSlow => f.write_str("the body came too slowly"),
            Self::Client(_) => f.write_str("the body could not be read to its end"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooLarge | Self::TooSlow => None,
            Self::Client(error) => Some(&**error),
        }
    }
}

/// Reads the body to its end; a body of one piece is handed on without a copy.
///
/// It is one future without others in it: every handler's has room for it.
pub(super) async fn collect<B>(body: &mut B, limit: u64) -> Result<Bytes, ReadError>
where
    B: Body<Data: Buf, Error: Into<BoxError>> + Unpin,
{
    // What the client announces is refused before a byte of it is read.
    if body.size_hint().lower() > limit {
        return Err(ReadError::TooLarge);
    }
    let mut pieces = Pieces::default();
    while !body.is_end_stream() {
        let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await else {
            break;
        };
        let frame = frame.map_err(|error| ReadError::of(error.into()))?;
        // Trailers are skipped.
        if let Ok(piece) = frame.into_data() {
            pieces.add(piece, limit, body.size_hint().lower())?;
        }
    }
    Ok(pieces.into_bytes())
}

/// What has been read of a body.
enum Pieces {
    One(Bytes),
    Many(BytesMut),
}

impl Default for Pieces {
    fn default() -> Self {
        Self::One(Bytes::new())
    }
}

impl Pieces {
    /// Adds a piece; so many bytes are announced behind it.
    fn add(&mut self, mut piece: impl Buf, limit: u64, announced: u64) -> Result<(), ReadError> {
        let before = match self {
            Self::One(bytes) => bytes.len(),
            Self::Many(all) => all.len(),
        };
        let len = before + piece.remaining();
        if len as u64 > limit {
            return Err(ReadError::TooLarge);
        }
        match self {
            Self::Many(all) => all.put(piece),
            Self::One(_) if before == 0 => *self = Self::One(piece.copy_to_bytes(len)),
            Self::One(_) if len == before => {}
            Self::One(first) => {
                let more = announced.min(RESERVED_AT_MOST) as usize;
                let mut all = BytesMut::with_capacity(len + more);
                all.extend_from_slice(first);
                all.put(piece);
                *self = Self::Many(all);
            }
        }
        Ok(())
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(all) => all.freeze(),
        }
    }
}
