//! Reads a whole body, up to a limit.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body::Body;

use super::BoxError;
use super::pace;

/// How much memory is reserved for a length that the client only announces. More is reserved as the body arrives.
const MAX_RESERVED: u64 = 64 * 1024;

/// An error that occurs while a body is read. It converts to a [`Rejection`](crate::Rejection).
///
/// # Examples
/// ```
/// use highball::{Body, body::ReadError};
///
/// # highball::block_on(async {
/// let error = Body::from("hello").collect(4).await.unwrap_err();
/// assert!(matches!(error, ReadError::TooLarge));
/// # });
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The body has, or announces, more bytes than the limit.
    TooLarge,
    /// The client sent the body more slowly than [`Config::min_body_rate`](crate::Config::min_body_rate) allows.
    TooSlow,
    /// The client disconnected, or sent bytes that are not a valid body.
    Client(BoxError),
}

impl ReadError {
    /// Classifies an error of a request's body.
    pub(crate) fn from_error(error: BoxError) -> Self {
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
            Self::TooSlow => f.write_str("the body arrived too slowly"),
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

/// Reads the whole body. A body of one chunk is not copied.
///
/// This is one future without others in it, because every handler's future contains it.
pub(super) async fn collect<B>(body: &mut B, limit: u64) -> Result<Bytes, ReadError>
where
    B: Body<Data: Buf, Error: Into<BoxError>> + Unpin,
{
    // An announced length over the limit is rejected before any of the body is read.
    if body.size_hint().lower() > limit {
        return Err(ReadError::TooLarge);
    }
    let mut read = Chunks::default();
    while !body.is_end_stream() {
        let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await else {
            break;
        };
        let frame = frame.map_err(|error| ReadError::from_error(error.into()))?;
        // Trailers are skipped.
        if let Ok(chunk) = frame.into_data() {
            read.add(chunk, limit, body.size_hint().lower())?;
        }
    }
    Ok(read.into_bytes())
}

/// The chunks of a body that have been read. A single one is kept as it is.
enum Chunks {
    One(Bytes),
    Many(BytesMut),
}

impl Default for Chunks {
    fn default() -> Self {
        Self::One(Bytes::new())
    }
}

impl Chunks {
    /// Adds a chunk. `announced` is the number of bytes that the client announces after it.
    fn add(&mut self, mut chunk: impl Buf, limit: u64, announced: u64) -> Result<(), ReadError> {
        let before = match self {
            Self::One(bytes) => bytes.len(),
            Self::Many(all) => all.len(),
        };
        let len = before + chunk.remaining();
        if len as u64 > limit {
            return Err(ReadError::TooLarge);
        }
        match self {
            Self::Many(all) => all.put(chunk),
            Self::One(_) if before == 0 => *self = Self::One(chunk.copy_to_bytes(len)),
            Self::One(_) if len == before => {}
            Self::One(first) => {
                let more = announced.min(MAX_RESERVED) as usize;
                let mut all = BytesMut::with_capacity(len + more);
                all.extend_from_slice(first);
                all.put(chunk);
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
