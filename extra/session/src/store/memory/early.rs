//! The sessions that expire earlier than they did.

use super::sync::{ArrayQueue, AtomicBool, Ordering};
use crate::Key;

/// The keys of sessions whose touch has made them expire before the sweep would look at them.
///
/// A touch usually makes a session expire later, which the sweep notices when it looks at it. So each session costs
/// time once in its idle time, not once in each touch. A ring of all touched sessions would be a place that all
/// requests write to, and would soon be full.
///
/// The ring is bounded. If it is full, the next sweep looks at all sessions once.
pub(super) struct Early {
    ring: ArrayQueue<Key>,
    overflow: AtomicBool,
}

impl Early {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            ring: ArrayQueue::new(capacity),
            overflow: AtomicBool::new(false),
        }
    }

    pub(super) fn push(&self, key: Key) {
        if self.ring.push(key).is_err() {
            // A sweep that sees it also sees the times that were stored before.
            // A plain store has no order with the swap of a sweep in the model, which then loses it.
            self.overflow.swap(true, Ordering::AcqRel);
        }
    }

    pub(super) fn pop(&self) -> Option<Key> {
        self.ring.pop()
    }

    /// Returns whether a key was lost since the last call.
    pub(super) fn take_overflow(&self) -> bool {
        self.overflow.swap(false, Ordering::AcqRel)
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_reports_that_a_key_was_lost() {
        let early = Early::new(2);
        early.push(Key::new([1; 32]));
        early.push(Key::new([2; 32]));
        assert!(!early.take_overflow());
        early.push(Key::new([3; 32]));
        assert!(early.take_overflow());
        assert!(!early.take_overflow());
        let keys = [1, 2].map(|byte| Some(Key::new([byte; 32])));
        assert_eq!([early.pop(), early.pop()], keys);
        assert_eq!(early.pop(), None);
    }
}
