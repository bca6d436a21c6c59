//! The two ends of a connection's stream: what was read early, and what is gathered to be sent.
//!
//! hyper can gather the answers to pipelined requests itself (`pipeline_flush`), but it then holds
//! a finished answer back for as long as its read buffer holds anything, be it half a head or the
//! stray line end that old clients send after a body, and its buffer has no bound. Here, what was
//! written while hyper was polled once is sent when that poll is over: a batch costs one send, and
//! nothing waits for the client.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::Framing;
use super::socket::Socket;
use crate::pool::{self, Buffer};
#[cfg(feature = "http2")]
use crate::server::http2_preface::{Greeting, NoSettings};

/// How many bytes are gathered before they are sent.
const MOST_GATHERED: usize = 16 * 1024;
/// How the beginning of a connection tells HTTP/2 from HTTP/1.
#[cfg(feature = "http2")]
const PREFACE: &[u8; MOST_EARLY] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How many bytes are read before hyper asks: as many as tell the protocol.
const MOST_EARLY: usize = 24;

/// A connection's stream, shared by what hyper owns and the task that drives it.
pub(super) struct Shared(Mutex<BufferedStream>);

/// The lock's inside: one task takes it, so it never waits, until the owner of an upgrade does as well.
pub(super) struct BufferedStream {
    socket: Socket,
    /// Bytes that were read before hyper asked: it reads them first.
    early: [u8; MOST_EARLY],
    early_from: u8,
    early_to: u8,
    /// Follows the requests of HTTP/1.
    framing: Option<Framing>,
    /// Follows the beginning of HTTP/2.
    #[cfg(feature = "http2")]
    greeting: Option<Greeting>,
    /// What comes is no body any more, and nothing else either.
    broken: bool,
    bytes: Buffer,
    /// How many of the bytes have been sent.
    sent: usize,
    /// How many times the socket has taken something; it tells a slow client from a stuck one.
    progress: u32,
    /// The socket took nothing when it was last asked.
    blocked: bool,
    /// It is the socket's own buffer that waits.
    flushing: bool,
    /// Nobody sends what is gathered after a poll: an upgraded stream is on its own.
    direct: bool,
    held: Holders,
}

/// Who holds the stream besides the task that drives it: hyper, and then the owner of an upgrade.
#[derive(Default)]
struct Holders {
    /// Nobody does any more.
    released: bool,
    /// The task is gone, and the stream with it.
    cut: bool,
    /// Woken when it is released.
    task: Option<Waker>,
    /// Those who read and write an upgraded stream; woken when it is cut.
    owners: [Option<Waker>; 2],
}

/// Which side of a stream someone waits for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Read,
    Write,
}

