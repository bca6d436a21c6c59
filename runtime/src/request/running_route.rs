//! Marks which route each thread runs, so that the stall watch can report a handler that blocks its thread.
//!
//! A poll that blocks cannot report itself, and reading the clock twice for each poll would cost more than a small
//! handler does. So a poll stores its route in a mark of its thread, and the watch's thread reads the marks from time
//! to time.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use crate::routes::Route;

/// The number of running watches. Without one no poll is marked.
static WATCHES: AtomicUsize = AtomicUsize::new(0);
/// The marks of the threads that have run requests while there was a watch.
static THREADS: Mutex<Vec<Arc<Mark>>> = Mutex::new(Vec::new());

thread_local! {
    static MINE: Mine = Mine::new();
}

/// The poll that a thread runs.
#[derive(Debug, Default)]
pub(crate) struct Mark {
    /// The id of the thread, if the system has one: see [`thread_id`].
    thread: Option<u32>,
    /// The number of polls so far.
    count: AtomicU64,
    /// The number of the current poll, or 0.
    poll: AtomicU64,
    /// The address of the current poll's route, or 0 if no route matched.
    route: AtomicUsize,
}

/// The mark of the current thread, which is removed when the thread ends.
struct Mine(Arc<Mark>);

impl Mine {
    fn new() -> Self {
        let mark = Arc::new(Mark {
            thread: thread_id(),
            ..Mark::default()
        });
        threads().push(Arc::clone(&mark));
        Self(mark)
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        threads().retain(|mark| !Arc::ptr_eq(mark, &self.0));
    }
}

/// Returns the marks of all threads.
pub(crate) fn threads() -> MutexGuard<'static, Vec<Arc<Mark>>> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running watch. Polls are marked until it is dropped.
#[derive(Debug)]
pub(crate) struct Watching(());

impl Watching {
    pub(crate) fn start() -> Self {
        WATCHES.fetch_add(1, Relaxed);
        Self(())
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        WATCHES.fetch_sub(1, Relaxed);
    }
}

/// Marks each poll of a request.
pub(crate) fn marked<F: Future + Unpin>(
    route: Option<&'static Route>,
    mut future: F,
) -> impl Future<Output = F::Output> {
    poll_fn(move |task| running(route, || Pin::new(&mut future).poll(task)))
}

fn running<T>(route: Option<&'static Route>, poll: impl FnOnce() -> T) -> T {
    let before = match WATCHES.load(Relaxed) {
        0 => None,
        // A thread that is ending no longer has a mark.
        _ => MINE.try_with(|mine| mine.0.enter(route)).ok(),
    };
    let _left = before.map(Left);
    poll()
}

/// Restores the mark when the poll has ended, also by a panic.
struct Left((u64, usize));

impl Drop for Left {
    fn drop(&mut self) {
        let _ended = MINE.try_with(|mine| mine.0.leave(self.0));
    }
}

impl Mark {
    /// Marks a poll, and returns the outer one: a handler can call the app as a service.
    fn enter(&self, route: Option<&'static Route>) -> (u64, usize) {
        let before = (self.poll.load(Relaxed), self.route.load(Relaxed));
        // Only this thread writes, so the load and the store need not be one operation.
        let count = self.count.load(Relaxed) + 1;
        self.count.store(count, Relaxed);
        self.route.store(route.map_or(0, address), Relaxed);
        self.poll.store(count, Relaxed);
        before
    }

    fn leave(&self, (poll, route): (u64, usize)) {
        self.poll.store(poll, Relaxed);
        self.route.store(route, Relaxed);
    }

    /// Returns the id of the thread, if the system has one.
    pub(crate) fn thread(&self) -> Option<u32> {
        self.thread
    }

    /// Returns the number of the current poll, if there is one, and the address of its route.
    pub(crate) fn now(&self) -> Option<(u64, usize)> {
        let poll = self.poll.load(Relaxed);
        (poll != 0).then(|| (poll, self.route.load(Relaxed)))
    }
}

/// Returns the id by which Linux names the current thread in `/proc/self/task`, or `None` on other systems.
fn thread_id() -> Option<u32> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    // It leads to `<process>/task/<thread>`.
    let thread = std::fs::read_link("/proc/thread-self").ok()?;
    thread.file_name()?.to_str()?.parse().ok()
}

/// Returns the number that identifies a route in a mark.
pub(crate) fn address(route: &'static Route) -> usize {
    std::ptr::from_ref(route).addr()
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, resume_unwind};

    use super::*;

    #[test]
    fn a_poll_that_panics_leaves_no_mark() {
        let _watching = Watching::start();
        let now = || MINE.with(|mine| mine.0.now());
        let outcome = catch_unwind(|| {
            running(None, || {
                assert!(now().is_some());
                resume_unwind(Box::new("a mistake"))
            })
        });
        assert!(outcome.is_err());
        assert_eq!(now(), None);
    }
}
