//! A boxed stream of frames, as the content of a body.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};

use super::BoxError;
use crate::{
    panics::discard,
    tasks::{Signal, polled},
};

type PolledFrame = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// A boxed stream of frames.
///
/// The lock makes the type `Sync`, so that a future can have a `&Response<Body>` across an await. Through `&mut self`
/// it is not taken, and through `&self` there is never contention.
pub(super) struct Stream {
    frames: Mutex<Pin<Box<dyn MapFrames>>>,
    /// The shutdown signal of the server that sends the stream.
    pub(super) signal: Option<Signal>,
}

impl Stream {
    pub(super) fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        Self {
            frames: Mutex::new(Box::pin(body)),
            signal: None,
        }
    }

    pub(super) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let body = self
            .frames
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        polled(&self.signal, || body.as_mut().poll_next(cx))
    }

    /// Polls the stream, and returns `None` if it panics. The panic hook has logged it. It is caught so that other
    /// responses on the connection are still sent.
    pub(super) fn poll_caught(&mut self, cx: &mut Context<'_>) -> Option<PolledFrame> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.poll_frame(cx)));
        polled.map_err(discard).ok()
    }

    pub(super) fn is_end_stream(&self) -> bool {
        self.frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ended()
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        self.frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .hint()
    }
}

/// A body whose data and errors are converted to `Bytes` and [`BoxError`].
///
/// It is a separate trait because `map_frame` of `http_body_util` loses the size hint.
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
