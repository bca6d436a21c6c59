//! A stream whose length has been declared: it is kept to it.

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
    /// Keeps a stream to the length that its response, or the stream itself, declares.
    ///
    /// A stream that has more or fewer bytes fails before the client could take what it has for the
    /// whole, or the rest for the next response; what is wrong is logged.
    pub(crate) fn enforce_length(&mut self, length: u64, blame: Blame) {
        let body = mem::take(self);
        *self = Self::new(Promised {
            body,
            length,
            left: length,
            trailers: None,
            blame,
        });
    }
}

/// A body that must have as many bytes as its head says.
struct Promised {
    body: Body,
    length: u64,
    /// How many bytes are to come.
    left: u64,
    /// What was found behind the last byte, and is sent after it.
    trailers: Option<Frame<Bytes>>,
    blame: Blame,
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

impl Promised {
    fn poll(&mut self, cx: &mut Context<'_>) -> Polled {
        if let Some(trailers) = self.trailers.take() {
            return Poll::Ready(Some(Ok(trailers)));
        }
        if self.length > 0 && self.left == 0 {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => Some(self.take(frame, cx)),
            None if self.left > 0 => Some(Err(self.short())),
            end => end,
        })
    }

    /// Counts a frame.
    fn take(
        &mut self,
        frame: Frame<Bytes>,
        cx: &mut Context<'_>,
    ) -> Result<Frame<Bytes>, BoxError> {
        let Some(data) = frame.data_ref() else {
            return match self.left {
                0 => Ok(frame),
                _ => Err(self.short()),
            };
        };
        let len = data.remaining() as u64;
        self.left = self.left.checked_sub(len).ok_or_else(|| self.long())?;
        if self.left == 0 && len > 0 {
            self.look_behind(cx)?;
        }
        Ok(frame)
    }

    /// Looks behind the last byte before that is sent: afterwards nobody asks for more, and an
    /// answer that was cut would look whole.
    fn look_behind(&mut self, cx: &mut Context<'_>) -> Result<(), BoxError> {
        while let Poll::Ready(Some(frame)) = Pin::new(&mut self.body).poll_frame(cx) {
            let frame = frame?;
            match frame.data_ref() {
                Some(data) if data.has_remaining() => return Err(self.long()),
                Some(_) => {}
                None => {
                    self.trailers = Some(frame);
                    break;
                }
            }
        }
        Ok(())
    }

    fn short(&self) -> BoxError {
        let sent = self.length - self.left;
        self.fail(&format!("has ended after {sent} of"))
    }

    fn long(&self) -> BoxError {
        self.fail("has more than")
    }

    fn fail(&self, what: &str) -> BoxError {
        let (blame, length) = (self.blame, self.length);
        let text = format!("the body of {blame} {what} the {length} bytes that are declared");
        events::body_has_wrong_length(&text);
        text.into()
    }
}

impl http_body::Body for Promised {
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
