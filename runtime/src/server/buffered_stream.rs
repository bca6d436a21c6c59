//! The stream of a connection with its buffers: bytes that were read early, and bytes to send.
//!
//! Everything that hyper writes during one poll is sent when that poll is over, so the responses to
//! a batch of pipelined requests cost one system call. hyper's own `pipeline_flush` was rejected: it
//! holds a complete response back for as long as its read buffer contains anything, such as half a
//! head or the stray line end that old clients send after a body, and its buffer has no limit.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, ReadBuf};

use super::framing::Framing;
use super::socket::Socket;
use crate::pool::Buffer;
#[cfg(feature = "http2")]
use crate::server::http2_preface::{MissingSettings, PrefaceCheck};

mod write;

/// How many bytes are buffered before they are sent.
const MAX_BUFFERED: usize = 16 * 1024;
/// The first bytes of an HTTP/2 connection (RFC 9113 §3.4).
#[cfg(feature = "http2")]
const PREFACE: &[u8; MAX_EARLY] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How many bytes can be read before hyper reads: the length of the HTTP/2 preface.
const MAX_EARLY: usize = 24;

/// A connection's stream, shared by the handle that hyper owns and the task that drives hyper.
///
/// The lock is not contended, because hyper is polled by that same task. Only after an upgrade does
/// the new owner of the stream lock it from another task.
pub(super) struct SharedStream(Mutex<BufferedStream>);

/// A socket with its read and write buffers.
pub(super) struct BufferedStream {
    socket: Socket,
    /// Bytes that were read before hyper read. hyper gets them first.
    early: [u8; MAX_EARLY],
    /// The first unread byte of `early`.
    early_from: u8,
    /// The end of the bytes in `early`.
    early_to: u8,
    /// Follows the requests of HTTP/1. `None` for HTTP/2 and after an upgrade.
    framing: Option<Framing>,
    /// Checks the first frame of HTTP/2, until it has arrived.
    #[cfg(feature = "http2")]
    preface: Option<PrefaceCheck>,
    /// Whether the client has violated the framing, so that reading fails from now on.
    broken: bool,
    /// The bytes that hyper has written.
    bytes: Buffer,
    /// How many of `bytes` were sent.
    sent: usize,
    /// How often the socket accepted data. It distinguishes a slow client from a stuck one.
    progress: u32,
    /// Whether the socket accepted nothing at the last attempt.
    blocked: bool,
    /// Whether a buffer inside the socket, such as that of TLS, is waiting to be flushed.
    flushing: bool,
    /// Whether writes go straight to the socket. After an upgrade no task sends the buffer.
    direct: bool,
    held: Holders,
}

/// Who uses the stream besides the task that drives it: hyper, and later the owner of an upgrade.
#[derive(Default)]
struct Holders {
    /// Whether hyper and the owner of an upgrade have dropped the stream.
    released: bool,
    /// Whether the task has ended, so that reading and writing fail.
    cut: bool,
    /// The task that drives the connection, woken when the stream is released.
    task: Option<Waker>,
    /// The reader and the writer of an upgraded stream, woken when it is cut.
    owners: [Option<Waker>; 2],
}

/// A direction of the stream.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Read,
    Write,
}