impl Shared {
    pub(super) fn new(socket: Socket) -> Self {
        Self(Mutex::new(BufferedStream {
            socket,
            early: [0; MOST_EARLY],
            early_from: 0,
            early_to: 0,
            framing: Some(Framing::default()),
            #[cfg(feature = "http2")]
            greeting: None,
            broken: false,
            bytes: Buffer::default(),
            sent: 0,
            progress: 0,
            blocked: false,
            flushing: false,
            direct: false,
            held: Holders::default(),
        }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, BufferedStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Reading.
impl BufferedStream {
    /// Returns whether the client speaks HTTP/2, once enough is read to tell.
    #[cfg(feature = "http2")]
    pub(super) fn is_http2(&self) -> Option<bool> {
        let seen = &self.early[..usize::from(self.early_to)];
        if *seen != PREFACE[..seen.len()] {
            return Some(false);
        }
        (seen.len() == PREFACE.len()).then_some(true)
    }

    /// Follows the beginning of HTTP/2, and no requests: they are interleaved.
    #[cfg(feature = "http2")]
    pub(super) fn follow_http2(&mut self) {
        self.framing = None;
        self.greeting = Some(Greeting::default());
    }

    /// Follows what HTTP/2 begins with; where that is wrong, the client is told and nothing is read.
    #[cfg(feature = "http2")]
    fn greet(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(greeting) = &mut self.greeting else {
            return Ok(());
        };
        match greeting.read(bytes) {
            Ok(false) => {}
            Ok(true) => self.greeting = None,
            Err(NoSettings) => {
                // h2 has written its own settings before it reads.
                self.bytes.extend_from_slice(Greeting::GOAWAY);
                self.broken = true;
                return Err(broken());
            }
        }
        Ok(())
    }

    /// Returns whether all of the request with this number has come.
    pub(super) fn is_behind(&self, number: u32) -> bool {
        let framing = self.framing.as_ref();
        framing.is_some_and(|framing| framing.is_behind(number))
    }

    /// Returns whether nothing is under way in either direction.
    pub(super) fn is_between_requests(&self) -> bool {
        let framing = self.framing.as_ref();
        let between = framing.is_some_and(Framing::is_between_requests);
        between && self.is_empty() && !self.has_early() && !self.blocked
    }

    /// Returns whether bytes wait that hyper has not asked for.
    pub(super) fn has_early(&self) -> bool {
        self.early_from < self.early_to
    }

    /// Reads a few bytes before hyper asks, behind those that wait, and returns how many.
    pub(super) fn poll_early(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if !self.has_early() {
            (self.early_from, self.early_to) = (0, 0);
        }
        let mut into = ReadBuf::new(&mut self.early[usize::from(self.early_to)..]);
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut into))?;
        let count = into.filled().len();
        // At most 24, so the cast loses nothing.
        self.early_to += count as u8;
        Poll::Ready(Ok(count))
    }

    /// Reads for hyper; what was read early comes first.
    ///
    /// It returns the number of the request that must be refused, if these bytes tell of one.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<Option<u32>>> {
        if self.broken {
            return Poll::Ready(Err(broken()));
        }
        let before = into.filled().len();
        if self.has_early() {
            let early = &self.early[usize::from(self.early_from)..usize::from(self.early_to)];
            let count = early.len().min(into.remaining());
            into.put_slice(&early[..count]);
            // At most 24, so the cast loses nothing.
            self.early_from += count as u8;
            // hyper doubles its buffer where a head comes in two reads, and keeps it so large. What
            // goes wrong here goes wrong again when there is nothing else to tell.
            let _rest = Pin::new(&mut self.socket).poll_read(cx, into);
        } else {
            ready!(Pin::new(&mut self.socket).poll_read(cx, into))?;
        }
        #[cfg(feature = "http2")]
        self.greet(&into.filled()[before..])?;
        let Some(framing) = &mut self.framing else {
            return Poll::Ready(Ok(None));
        };
        let seen = framing.read(&into.filled()[before..]);
        if let Some(at) = seen.broken_at {
            into.set_filled(before + at);
            self.broken = true;
        }
        Poll::Ready(Ok(seen.refused))
    }

    /// Reads and forgets until the client ends, or has sent so much.
    pub(super) fn poll_discard(&mut self, cx: &mut Context<'_>, most: &mut usize) -> Poll<()> {
        let mut rest = [0; 16 * 1024];
        loop {
            let mut into = ReadBuf::new(&mut rest);
            let outcome = ready!(Pin::new(&mut self.socket).poll_read(cx, &mut into));
            let count = into.filled().len();
            match (outcome, most.checked_sub(count)) {
                (Ok(()), Some(left)) if count > 0 => *most = left,
                _ => return Poll::Ready(()),
            }
        }
    }
}

fn broken() -> io::Error {
    let message = "what the client sends is not framed as it must be";
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Holding.
impl BufferedStream {
    /// Notes that hyper has the stream, again or for the first time.
    pub(super) fn hold(&mut self) {
        self.held.released = false;
    }

    /// Fails where the stream is cut; the owner of an upgrade hears of it later.
    pub(super) fn check_held(&mut self, side: Side, cx: &Context<'_>) -> io::Result<()> {
        if self.held.cut {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if self.direct {
            let owner = &mut self.held.owners[side as usize];
            let waker = owner.get_or_insert_with(|| cx.waker().clone());
            waker.clone_from(cx.waker());
        }
        Ok(())
    }

    /// Notes that hyper, or the owner of an upgrade, has let the stream go.
    pub(super) fn release(&mut self) {
        self.held.released = true;
        if let Some(task) = self.held.task.take() {
            task.wake();
        }
    }

    pub(super) fn is_released(&self) -> bool {
        self.held.released
    }

    /// Waits until it is released; what hyper has left is sent meanwhile.
    pub(super) fn poll_released(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.held.released {
            return Poll::Ready(());
        }
        self.held.task = Some(cx.waker().clone());
        // Who writes waits for the same, and only the last one to ask is woken by the socket.
        if !self.is_empty()
            && self.poll_send(cx).is_ready()
            && let Some(writer) = self.held.owners[Side::Write as usize].take()
        {
            writer.wake();
        }
        Poll::Pending
    }

    /// Takes the stream from whoever still holds it.
    pub(super) fn cut(&mut self) {
        self.held.cut = true;
        for owner in self.held.owners.iter_mut().filter_map(Option::take) {
            owner.wake();
        }
    }
}

/// Writing.
impl BufferedStream {
    /// Hands the stream over to the owner of an upgrade.
    pub(super) fn send_each_write(&mut self) {
        self.direct = true;
        self.framing = None;
    }

    pub(super) fn is_direct(&self) -> bool {
        self.direct
    }

    /// Returns the count of sends if the client is not taking what it is sent.
    pub(super) fn stuck_at(&self) -> Option<u32> {
        self.blocked.then_some(self.progress)
    }

    /// Returns whether everything has been sent.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn poll_write(
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
        let outcome = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
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
            let outcome = Pin::new(&mut self.socket).poll_write(cx, &self.bytes[self.sent..]);
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
        self.poll_flush(cx)
    }

    /// Sends what the socket itself holds: none of the system's does, TLS may.
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

    /// Has the socket say, when it is closed, that this is no end.
    pub(super) fn tear(&self) {
        self.socket.tear();
    }

    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    /// Sends these last bytes, or does not: nobody waits for it.
    pub(super) fn say(&mut self, cx: &mut Context<'_>, last: &[u8]) {
        self.bytes.extend_from_slice(last);
        let _best_effort = self.poll_send(cx);
    }

    fn note(&mut self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.blocked = outcome.is_pending();
        if outcome.is_ready() {
            self.progress = self.progress.wrapping_add(1);
        }
        outcome
    }
}
