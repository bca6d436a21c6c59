//! Which routes read a session, so that the others do not load it.

use std::{
    ptr,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use highball::Route;

use crate::data::SLOT;

/// Remembers which routes read a session.
///
/// Each place has the address of a route and, in the lowest bit, whether it reads a session. A route that finds another
/// one in its place looks at its facts again.
#[derive(Debug)]
pub(crate) struct Reads {
    places: [AtomicUsize; PLACES],
    /// How often the data of a slot did not fit its type.
    dropped: AtomicU64,
}

const PLACES: usize = 256;

impl Reads {
    /// Returns whether a route reads a session.
    pub(crate) fn has(&self, route: &'static Route) -> bool {
        let address = ptr::from_ref(route).addr();
        // Routes are adjacent in memory, at multiples of their size.
        let place = &self.places[address / size_of::<Route>() % PLACES];
        let known = place.load(Relaxed);
        if known & !1 == address {
            return known & 1 == 1;
        }
        let reads = route.named_facts().any(|fact| fact.kind() == SLOT);
        place.store(address | usize::from(reads), Relaxed);
        reads
    }

    /// Counts data that did not fit its type.
    pub(crate) fn count_dropped(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }
}

impl Default for Reads {
    fn default() -> Self {
        const { assert!(align_of::<Route>() > 1) };
        Self {
            places: std::array::from_fn(|_| AtomicUsize::new(0)),
            dropped: AtomicU64::new(0),
        }
    }
}
