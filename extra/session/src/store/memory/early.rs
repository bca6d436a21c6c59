//! The sessions that expire earlier than they did.

use super::sync::{ArrayQueue, AtomicBool, Ordering};

/// The numbers of sessions whose touch has made them expire before the sweep would look at them.
///
/// A touch usually makes a session expire later, which the sweep notices when it looks at it. So each session costs
/// time once in its idle time, not once in each touch. A ring of all touched sessions would be a place that all
/// requests write to, and would soon be full.
///
/// The ring is bounded. If it is full, the next sweep looks at all sessions once.
pub(super) struct Early {
    ring: ArrayQueue<u64>,
    overflow: AtomicBool,
}

impl Early {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            ring: ArrayQueue::new(capacity),
            overflow: AtomicBool::new(false),
        }
    }

    pub(super) fn push(&self, number: u64) {
        if self.ring.push(number).is_err() {
            // A sweep that sees it also sees the times that were stored before.
            self.overflow.store(true, Ordering::Release);
        }
    }

    pub(super) fn pop(&self) -> Option<u64> {
        self.ring.pop()
    }

    /// Returns whether a number was lost since the last call.
    pub(super) fn take_overflow(&self) -> bool {
        self.overflow.swap(false, Ordering::AcqRel)
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_reports_that_a_number_was_lost() {
        let early = Early::new(2);
        early.push(1);
        early.push(2);
        assert!(!early.take_overflow());
        early.push(3);
        assert!(early.take_overflow());
        assert!(!early.take_overflow());
        assert_eq!(
            [early.pop(), early.pop(), early.pop()],
            [Some(1), Some(2), None]
        );
    }
}
