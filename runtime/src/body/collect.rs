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
pub(super) async fn collect<B>(body: &mut B, limit: u64) -> Result<Bytes, ReadError>
where
    B: Body<Data: Buf, Error: Into<BoxError>> + Unpin,
{
    // What the client announces is refused before a byte of it is read.
    if body.size_hint().lower() > limit {
        return Err(ReadError::TooLarge);
    }
    let Some(mut first) = next_data(body).await? else {
        return Ok(Bytes::new());
    };
    check(first.remaining(), limit)?;
    let first = first.copy_to_bytes(first.remaining());
    if body.is_end_stream() {
        return Ok(first);
    }
    let Some(second) = next_data(body).await? else {
        return Ok(first);
    };
    gather(body, first, second, limit).await
}

/// Copies the pieces of a body together.
async fn gather<B>(
    body: &mut B,
    first: Bytes,
    second: B::Data,
    limit: u64,
) -> Result<Bytes, ReadError>
where
    B: Body<Data: Buf, Error: Into<BoxError>> + Unpin,
{
    let announced = body.size_hint().lower().min(RESERVED_AT_MOST) as usize;
    let mut all = BytesMut::with_capacity(first.len() + second.remaining() + announced);
    all.put(first);
    let mut next = Some(second);
    while let Some(piece) = next {
        check(all.len() + piece.remaining(), limit)?;
        all.put(piece);
        if body.is_end_stream() {
            break;
        }
        next = next_data(body).await?;
    }
    Ok(all.freeze())
}

fn check(len: usize, limit: u64) -> Result<(), ReadError> {
    if len as u64 > limit {
        return Err(ReadError::TooLarge);
    }
    Ok(())
}

/// Returns the next piece that holds bytes, and skips trailers.
async fn next_data<B>(body: &mut B) -> Result<Option<B::Data>, ReadError>
where
    B: Body<Data: Buf, Error: Into<BoxError>> + Unpin,
{
    while !body.is_end_stream() {
        let frame = match poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
            None => return Ok(None),
            Some(frame) => frame.map_err(|error| ReadError::of(error.into()))?,
        };
        match frame.into_data() {
            Ok(data) if data.has_remaining() => return Ok(Some(data)),
            _ => {}
        }
    }
    Ok(None)
}
