//! The queue of log lines, and the thread that writes them.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::panics::discard;

/// The maximum size of the queue in bytes.
const MAX_QUEUED: usize = 1024 * 1024;

/// The initial size of a buffer, and the size that it keeps after it was written. Up to this size, queueing a line
/// allocates nothing.
const KEPT: usize = 64 * 1024;

/// How long a shutdown waits until the lines are written.
const FLUSH: Duration = Duration::from_secs(1);

/// The sinks whose thread was started.
static STARTED: Mutex<Vec<&'static Sink>> = Mutex::new(Vec::new());

/// The lines of one log on their way to its output.
pub(crate) struct Sink {
    pub(crate) write: fn(&[u8]),
    queue: Mutex<QueuedLines>,
    changed: Condvar,
}

struct QueuedLines {
    lines: Vec<u8>,
    /// The number of dropped lines.
    dropped: u64,
    /// Whether the thread was started.
    is_started: bool,
    /// Whether the thread is writing lines that it took from the queue.
    is_writing: bool,
}

impl Sink {
    pub(crate) const fn new(write: fn(&[u8])) -> Self {
        Self {
            write,
            queue: Mutex::new(QueuedLines {
                lines: Vec::new(),
                dropped: 0,
                is_started: false,
                is_writing: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Queues a line. Returns false if the queue is full.
    pub(crate) fn push(&'static self, line: &[u8]) -> bool {
        let mut queue = self.lock();
        if queue.lines.len() + line.len() > MAX_QUEUED {
            queue.dropped += 1;
            return false;
        }
        // The thread sleeps only if the queue was empty. Waking it is a system call, so it is not done otherwise.
        let sleeps = queue.lines.is_empty() && !queue.is_writing;
        queue.lines.extend_from_slice(line);
        if !queue.is_started {
            queue.lines.reserve(KEPT);
            queue.is_started = self.start();
        } else if sleeps {
            self.changed.notify_all();
        }
        true
    }

    /// Starts the thread. If the system cannot start one, the next line tries again.
    fn start(&'static self) -> bool {
        let thread = thread::Builder::new().name("access-log".to_owned());
        if thread.spawn(move || self.run()).is_err() {
            return false;
        }
        STARTED
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self);
        true
    }

    /// Writes queued lines for as long as the process runs.
    fn run(&self) {
        let mut lines = Vec::with_capacity(KEPT);
        loop {
            let dropped = self.take_lines(&mut lines);
            self.write(&lines);
            if dropped > 0 {
                let notice = format!(
                    "[highball] {dropped} lines of the log were dropped: the queue was full\n"
                );
                self.write(notice.as_bytes());
            }
            lines.clear();
            lines.shrink_to(KEPT);
        }
    }

    /// Writes lines. If the function panics, which the panic hook logs, they are lost.
    fn write(&self, lines: &[u8]) {
        let written = catch_unwind(AssertUnwindSafe(|| (self.write)(lines)));
        let _reported = written.map_err(discard);
    }

    /// Waits for lines and takes all of them. Returns how many were dropped since the last call.
    fn take_lines(&self, lines: &mut Vec<u8>) -> u64 {
        let mut queue = self.lock();
        queue.is_writing = false;
        self.changed.notify_all();
        let idle = |queue: &mut QueuedLines| queue.lines.is_empty();
        queue = self
            .changed
            .wait_while(queue, idle)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut queue.lines, lines);
        queue.is_writing = true;
        std::mem::take(&mut queue.dropped)
    }

    fn flush(&self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        let busy = |queue: &mut QueuedLines| queue.is_writing || !queue.lines.is_empty();
        // Lines that are not written by then are lost.
        drop(self.changed.wait_timeout_while(self.lock(), left, busy));
    }

    fn lock(&self) -> MutexGuard<'_, QueuedLines> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until each log has written its lines, for at most a second. It blocks the thread.
pub(crate) fn flush() {
    let deadline = Instant::now() + FLUSH;
    let started = STARTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for sink in started {
        sink.flush(deadline);
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
