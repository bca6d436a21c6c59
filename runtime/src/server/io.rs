//! The stream that hyper owns: a handle to the connection's [`BufferedStream`].
//!
//! [`BufferedStream`]: super::buffered_stream::BufferedStream

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;
use crate::server::buffered_stream::Side;

/// A handle to a connection's stream, for hyper and later for the owner of an upgrade.
pub(super) struct Io<A>(Arc<Connection<A>>);

impl<A> Io<A> {
    pub(super) fn new(connection: Arc<Connection<A>>) -> Self {
        connection.stream.lock().mark_held();
        Self(connection)
    }
}

impl<A> Drop for Io<A> {
    fn drop(&mut self) {
        self.0.stream.lock().release();
    }
}

impl<A> AsyncRead for Io<A> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let mut stream = self.0.stream.lock();
        stream.check_held(Side::Read, cx)?;
        let faulty = ready!(stream.poll_read(cx, into))?;
        drop(stream);
        let activity = &self.0.activity;
        activity.record_read(into.filled().len() - before);
        if let Some(number) = faulty {
            activity.mark_invalid(number);
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
        let mut stream = self.0.stream.lock();
        stream.check_held(Side::Write, cx)?;
        stream.poll_write(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut stream = self.0.stream.lock();
        stream.check_held(Side::Write, cx)?;
        if stream.is_direct() {
            return stream.poll_send(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut stream = self.0.stream.lock();
        stream.check_held(Side::Write, cx)?;
        stream.poll_shutdown(cx)
    }
}
