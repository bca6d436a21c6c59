//! Enforces the declared length of a stream.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use http_body::{Body as _, Frame, SizeHint};

use super::{Body, BoxError};
use crate::{events, routes::Blame};

impl Body {
    /// Enforces the length that the response, or the stream itself, declares.
    ///
    /// A stream with more or fewer bytes fails, and the error is logged. It fails before the client could take a part
    /// for the whole body, or the rest for the next response.
    pub(crate) fn enforce_length(&mut self, length: u64, blame: Blame) {
        let body = mem::take(self);
        *self = Self::new(FixedLengthBody {
            body,
            length,
            left: length,
            trailers: None,
            blame,
        });
    }
}

/// A body that must have the declared number of bytes.
struct FixedLengthBody {
    body: Body,
    length: u64,
    /// The number of bytes that are left.
    left: u64,
    /// The trailers, which were read early to see that no data is left.
    trailers: Option<Frame<Bytes>>,
    blame: Blame,
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

impl FixedLengthBody {
    fn poll(&mut self, cx: &mut Context<'_>) -> Polled {
        if let Some(trailers) = self.trailers.take() {
            return Poll::Ready(Some(Ok(trailers)));
        }
        if self.length > 0 && self.left == 0 {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => Some(self.count(frame, cx)),
            None if self.left > 0 => Some(Err(self.too_short())),
            end => end,
        })
    }

    /// Counts a frame and returns it.
    fn count(
        &mut self,
        frame: Frame<Bytes>,
        cx: &mut Context<'_>,
    ) -> Result<Frame<Bytes>, BoxError> {
        let Some(data) = frame.data_ref() else {
            return match self.left {
                0 => Ok(frame),
                _ => Err(self.too_short()),
            };
        };
        let len = data.remaining() as u64;
        self.left = self.left.checked_sub(len).ok_or_else(|| self.too_long())?;
        if self.left == 0 && len > 0 {
            self.expect_end(cx)?;
        }
        Ok(frame)
    }

    /// Checks that the stream ends, before its last bytes are sent. Afterwards it would not be polled again, and a
    /// response that was cut off would look complete.
    fn expect_end(&mut self, cx: &mut Context<'_>) -> Result<(), BoxError> {
        while let Poll::Ready(Some(frame)) = Pin::new(&mut self.body).poll_frame(cx) {
            let frame = frame?;
            match frame.data_ref() {
                Some(data) if data.has_remaining() => return Err(self.too_long()),
                Some(_) => {}
                None => {
                    self.trailers = Some(frame);
                    break;
                }
            }
        }
        Ok(())
    }

    fn too_short(&self) -> BoxError {
        let sent = self.length - self.left;
        self.fail(&format!("has ended after {sent} of"))
    }

    fn too_long(&self) -> BoxError {
        self.fail("has more than")
    }

    fn fail(&self, what: &str) -> BoxError {
        let (blame, length) = (self.blame, self.length);
        let text = format!("the body of {blame} {what} the {length} bytes that are declared");
        events::body_has_wrong_length(&text);
        text.into()
    }
}

impl http_body::Body for FixedLengthBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        self.get_mut().poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.length > 0 && self.left == 0 && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
