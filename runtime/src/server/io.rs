//! The stream as hyper owns it: each call goes to the connection's own.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;

/// The stream that hyper owns.
pub(super) struct Io<A>(Arc<Connection<A>>);

impl<A> Io<A> {
    pub(super) fn new(connection: Arc<Connection<A>>) -> Self {
        Self(connection)
    }
}

impl<A> AsyncRead for Io<A> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let faulty = ready!(self.0.wire.lock().poll_read(cx, into))?;
        let activity = &self.0.activity;
        activity.read(into.filled().len() - before);
        if let Some(number) = faulty {
            activity.refuse(number);
        }
        Poll::Ready(Ok(()))
    }
}

impl<A> AsyncWrite for Io<A> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.wire.lock().poll_write(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.0.wire.lock();
        if wire.is_direct() {
            return wire.poll_send(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.wire.lock().poll_shutdown(cx)
    }
}
