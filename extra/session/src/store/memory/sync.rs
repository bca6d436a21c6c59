//! The atomics of the parts that loom checks. `.ci/full` has the command.

#[cfg(all(test, highball_loom))]
pub(super) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
#[cfg(not(all(test, highball_loom)))]
pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

#[cfg(all(test, highball_loom))]
pub(super) use self::model::{ArrayQueue, spin};
#[cfg(not(all(test, highball_loom)))]
pub(super) use self::real::{ArrayQueue, spin};

#[cfg(not(all(test, highball_loom)))]
mod real {
    use std::{hint::spin_loop, thread::yield_now};

    pub(crate) use crossbeam_queue::ArrayQueue;

    /// Waits for a thread that is about to store two numbers.
    pub(crate) fn spin(tries: &mut u32) {
        *tries += 1;
        // That thread may have lost its processor.
        if *tries > 64 {
            yield_now();
        } else {
            spin_loop();
        }
    }
}

#[cfg(all(test, highball_loom))]
mod model {
    use std::collections::VecDeque;

    use loom::{sync::Mutex, thread::yield_now};

    pub(crate) fn spin(_: &mut u32) {
        yield_now();
    }

    /// Behaves as the queue of crossbeam, which loom cannot look into.
    pub(crate) struct ArrayQueue<T> {
        items: Mutex<VecDeque<T>>,
        capacity: usize,
    }

    impl<T> ArrayQueue<T> {
        pub(crate) fn new(capacity: usize) -> Self {
            Self {
                items: Mutex::new(VecDeque::new()),
                capacity,
            }
        }

        pub(crate) fn push(&self, item: T) -> Result<(), T> {
            let mut items = self.items.lock().expect("no test panics");
            if items.len() == self.capacity {
                return Err(item);
            }
            items.push_back(item);
            Ok(())
        }

        pub(crate) fn pop(&self) -> Option<T> {
            self.items.lock().expect("no test panics").pop_front()
        }
    }
}
