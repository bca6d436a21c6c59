//! What a connection is doing, as its timer wants to know it.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

/// One request begun, and one that is open.
const BEGUN: u64 = (1 << 32) | 1;
const OPEN: u64 = u32::MAX as u64;

/// Counts of a connection's requests, kept without locks.
///
/// `Relaxed` is enough: on HTTP/1 all is on one task, and on HTTP/2 a late view only moves an idle
/// deadline that is minutes away.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// The requests begun, in the upper half, and those open, in the lower one.
    requests: AtomicU64,
    /// The pieces of answers that HTTP/2 has and has not sent.
    pieces: AtomicU32,
    /// A head has begun and its request has not.
    heading: AtomicBool,
    /// The client has closed its side.
    ended: AtomicBool,
    /// The last request brought a body, or was none, and the rest of it may not have been read.
    body: AtomicBool,
    /// The end of the connection is the end of an answer.
    ends_answer: AtomicBool,
    /// The number of the request that must be refused, from 1; none is 0.
    refused: AtomicU32,
    /// The number of the last request whose body was not read to its end; none is 0.
    left: AtomicU32,
}

/// A moment of an [`Activity`]: it differs whenever something has happened between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    requests: u64,
    pieces: u32,
    pub(super) heading: bool,
}

impl Moment {
    pub(super) fn is_open(self) -> bool {
        self.requests & OPEN != 0
    }

    /// Returns whether HTTP/2 has something that it has not sent.
    pub(super) fn is_sending(self) -> bool {
        self.pieces != 0
    }

    /// Returns whether no request has begun between the two.
    pub(super) fn is_at_request_of(self, other: Self) -> bool {
        self.requests == other.requests
    }

    /// Returns how many requests have begun.
    #[cfg(feature = "http2")]
    pub(super) fn begun(self) -> u32 {
        (self.requests >> 32) as u32
    }

    /// Returns whether no request has been begun.
    pub(super) fn is_fresh(self) -> bool {
        self.requests == 0
    }
}

impl Activity {
    pub(super) fn now(&self) -> Moment {
        Moment {
            requests: self.requests.load(Relaxed),
            pieces: self.pieces.load(Relaxed),
            heading: self.heading.load(Relaxed),
        }
    }

    /// Notes that bytes have come; between requests they begin a head.
    pub(super) fn read(&self, count: usize) {
        if count == 0 {
            self.ended.store(true, Relaxed);
        } else if self.requests.load(Relaxed) & OPEN == 0 {
            self.heading.store(true, Relaxed);
        }
    }

    /// Notes that a request has begun, and returns its number, from 1.
    pub(super) fn begin(&self, body: bool) -> u32 {
        self.heading.store(false, Relaxed);
        self.body.store(body, Relaxed);
        let before = self.requests.fetch_add(BEGUN, Relaxed);
        ((before >> 32) as u32).wrapping_add(1)
    }

    /// Notes that the wire has shown this request to be at fault.
    pub(super) fn refuse(&self, number: u32) {
        // The connection ends behind the first one.
        let _kept = self.refused.compare_exchange(0, number, Relaxed, Relaxed);
    }

    /// Returns whether the request must be refused.
    pub(super) fn is_refused(&self, number: u32) -> bool {
        self.refused.load(Relaxed) == number
    }

    /// Notes that nobody reads the rest of this request's body.
    pub(super) fn leave_body(&self, number: u32) {
        self.left.store(number, Relaxed);
    }

    /// Returns whether nobody reads the rest of this request's body.
    pub(super) fn has_left_body(&self, number: u32) -> bool {
        self.left.load(Relaxed) == number
    }

    /// Notes that something else of a begun request is open.
    pub(super) fn hold(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    /// Notes that something open has ended.
    pub(super) fn end(&self) {
        self.requests.fetch_sub(1, Relaxed);
    }

    /// Notes that HTTP/2 was given a piece of an answer.
    #[cfg(feature = "http2")]
    pub(super) fn hand(&self) {
        self.pieces.fetch_add(1, Relaxed);
    }

    /// Notes that it has let a piece go.
    #[cfg(feature = "http2")]
    pub(super) fn let_go(&self) {
        self.pieces.fetch_sub(1, Relaxed);
    }

    /// Notes that what the client sends is no request: nobody reads the rest of it.
    pub(super) fn give_up(&self) {
        self.body.store(true, Relaxed);
    }

    /// Notes that an answer ends where the connection does.
    pub(super) fn end_with_connection(&self) {
        self.ends_answer.store(true, Relaxed);
    }

    /// Returns whether an answer ends where the connection does.
    pub(super) fn ends_answer(&self) -> bool {
        self.ends_answer.load(Relaxed)
    }

    /// Returns whether the client may be sending what nobody reads.
    pub(super) fn may_be_sending(&self) -> bool {
        self.body.load(Relaxed) && !self.ended.load(Relaxed)
    }
}
