//! The body of a request.

use std::any::Any;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::{BoxError, Pace, ReadError, Stream, collect};

/// The body of a request, which is read from the connection when it is polled.
///
/// # Examples
/// ```
/// use highball::body::RequestBody;
///
/// # highball::block_on(async {
/// let mut body = RequestBody::from("hello");
/// assert_eq!(body.read(100).await.unwrap(), "hello");
/// # });
/// ```
#[derive(Default)]
pub struct RequestBody {
    source: BodySource,
    /// The minimum speed, if the body comes from a client.
    pace: Option<Pace>,
    /// The connection that is notified if the body is dropped before its end.
    reader: Option<Reader>,
}

/// A connection that closes after a request whose body is not read to its end.
pub(crate) trait Reads: Send + Sync {
    /// Records that the rest of this request's body is not read.
    fn leave_body(&self, number: u32);
}

/// A connection, and the number of a request on it.
struct Reader(Arc<dyn Reads>, u32);

#[derive(Default)]
enum BodySource {
    #[default]
    Empty,
    Bytes(Bytes),
    Incoming(Incoming),
    Stream(Stream),
}

impl RequestBody {
    /// Returns a body without bytes.
    pub const fn empty() -> Self {
        Self::from_source(BodySource::Empty)
    }

    const fn from_source(source: BodySource) -> Self {
        Self {
            source,
            pace: None,
            reader: None,
        }
    }

    /// Returns a body of any other type of body.
    ///
    /// It is boxed, unless it is a [`RequestBody`] or hyper's `Incoming`, or has no bytes.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        if body.is_end_stream() {
            return Self::empty();
        }
        let mut body = Some(body);
        let any: &mut dyn Any = &mut body;
        if let Some(own) = any.downcast_mut::<Option<Self>>() {
            return own.take().unwrap_or_default();
        }
        if let Some(incoming) = any.downcast_mut::<Option<Incoming>>() {
            return incoming.take().map(Self::from).unwrap_or_default();
        }
        body.map_or_else(Self::empty, |body| {
            Self::from_source(BodySource::Stream(Stream::new(body)))
        })
    }

    /// Reads the whole body, up to `limit` bytes. A second call returns no bytes.
    ///
    /// A body that arrives in one chunk is not copied.
    ///
    /// # Errors
    /// Returns an error if the announced length is over the limit, before any of the body is read. Also returns an
    /// error if the body exceeds the limit, or the client stops before its end.
    ///
    /// # Cancel safety
    /// If the future is dropped, the part of the body that was read is lost.
    pub async fn read(&mut self, limit: u64) -> Result<Bytes, ReadError> {
        let outcome = match self.source {
            BodySource::Empty | BodySource::Bytes(_) => self.take_bytes(limit),
            _ => collect::collect(self, limit).await,
        };
        // The rest of a body that was rejected or has failed is never read.
        self.drop_unread();
        outcome
    }

    /// Returns the bytes of a body that is in memory.
    fn take_bytes(&mut self, limit: u64) -> Result<Bytes, ReadError> {
        match mem::take(&mut self.source) {
            BodySource::Bytes(bytes) if bytes.len() as u64 > limit => Err(ReadError::TooLarge),
            BodySource::Bytes(bytes) => Ok(bytes),
            _ => Ok(Bytes::new()),
        }
    }

    /// Sets the minimum speed of the body. A body in memory has none.
    pub(crate) fn paced(mut self, pace: Pace) -> Self {
        if matches!(self.source, BodySource::Incoming(_) | BodySource::Stream(_)) {
            self.pace = Some(pace);
        }
        self
    }

    /// Sets the connection that is notified if the body is not read to its end.
    pub(crate) fn read_by(&mut self, connection: Arc<dyn Reads>, number: u32) {
        if matches!(self.source, BodySource::Incoming(_)) {
            self.reader = Some(Reader(connection, number));
        }
    }

    /// Drops the rest of the body.
    #[inline]
    pub(crate) fn drop_unread(&mut self) {
        if !matches!(self.source, BodySource::Empty) {
            self.notify_reader();
            self.source = BodySource::Empty;
        }
    }

    #[inline]
    fn notify_reader(&mut self) {
        // Most requests have no body and no reader, so only this check is inlined.
        if self.reader.is_some() {
            self.leave_unread();
        }
    }

    #[cold]
    fn leave_unread(&mut self) {
        if let Some(Reader(connection, number)) = self.reader.take()
            && !self.source.is_end_stream()
        {
            connection.leave_body(number);
        }
    }

    /// Returns the bytes if all of them are in memory.
    ///
    /// # Errors
    /// Returns the body itself if it is a stream.
    pub(super) fn into_bytes(mut self) -> Result<Bytes, Self> {
        match mem::take(&mut self.source) {
            BodySource::Empty => Ok(Bytes::new()),
            BodySource::Bytes(bytes) => Ok(bytes),
            source => {
                self.source = source;
                Err(self)
            }
        }
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.notify_reader();
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let body = self.get_mut();
        let frame = body.source.poll_frame(cx);
        if let Poll::Ready(None) = frame {
            body.reader = None;
        }
        let Some(pace) = &mut body.pace else {
            return frame;
        };
        match frame {
            Poll::Pending => pace
                .poll_too_slow(cx)
                .map(|too_slow| Some(Err(too_slow.into()))),
            Poll::Ready(Some(Ok(frame))) => {
                pace.receive(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            end @ Poll::Ready(_) => end,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            BodySource::Empty => SizeHint::with_exact(0),
            BodySource::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            BodySource::Incoming(incoming) => incoming.size_hint(),
            BodySource::Stream(stream) => stream.size_hint(),
        }
    }
}

impl BodySource {
    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Incoming(incoming) => incoming.is_end_stream(),
            Self::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self {
            Self::Empty => Poll::Ready(None),
            Self::Bytes(bytes) => {
                let bytes = mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Incoming(incoming) => Pin::new(incoming).poll_frame(cx).map_err(Into::into),
            Self::Stream(stream) => stream.poll_frame(cx),
        }
    }
}

impl From<Incoming> for RequestBody {
    fn from(incoming: Incoming) -> Self {
        if incoming.is_end_stream() {
            return Self::empty();
        }
        Self::from_source(BodySource::Incoming(incoming))
    }
}

impl From<()> for RequestBody {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

impl From<&'static str> for RequestBody {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<String> for RequestBody {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<Vec<u8>> for RequestBody {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        Self::from_source(BodySource::Bytes(bytes))
    }
}

impl From<super::Body> for RequestBody {
    fn from(body: super::Body) -> Self {
        if body.is_empty() {
            return Self::empty();
        }
        Self::new(body)
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody")
            .field("len", &self.size_hint().exact())
            .finish()
    }
}