impl SharedStream {
    pub(super) fn new(socket: Socket) -> Self {
        Self(Mutex::new(BufferedStream {
            socket,
            early: [0; MAX_EARLY],
            early_from: 0,
            early_to: 0,
            framing: Some(Framing::default()),
            #[cfg(feature = "http2")]
            preface: None,
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

impl fmt::Debug for SharedStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStream").finish_non_exhaustive()
    }
}

/// Reading.
impl BufferedStream {
    /// Returns whether the client uses HTTP/2. Returns `None` until enough bytes were read.
    #[cfg(feature = "http2")]
    pub(super) fn is_http2(&self) -> Option<bool> {
        let seen = &self.early[..usize::from(self.early_to)];
        if *seen != PREFACE[..seen.len()] {
            return Some(false);
        }
        (seen.len() == PREFACE.len()).then_some(true)
    }

    /// Switches to HTTP/2: checks the first frame and stops following requests, which are
    /// interleaved.
    #[cfg(feature = "http2")]
    pub(super) fn follow_http2(&mut self) {
        self.framing = None;
        self.preface = Some(PrefaceCheck::default());
    }

    /// Checks the beginning of an HTTP/2 connection. If it is invalid, queues a GOAWAY frame and
    /// fails.
    #[cfg(feature = "http2")]
    fn check_preface(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(preface) = &mut self.preface else {
            return Ok(());
        };
        match preface.follow(bytes) {
            Ok(false) => {}
            Ok(true) => self.preface = None,
            Err(MissingSettings) => {
                // h2 writes its settings before it reads, so GOAWAY comes after them, as it must.
                self.bytes.extend_from_slice(PrefaceCheck::GOAWAY);
                self.broken = true;
                return Err(broken());
            }
        }
        Ok(())
    }

    /// Returns whether the request with this number has arrived completely.
    pub(super) fn has_arrived(&self, number: u32) -> bool {
        let framing = self.framing.as_ref();
        framing.is_some_and(|framing| framing.has_arrived(number))
    }

    /// Returns whether no request is arriving and no response is being sent.
    pub(super) fn is_between_requests(&self) -> bool {
        let framing = self.framing.as_ref();
        let between = framing.is_some_and(Framing::is_between_requests);
        between && self.is_empty() && !self.has_early() && !self.blocked
    }

    /// Returns whether bytes were read early that hyper has not read yet.
    pub(super) fn has_early(&self) -> bool {
        self.early_from < self.early_to
    }

    /// Reads a few bytes before hyper does, and returns how many.
    ///
    /// The bytes are read and not peeked at, because TLS and custom streams have no peek.
    pub(super) fn poll_read_early(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
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

    /// Reads for hyper, first the bytes that were read early.
    ///
    /// Returns the number of the request whose framing is invalid, if these bytes show one.
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
            // Read more now: hyper doubles its buffer if a head comes in two reads, and keeps the
            // larger one. An error can be ignored because the next read returns it again.
            let _rest = Pin::new(&mut self.socket).poll_read(cx, into);
        } else {
            ready!(Pin::new(&mut self.socket).poll_read(cx, into))?;
        }
        #[cfg(feature = "http2")]
        self.check_preface(&into.filled()[before..])?;
        let Some(framing) = &mut self.framing else {
            return Poll::Ready(Ok(None));
        };
        let seen = framing.follow(&into.filled()[before..]);
        if let Some(at) = seen.broken_at {
            into.set_filled(before + at);
            self.broken = true;
        }
        Poll::Ready(Ok(seen.rejected))
    }

    /// Reads and discards until the client closes or `most` bytes were read.
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
    let message = "the client violates the framing of HTTP";
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Holding.
impl BufferedStream {
    /// Records that hyper holds the stream.
    pub(super) fn mark_held(&mut self) {
        self.held.released = false;
    }

    /// Fails if the stream is cut. After an upgrade it also registers the caller's waker, which a
    /// later cut wakes.
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

    /// Records that hyper, or the owner of an upgrade, has dropped the stream.
    pub(super) fn release(&mut self) {
        self.held.released = true;
        if let Some(task) = self.held.task.take() {
            task.wake();
        }
    }

    pub(super) fn is_released(&self) -> bool {
        self.held.released
    }

    /// Waits until the stream is released. Meanwhile, sends the bytes that hyper left in the buffer.
    pub(super) fn poll_released(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.held.released {
            return Poll::Ready(());
        }
        self.held.task = Some(cx.waker().clone());
        // A writer may wait for the same socket, and the socket wakes only the last task that
        // polled it. So this task wakes the writer.
        if !self.is_empty()
            && self.poll_send(cx).is_ready()
            && let Some(writer) = self.held.owners[Side::Write as usize].take()
        {
            writer.wake();
        }
        Poll::Pending
    }

    /// Makes the stream fail for the owner of an upgrade.
    pub(super) fn cut(&mut self) {
        self.held.cut = true;
        for owner in self.held.owners.iter_mut().filter_map(Option::take) {
            owner.wake();
        }
    }
}
