//! The bodies of responses, [`Body`], and of requests, [`RequestBody`].
//!
//! Both are plain enums, so that a body of bytes is not boxed and its length is known before the first poll. Only
//! streams are boxed.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::Full;

use crate::{pool::Buffer, tasks::Signal};

mod boxed_stream;
mod chunk;
mod collect;
mod end_hook;
mod outcome;
mod pace;
mod produce;
mod promise;
mod request;
mod stream;

use self::boxed_stream::Stream;
pub(crate) use self::chunk::Chunk;
pub use self::collect::ReadError;
pub(crate) use self::end_hook::{EndHook, OnEnd};
#[doc(hidden)]
pub use self::outcome::Outcome;
pub(crate) use self::pace::Pace;
pub use self::produce::{Sender, produce};
pub(crate) use self::request::Reads;
pub use self::request::RequestBody;
pub use self::stream::BodyStream;

/// A boxed error of any type that can be sent between threads.
///
/// # Examples
/// ```
/// use highball::{Body, body::{BoxError, produce}, prelude::*};
///
/// #[get("/lines")]
/// async fn lines() -> Body {
///     Body::stream(produce(|lines| async move {
///         lines.send(Ok("one\n")).await;
///         lines.send(Err(BoxError::from("the source has failed"))).await;
///     }))
/// }
/// # #[routes(app)] struct Api(lines);
/// ```
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a response.
///
/// It is made from text or bytes by `From`, from a stream by [`Body::stream`], and from any other
/// [`http_body::Body`] by [`Body::new`].
///
/// # Examples
/// ```
/// use highball::Body;
///
/// let body = Body::from("hello");
/// assert_eq!(body.len(), Some(5));
/// # highball::block_on(async {
/// assert_eq!(body.collect(100).await.unwrap(), "hello");
/// # });
/// ```
#[derive(Default)]
pub struct Body {
    kind: Kind,
    /// The hook that runs when the body has ended, if an observer needs it.
    on_end: Option<OnEnd>,
}

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Static(&'static [u8]),
    Pooled(Buffer),
    Bytes(Bytes),
    Stream(Stream),
}

impl Body {
    /// Returns a body without bytes.
    pub const fn empty() -> Self {
        Self::from_kind(Kind::Empty)
    }

    const fn from_kind(kind: Kind) -> Self {
        Self { kind, on_end: None }
    }

    /// Sets the hook that runs when the body has ended or is dropped.
    pub(crate) fn on_end(&mut self, hook: OnEnd) {
        self.on_end = Some(hook);
    }

    /// Connects a stream to the server's shutdown signal.
    pub(crate) fn follow_shutdown(&mut self, signal: &Signal) {
        if let Kind::Stream(stream) = &mut self.kind {
            stream.signal = Some(signal.clone());
        }
    }

    /// Returns a body of any other type of body. It is boxed, unless it is a [`Body`] already.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let mut body = Some(body);
        if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return own.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, |body| {
            Self::from_kind(Kind::Stream(Stream::new(body)))
        })
    }

    /// Returns the number of bytes that are left, if it is known.
    pub fn len(&self) -> Option<u64> {
        http_body::Body::size_hint(self).exact()
    }

    /// Returns whether the body is known to have no more bytes.
    pub fn is_empty(&self) -> bool {
        http_body::Body::is_end_stream(self)
    }

    /// Reads the whole body, up to `limit` bytes.
    ///
    /// # Errors
    /// Returns an error if there are more bytes, or if the stream fails.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, ReadError> {
        collect::collect(&mut self, limit).await
    }

    /// Returns the bytes, if all of them are in memory.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Empty => Some(&[]),
            Kind::Static(bytes) => Some(bytes),
            Kind::Pooled(buffer) => Some(buffer),
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream(_) => None,
        }
    }

    /// Returns whether all bytes are in memory, so that a poll of the body is never pending.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole().is_some()
    }

    /// Polls the next frame for the server, without copying a pooled buffer.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Chunk>, BoxError>>> {
        let frame = match &mut self.kind {
            Kind::Stream(stream) => match stream.poll_caught(cx) {
                Some(frame) => frame.map_ok(|frame| frame.map_data(Chunk::from)),
                None => {
                    self.kind = Kind::Empty;
                    Poll::Ready(Some(Err("the body's stream panicked".into())))
                }
            },
            _ => Poll::Ready(self.next_chunk().map(|chunk| Ok(Frame::data(chunk)))),
        };
        if self.on_end.is_some() {
            self.record(&frame);
        }
        frame
    }

    /// Reports a frame to the hook. After the last frame the hook runs.
    fn record(&mut self, frame: &Poll<Option<Result<Frame<Chunk>, BoxError>>>) {
        let ended = http_body::Body::is_end_stream(self);
        let Some(hook) = self.on_end.as_mut().and_then(OnEnd::hook) else {
            return;
        };
        match frame {
            Poll::Ready(Some(Ok(frame))) => {
                hook.sent(frame.data_ref().map_or(0, Buf::remaining));
                if ended {
                    hook.ended(Outcome::Complete);
                }
            }
            Poll::Ready(Some(Err(_))) => {
                hook.ended(Outcome::Failed);
                self.on_end = None;
            }
            Poll::Ready(None) => {
                hook.ended(Outcome::Complete);
                self.on_end = None;
            }
            Poll::Pending => {}
        }
    }

    fn next_chunk(&mut self) -> Option<Chunk> {
        match std::mem::take(&mut self.kind) {
            Kind::Static(bytes) => Some(Chunk::from(bytes)),
            Kind::Pooled(buffer) => Some(Chunk::from(buffer)),
            Kind::Bytes(bytes) => Some(Chunk::from(bytes)),
            Kind::Empty | Kind::Stream(_) => None,
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.get_mut()
            .poll_chunk(cx)
            .map_ok(|frame| frame.map_data(Bytes::from))
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Static(bytes) => bytes.is_empty(),
            Kind::Pooled(buffer) => buffer.is_empty(),
            Kind::Bytes(bytes) => bytes.is_empty(),
            Kind::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let len = match &self.kind {
            Kind::Empty => 0,
            Kind::Static(bytes) => bytes.len(),
            Kind::Pooled(buffer) => buffer.len(),
            Kind::Bytes(bytes) => bytes.len(),
            Kind::Stream(stream) => return stream.size_hint(),
        };
        SizeHint::with_exact(len as u64)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("len", &self.len()).finish()
    }
}

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::from_kind(Kind::Static(text.as_bytes()))
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from_kind(Kind::Static(bytes))
    }
}

impl From<Cow<'static, str>> for Body {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_kind(Kind::Bytes(bytes.into()))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::from_kind(Kind::Bytes(bytes))
    }
}

impl From<Buffer> for Body {
    fn from(buffer: Buffer) -> Self {
        Self::from_kind(Kind::Pooled(buffer))
    }
}

impl From<Full<Bytes>> for Body {
    fn from(full: Full<Bytes>) -> Self {
        // The bytes of a `Full` can only be read by a poll, which is ready at once.
        let mut full = full;
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match http_body::Body::poll_frame(Pin::new(&mut full), &mut cx) {
            Poll::Ready(Some(Ok(frame))) => {
                frame.into_data().map_or_else(|_| Self::empty(), Self::from)
            }
            _ => Self::empty(),
        }
    }
}

impl From<RequestBody> for Body {
    fn from(body: RequestBody) -> Self {
        match body.into_bytes() {
            Ok(bytes) => Self::from(bytes),
            Err(body) => Self::new(body),
        }
    }
}

#[cfg(test)]
mod tests;
