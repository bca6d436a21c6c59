//! Where lines wait for the thread that writes them.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::panics::discard;

/// How many bytes of lines may wait.
const MOST: usize = 1024 * 1024;

/// How many bytes a buffer has from the start, and keeps when it has been written: so many wait
/// without an allocation.
const KEPT: usize = 64 * 1024;

/// How long a stopping server waits for its lines to be written.
const FLUSH: Duration = Duration::from_secs(1);

/// The logs that have begun to write.
static BEGUN: Mutex<Vec<&'static Sink>> = Mutex::new(Vec::new());

/// Lines on their way.
pub(crate) struct Sink {
    pub(crate) write: fn(&[u8]),
    waiting: Mutex<QueuedLines>,
    changed: Condvar,
}

struct QueuedLines {
    lines: Vec<u8>,
    /// How many lines found no room.
    lost: u64,
    /// The thread runs.
    has_begun: bool,
    /// The thread has lines in hand.
    is_writing: bool,
}

impl Sink {
    pub(crate) const fn new(write: fn(&[u8])) -> Self {
        Self {
            write,
            waiting: Mutex::new(QueuedLines {
                lines: Vec::new(),
                lost: 0,
                has_begun: false,
                is_writing: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Queues the line. Returns false if the queue is full.
    pub(crate) fn push(&'static self, line: &[u8]) -> bool {
        let mut waiting = self.lock();
        if waiting.lines.len() + line.len() > MOST {
            waiting.lost += 1;
            return false;
        }
        // Only a thread that found nothing sleeps: to wake it is a call to the kernel.
        let sleeps = waiting.lines.is_empty() && !waiting.is_writing;
        waiting.lines.extend_from_slice(line);
        if !waiting.has_begun {
            waiting.lines.reserve(KEPT);
            waiting.has_begun = self.begin();
        } else if sleeps {
            self.changed.notify_all();
        }
        true
    }

    /// Starts the thread; where the system has none to spare, the next line tries again.
    fn begin(&'static self) -> bool {
        let thread = thread::Builder::new().name("access-log".to_owned());
        if thread.spawn(move || self.work()).is_err() {
            return false;
        }
        BEGUN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self);
        true
    }

    /// Writes what comes, for as long as the process runs.
    fn work(&self) {
        let mut lines = Vec::with_capacity(KEPT);
        loop {
            let lost = self.next(&mut lines);
            self.write(&lines);
            if lost > 0 {
                let notice = format!("[highball] {lost} lines of the log found no room\n");
                self.write(notice.as_bytes());
            }
            lines.clear();
            lines.shrink_to(KEPT);
        }
    }

    /// Writes lines; where what writes panics, which the panic hook reports, they are lost.
    fn write(&self, lines: &[u8]) {
        let written = catch_unwind(AssertUnwindSafe(|| (self.write)(lines)));
        let _reported = written.map_err(discard);
    }

    /// Waits for lines, and returns how many were lost before them.
    fn next(&self, lines: &mut Vec<u8>) -> u64 {
        let mut waiting = self.lock();
        waiting.is_writing = false;
        self.changed.notify_all();
        let idle = |waiting: &mut QueuedLines| waiting.lines.is_empty();
        waiting = self
            .changed
            .wait_while(waiting, idle)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut waiting.lines, lines);
        waiting.is_writing = true;
        std::mem::take(&mut waiting.lost)
    }

    fn flush(&self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        let busy = |waiting: &mut QueuedLines| waiting.is_writing || !waiting.lines.is_empty();
        // Whatever is not written by then is given up.
        drop(self.changed.wait_timeout_while(self.lock(), left, busy));
    }

    fn lock(&self) -> MutexGuard<'_, QueuedLines> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until each log has written what it has, for a second at most. It blocks the thread.
pub(crate) fn flush() {
    let deadline = Instant::now() + FLUSH;
    let begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for sink in begun {
        sink.flush(deadline);
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
