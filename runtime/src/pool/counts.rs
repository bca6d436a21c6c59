//! Counters of the pools: how many items were created and how many were not kept.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counters of one kind of item, shared by all threads.
///
/// An item that comes from a pool and returns to it changes no counter, so that cores do not contend for them.
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

    pub(super) fn count_made(&self) {
        self.made.fetch_add(1, Relaxed);
    }

    pub(super) fn count_dropped(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    fn snapshot(&self) -> Pooled {
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

/// How many items of one kind were created, and how many were not kept, since the process started.
///
/// # Examples
/// ```
/// use highball::serve::{Pooled, pools};
///
/// let buffers: Pooled = pools().buffers();
/// println!("{} buffers created, {} not kept", buffers.made(), buffers.dropped());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooled {
    made: u64,
    dropped: u64,
}

impl Pooled {
    /// Returns how many items were created because the pool of the thread was empty.
    pub fn made(self) -> u64 {
        self.made
    }

    /// Returns how many items were not kept because the pool of the thread was full, or because they had grown too
    /// large.
    pub fn dropped(self) -> u64 {
        self.dropped
    }
}

/// The counters of all pools, returned by [`pools`].
///
/// # Examples
/// ```
/// use highball::serve::{Pools, pools};
///
/// fn print_metrics(pools: &Pools) {
///     println!("contexts_created {}", pools.contexts().made());
///     println!("responses_created {}", pools.responses().made());
///     println!("header_maps_created {}", pools.header_maps().made());
///     println!("buffers_created {}", pools.buffers().made());
/// }
///
/// print_metrics(&pools());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pools {
    contexts: Pooled,
    responses: Pooled,
    header_maps: Pooled,
    buffers: Pooled,
}

impl Pools {
    /// Returns the counters of request contexts. Each open request uses one.
    pub fn contexts(&self) -> Pooled {
        self.contexts
    }

    /// Returns the counters of responses.
    pub fn responses(&self) -> Pooled {
        self.responses
    }

    /// Returns the counters of the header maps of requests and responses.
    pub fn header_maps(&self) -> Pooled {
        self.header_maps
    }

    /// Returns the counters of buffers, which hold response bodies and bytes that are gathered for one write.
    pub fn buffers(&self) -> Pooled {
        self.buffers
    }
}

/// Returns the counters of the pools of all threads.
///
/// Each thread keeps at most 64 contexts, 64 responses, 64 header maps and 64 buffers, and at most 2 MiB in buffers.
/// Export the counters with the metrics of an app. After the first peak of concurrent requests they hardly change,
/// because nearly every item comes from a pool. If they grow with the number of requests, more requests are open at
/// once than the pools keep items for, or requests end on other threads than they began on.
///
/// # Examples
/// ```
/// let contexts = highball::serve::pools().contexts();
/// println!("{} contexts created, {} not kept", contexts.made(), contexts.dropped());
/// ```
pub fn pools() -> Pools {
    Pools {
        contexts: CONTEXTS.snapshot(),
        responses: RESPONSES.snapshot(),
        header_maps: HEADER_MAPS.snapshot(),
        buffers: BUFFERS.snapshot(),
    }
}
