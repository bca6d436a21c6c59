//! Bodies with pooled buffers.

use std::{
    cell::RefCell,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Buf;
use http_body::{Frame, SizeHint};

/// The largest buffer that is returned to the pool.
const MOST: usize = 256 * 1024;

thread_local! {
    static POOL: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Takes a buffer from the pool.
pub(crate) fn buffer() -> Vec<u8> {
    POOL.with_borrow_mut(Vec::pop).unwrap_or_default()
}

/// The body of a response.
#[derive(Default)]
pub(crate) enum Body {
    #[default]
    Empty,
    Static(&'static [u8]),
    Pooled(Vec<u8>),
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Static(bytes) => bytes.len(),
            Self::Pooled(bytes) => bytes.len(),
        }
    }
}

impl http_body::Body for Body {
    type Data = Piece;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, Infallible>>> {
        let body = std::mem::take(self.get_mut());
        let piece = match body {
            Self::Empty => return Poll::Ready(None),
            body => Piece { body, sent: 0 },
        };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.len() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len() as u64)
    }
}

/// A buffer that is being sent. Dropping it returns the buffer to the pool.
pub(crate) struct Piece {
    body: Body,
    sent: usize,
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.body.len() - self.sent
    }

    fn chunk(&self) -> &[u8] {
        match &self.body {
            Body::Empty => &[],
            Body::Static(bytes) => &bytes[self.sent..],
            Body::Pooled(bytes) => &bytes[self.sent..],
        }
    }

    fn advance(&mut self, count: usize) {
        self.sent += count;
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Body::Pooled(mut bytes) = std::mem::take(&mut self.body)
            && bytes.capacity() <= MOST
        {
            bytes.clear();
            POOL.with_borrow_mut(|pool| pool.push(bytes));
        }
    }
}
