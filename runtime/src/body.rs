//! Bodies: what an answer carries, [`Body`], and what a request brings, [`RequestBody`].
//!
//! Both are plain enums, so that an answer made of bytes costs no box and its length is known
//! before the first poll; only a stream is boxed.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::Full;

use crate::{
    panics::discard,
    pool::Buffer,
    tasks::{Signal, polled},
};

mod chunk;
mod collect;
mod end_hook;
mod outcome;
mod pace;
mod produce;
mod promise;
mod request;
mod stream;

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

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer.
///
/// It is made from text, bytes, or any [`http_body::Body`] by [`Body::new`].
#[derive(Default)]
pub struct Body {
    kind: Kind,
    /// Runs when the body has ended, if anything observes it.
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
    /// Makes a body without bytes.
    pub const fn empty() -> Self {
        Self::of(Kind::Empty)
    }

    const fn of(kind: Kind) -> Self {
        Self { kind, on_end: None }
    }

    /// Runs the hook when the body has ended or is dropped.
    pub(crate) fn on_end(&mut self, hook: OnEnd) {
        self.on_end = Some(hook);
    }

    /// Has a stream hear of the server's stop.
    pub(crate) fn follow_shutdown(&mut self, signal: &Signal) {
        if let Kind::Stream(stream) = &mut self.kind {
            stream.signal = Some(signal.clone());
        }
    }

    /// Makes a body of any other one.
    ///
    /// It is boxed, unless it is a [`Body`] already.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let mut body = Some(body);
        if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return own.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, |body| {
            Self::of(Kind::Stream(Stream::new(body)))
        })
    }

    /// Returns the number of bytes that are still to come, if it is known.
    pub fn len(&self) -> Option<u64> {
        http_body::Body::size_hint(self).exact()
    }

    /// Returns whether the body is known to hold no bytes.
    pub fn is_empty(&self) -> bool {
        http_body::Body::is_end_stream(self)
    }

    /// Reads the whole body, up to `limit` bytes.
    ///
    /// # Errors
    ///
    /// Fails when there are more bytes than that, or when the stream fails.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, ReadError> {
        collect::collect(&mut self, limit).await
    }

    /// Returns the bytes, if all of them are here.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Empty => Some(&[]),
            Kind::Static(bytes) => Some(bytes),
            Kind::Pooled(buffer) => Some(buffer),
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream(_) => None,
        }
    }

    /// Returns whether all bytes are here, so that no poll of the body ever waits.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole().is_some()
    }

    /// Returns the next frame, as the server sends it: a pooled buffer is not copied.
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

    /// Reports a frame to the hook. After the last one the hook runs.
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
        Self::of(Kind::Static(text.as_bytes()))
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Self::of(Kind::Static(bytes))
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
        Self::of(Kind::Bytes(bytes.into()))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::of(Kind::Bytes(bytes))
    }
}

impl From<Buffer> for Body {
    fn from(buffer: Buffer) -> Self {
        Self::of(Kind::Pooled(buffer))
    }
}

impl From<Full<Bytes>> for Body {
    fn from(full: Full<Bytes>) -> Self {
        // `Full` shows its bytes only by being polled, which is ready at once.
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

type PolledFrame = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// A boxed stream of frames.
///
/// The lock is never taken through `&self` by two at once and costs nothing through `&mut self`;
/// it makes the type `Sync`, so that a future may hold `&Response<Body>` across an await.
struct Stream {
    frames: Mutex<Pin<Box<dyn MapFrames>>>,
    /// What tells it of a stop.
    signal: Option<Signal>,
}

impl Stream {
    fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        Self {
            frames: Mutex::new(Box::pin(body)),
            signal: None,
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let body = self
            .frames
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        polled(&self.signal, || body.as_mut().poll_next(cx))
    }

    /// Polls it; none is what a panic leaves. The panic hook has reported it, and what was gathered of
    /// other answers on the connection is still sent.
    fn poll_caught(&mut self, cx: &mut Context<'_>) -> Option<PolledFrame> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.poll_frame(cx)));
        polled.map_err(discard).ok()
    }

    fn is_end_stream(&self) -> bool {
        self.frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ended()
    }

    fn size_hint(&self) -> SizeHint {
        self.frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .hint()
    }
}

/// A body with its data and error brought to one type.
///
/// It is a trait of its own since `http_body_util`'s `map_frame` forgets the size hint.
trait MapFrames: Send {
    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>>;
    fn ended(&self) -> bool;
    fn hint(&self) -> SizeHint;
}

impl<B> MapFrames for B
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send,
{
    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll_frame(cx)
            .map_ok(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())))
            .map_err(Into::into)
    }

    fn ended(&self) -> bool {
        self.is_end_stream()
    }

    fn hint(&self) -> SizeHint {
        self.size_hint()
    }
}

#[cfg(test)]
mod tests;
