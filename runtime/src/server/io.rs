//! The socket as hyper sees it: reads go straight to it, small writes are gathered.
//!
//! hyper can gather the answers to pipelined requests itself (`pipeline_flush`), but it then holds
//! a finished answer back for as long as its read buffer holds anything, be it half a head or the
//! stray line end that old clients send after a body, and its buffer has no bound. Here, what was
//! written while hyper was polled once is sent when that poll is over: a batch costs one send, and
//! nothing waits for the client.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::Connection;
use crate::pool::{self, Buffer};

/// How many bytes are gathered before they are sent.
const MOST_GATHERED: usize = 16 * 1024;
/// How long the beginning of a connection is that tells HTTP/2 from HTTP/1.
pub(super) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The stream that hyper owns.
pub(super) struct Io<A> {
    connection: Arc<Connection<A>>,
    half: OwnedReadHalf,
    /// Bytes that were read before hyper was: they are read again first.
    early: [u8; PREFACE.len()],
    early_from: u8,
    early_to: u8,
}

impl<A> Io<A> {
    pub(super) fn new(connection: Arc<Connection<A>>, half: OwnedReadHalf) -> Self {
        Self {
            connection,
            half,
            early: [0; PREFACE.len()],
            early_from: 0,
            early_to: 0,
        }
    }

    /// Reads until it is known whether the client speaks HTTP/2.
    #[cfg(feature = "http2")]
    pub(super) fn poll_is_http2(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            let seen = usize::from(self.early_to);
            if self.early[..seen] != PREFACE[..seen] {
                return Poll::Ready(Ok(false));
            }
            if seen == PREFACE.len() {
                return Poll::Ready(Ok(true));
            }
            let mut rest = ReadBuf::new(&mut self.early[seen..]);
            ready!(Pin::new(&mut self.half).poll_read(cx, &mut rest))?;
            let count = rest.filled().len();
            self.connection.activity.read(count);
            if count == 0 {
                return Poll::Ready(Ok(false));
            }
            // At most 24, so the cast loses nothing.
            self.early_to += count as u8;
        }
    }

    fn take_early(&mut self, into: &mut ReadBuf<'_>) {
        let early = &self.early[usize::from(self.early_from)..usize::from(self.early_to)];
        let count = early.len().min(into.remaining());
        into.put_slice(&early[..count]);
        // At most 24, so the cast loses nothing.
        self.early_from += count as u8;
    }
}

impl<A> AsyncRead for Io<A> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let io = self.get_mut();
        if io.early_from < io.early_to {
            io.take_early(into);
            return Poll::Ready(Ok(()));
        }
        let before = into.filled().len();
        ready!(Pin::new(&mut io.half).poll_read(cx, into))?;
        io.connection.activity.read(into.filled().len() - before);
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
        self.connection.out.lock().poll_write(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut gathered = self.connection.out.lock();
        if gathered.direct {
            return gathered.poll_send(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut gathered = self.connection.out.lock();
        ready!(gathered.poll_send(cx))?;
        Pin::new(&mut gathered.half).poll_shutdown(cx)
    }
}

/// The writing side of a connection, shared by hyper's stream and the task that drives it.
pub(super) struct Out(Mutex<Gathered>);

/// The lock's inside: only one task takes it, so it never waits.
pub(super) struct Gathered {
    half: OwnedWriteHalf,
    bytes: Buffer,
    /// How many of the bytes have been sent.
    sent: usize,
    /// How many times the socket has taken something; it tells a slow client from a stuck one.
    progress: u32,
    /// The socket took nothing when it was last asked.
    blocked: bool,
    /// Nobody sends what is gathered after a poll: an upgraded stream is on its own.
    direct: bool,
}

impl Out {
    pub(super) fn new(half: OwnedWriteHalf) -> Self {
        Self(Mutex::new(Gathered {
            half,
            bytes: Buffer::default(),
            sent: 0,
            progress: 0,
            blocked: false,
            direct: false,
        }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out").finish_non_exhaustive()
    }
}

impl Gathered {
    pub(super) fn stream(&self) -> &TcpStream {
        self.half.as_ref()
    }

    pub(super) fn send_each_write(&mut self) {
        self.direct = true;
    }

    /// Returns the count of sends if the client is not taking what it is sent.
    pub(super) fn stuck_at(&self) -> Option<u32> {
        self.blocked.then_some(self.progress)
    }

    /// Returns whether everything has been sent.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if !self.direct && self.bytes.len() + count <= MOST_GATHERED {
            return Poll::Ready(Ok(self.gather(slices, count)));
        }
        // More than fits is not copied, nor what nobody would send later: what was gathered goes
        // first, then the slices themselves.
        ready!(self.poll_send(cx))?;
        let outcome = Pin::new(&mut self.half).poll_write_vectored(cx, slices);
        self.note(outcome)
    }

    fn gather(&mut self, slices: &[IoSlice<'_>], count: usize) -> usize {
        if self.bytes.capacity() == 0 {
            self.bytes = pool::buffer();
        }
        for slice in slices {
            self.bytes.extend_from_slice(slice);
        }
        count
    }

    /// Sends what was gathered, and gives the buffer back: an idle connection holds none.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.bytes.len() {
            let outcome = Pin::new(&mut self.half).poll_write(cx, &self.bytes[self.sent..]);
            let count = ready!(self.note(outcome))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += count;
        }
        self.sent = 0;
        if self.bytes.capacity() != 0 {
            self.bytes = Buffer::default();
        }
        Poll::Ready(Ok(()))
    }

    fn note(&mut self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.blocked = outcome.is_pending();
        if outcome.is_ready() {
            self.progress = self.progress.wrapping_add(1);
        }
        outcome
    }
}
