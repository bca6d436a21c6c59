//! The write half of a [`BufferedStream`].

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

use super::{BufferedStream, MAX_BUFFERED};
use crate::pool::{self, Buffer};

impl BufferedStream {
    /// Sends each write directly, for the owner of an upgrade.
    pub(in crate::server) fn send_each_write(&mut self) {
        self.direct = true;
        self.framing = None;
    }

    pub(in crate::server) fn is_direct(&self) -> bool {
        self.direct
    }

    /// Returns the number of successful sends if the socket is blocked.
    pub(in crate::server) fn stuck_at(&self) -> Option<u32> {
        self.blocked.then_some(self.progress)
    }

    /// Returns whether everything has been sent.
    pub(in crate::server) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(in crate::server) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if !self.direct && self.bytes.len() + count <= MAX_BUFFERED {
            return Poll::Ready(Ok(self.buffer(slices, count)));
        }
        // Large writes are not copied into the buffer: the buffer is sent first, then the slices
        // directly. Neither are writes after an upgrade, because no task would send the buffer.
        ready!(self.poll_send(cx))?;
        let outcome = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.track_progress(outcome)
    }

    fn buffer(&mut self, slices: &[IoSlice<'_>], count: usize) -> usize {
        if self.bytes.capacity() == 0 {
            self.bytes = pool::buffer();
        }
        for slice in slices {
            self.bytes.extend_from_slice(slice);
        }
        count
    }

    /// Sends the buffer and returns it to the pool, so that an idle connection holds none.
    pub(in crate::server) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.bytes.len() {
            let outcome = Pin::new(&mut self.socket).poll_write(cx, &self.bytes[self.sent..]);
            let count = ready!(self.track_progress(outcome))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += count;
        }
        self.sent = 0;
        if self.bytes.capacity() != 0 {
            self.bytes = Buffer::default();
        }
        self.poll_flush(cx)
    }

    /// Flushes the socket. Only TLS and custom streams buffer data.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.socket).poll_flush(cx);
        if outcome.is_pending() {
            (self.blocked, self.flushing) = (true, true);
        } else if std::mem::take(&mut self.flushing) {
            self.blocked = false;
            self.progress = self.progress.wrapping_add(1);
        }
        outcome
    }

    /// Makes closing the socket reset the connection, so that the client sees an error.
    pub(in crate::server) fn reset_on_close(&self) {
        self.socket.reset_on_close();
    }

    pub(in crate::server) fn poll_shutdown(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    /// Best effort: sends these last bytes without waiting for the socket.
    pub(in crate::server) fn send_last(&mut self, cx: &mut Context<'_>, last: &[u8]) {
        self.bytes.extend_from_slice(last);
        let _best_effort = self.poll_send(cx);
    }

    fn track_progress(&mut self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.blocked = outcome.is_pending();
        if outcome.is_ready() {
            self.progress = self.progress.wrapping_add(1);
        }
        outcome
    }
}
