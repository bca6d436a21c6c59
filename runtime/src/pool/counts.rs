//! How the pools do, in numbers.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts of one pool, of all threads.
///
/// What comes from a pool and goes back counts nothing, so that cores do not contend for these.
#[derive(Debug)]
pub(crate) struct Counts {
    made: AtomicU64,
    dropped: AtomicU64,
}

impl Counts {
    const fn new() -> Self {
        Self {
            made: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    pub(super) fn make(&self) {
        self.made.fetch_add(1, Relaxed);
    }

    pub(super) fn drop_one(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    fn now(&self) -> Pooled {
        Pooled {
            made: self.made.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
        }
    }
}

pub(crate) static CONTEXTS: Counts = Counts::new();
pub(crate) static RESPONSES: Counts = Counts::new();
pub(crate) static HEADER_MAPS: Counts = Counts::new();
pub(crate) static BUFFERS: Counts = Counts::new();

/// How often something that requests need was made anew, since the process started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooled {
    made: u64,
    dropped: u64,
}

impl Pooled {
    /// Returns how many were made, since the pool of their thread had none.
    pub fn made(self) -> u64 {
        self.made
    }

    /// Returns how many were not kept: their thread has enough, or they had grown too large.
    pub fn dropped(self) -> u64 {
        self.dropped
    }
}

/// The pools of what requests need, made by [`pools`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pools {
    contexts: Pooled,
    responses: Pooled,
    header_maps: Pooled,
    buffers: Pooled,
}

impl Pools {
    /// Returns how contexts were made: one is in use for each request that is open.
    pub fn contexts(&self) -> Pooled {
        self.contexts
    }

    /// Returns how responses were made.
    pub fn responses(&self) -> Pooled {
        self.responses
    }

    /// Returns how header maps were made, for requests and answers.
    pub fn header_maps(&self) -> Pooled {
        self.header_maps
    }

    /// Returns how buffers were made, for the bodies of answers and what is sent at once.
    pub fn buffers(&self) -> Pooled {
        self.buffers
    }
}

/// Returns how the pools of all threads do: each keeps at most 64 contexts, responses, header maps and buffers, and
/// 2 MiB of the last.
///
/// Show them with the metrics of an app. Once as many requests have been open at once as ever are, all but a few
/// come from the pools, and the numbers stand still; where they grow with the requests, more of them are open at once
/// than are kept, or they end on other threads than they begin.
///
/// # Examples
/// ```
/// let contexts = highball::pools().contexts();
/// println!("{} contexts made, {} not kept", contexts.made(), contexts.dropped());
/// ```
pub fn pools() -> Pools {
    Pools {
        contexts: CONTEXTS.now(),
        responses: RESPONSES.now(),
        header_maps: HEADER_MAPS.now(),
        buffers: BUFFERS.now(),
    }
}
