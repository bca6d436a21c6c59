//! Counts what a connection is doing, for its timer.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

/// Adds one request to the started ones and to the open ones.
const BEGUN: u64 = (1 << 32) | 1;
/// The bits of the open requests.
const OPEN: u64 = u32::MAX as u64;

/// The counts and flags of one connection, kept without locks.
///
/// `Relaxed` ordering is enough. On HTTP/1 everything runs on one task, and on HTTP/2 a stale value
/// only shifts an idle deadline that is minutes away.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// The number of started requests in the upper half, of open requests in the lower half.
    requests: AtomicU64,
    /// The number of response chunks that h2 has queued and not sent.
    queued_chunks: AtomicU32,
    /// Whether part of a request head has arrived.
    in_head: AtomicBool,
    /// Whether the client has closed its sending side.
    ended: AtomicBool,
    /// Whether unread bytes of the last request may follow: it had a body, or was not HTTP.
    body: AtomicBool,
    /// Whether the end of a response is marked only by the end of the connection (HTTP/1.0).
    ends_answer: AtomicBool,
    /// The number of the request to reject, counted from 1; 0 for none.
    invalid: AtomicU32,
    /// The number of the last request whose body was dropped before its end; 0 for none.
    left: AtomicU32,
}

/// A snapshot of an [`Activity`]. Two snapshots differ if anything happened between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Snapshot {
    requests: u64,
    queued_chunks: u32,
    pub(super) in_head: bool,
}

impl Snapshot {
    pub(super) fn is_open(self) -> bool {
        self.requests & OPEN != 0
    }

    /// Returns whether h2 has queued data that it has not sent.
    pub(super) fn is_sending(self) -> bool {
        self.queued_chunks != 0
    }

    /// Returns whether no request started or ended between the two snapshots.
    pub(super) fn is_at_request_of(self, other: Self) -> bool {
        self.requests == other.requests
    }

    /// Returns how many requests have started.
    #[cfg(feature = "http2")]
    pub(super) fn started(self) -> u32 {
        (self.requests >> 32) as u32
    }

    /// Returns whether no request has started yet.
    pub(super) fn is_fresh(self) -> bool {
        self.requests == 0
    }
}

impl Activity {
    /// Takes a snapshot.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            requests: self.requests.load(Relaxed),
            queued_chunks: self.queued_chunks.load(Relaxed),
            in_head: self.in_head.load(Relaxed),
        }
    }

    /// Records that `count` bytes were read. Between requests they begin a head; 0 is the end of
    /// the stream.
    pub(super) fn record_read(&self, count: usize) {
        if count == 0 {
            self.ended.store(true, Relaxed);
        } else if self.requests.load(Relaxed) & OPEN == 0 {
            self.in_head.store(true, Relaxed);
        }
    }

    /// Records the start of a request and returns its number, counted from 1.
    pub(super) fn start_request(&self, body: bool) -> u32 {
        self.in_head.store(false, Relaxed);
        self.body.store(body, Relaxed);
        let before = self.requests.fetch_add(BEGUN, Relaxed);
        ((before >> 32) as u32).wrapping_add(1)
    }

    /// Records that the framing of this request is invalid, so that it must be rejected.
    pub(super) fn mark_invalid(&self, number: u32) {
        // Only the first one counts: the connection ends after it.
        let _kept = self.invalid.compare_exchange(0, number, Relaxed, Relaxed);
    }

    /// Returns whether the request must be rejected for its framing.
    pub(super) fn is_invalid(&self, number: u32) -> bool {
        self.invalid.load(Relaxed) == number
    }

    /// Records that this request's body was dropped before its end.
    pub(super) fn leave_body(&self, number: u32) {
        self.left.store(number, Relaxed);
    }

    /// Returns whether this request's body was dropped before its end.
    pub(super) fn has_left_body(&self, number: u32) -> bool {
        self.left.load(Relaxed) == number
    }

    /// Keeps a started request open for one more holder, the stream of its response.
    pub(super) fn keep_open(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    /// Records that one holder of an open request has ended.
    pub(super) fn release(&self) {
        self.requests.fetch_sub(1, Relaxed);
    }

    /// Records that h2 has queued a chunk of a response.
    #[cfg(feature = "http2")]
    pub(super) fn queue_chunk(&self) {
        self.queued_chunks.fetch_add(1, Relaxed);
    }

    /// Records that h2 has sent or dropped a chunk.
    #[cfg(feature = "http2")]
    pub(super) fn release_chunk(&self) {
        self.queued_chunks.fetch_sub(1, Relaxed);
    }

    /// Records that the client sent something that is not HTTP and whose rest is not read.
    pub(super) fn mark_not_http(&self) {
        self.body.store(true, Relaxed);
    }

    /// Records that the end of a response is marked only by the end of the connection.
    pub(super) fn end_with_connection(&self) {
        self.ends_answer.store(true, Relaxed);
    }

    /// Returns whether the end of a response is marked only by the end of the connection.
    pub(super) fn ends_answer(&self) -> bool {
        self.ends_answer.load(Relaxed)
    }

    /// Returns whether the client may still be sending bytes that are not read.
    pub(super) fn may_be_sending(&self) -> bool {
        self.body.load(Relaxed) && !self.ended.load(Relaxed)
    }
}
