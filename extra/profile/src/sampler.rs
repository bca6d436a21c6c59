//! Counts which routes the running threads run.
//!
//! The stacks of a CPU profile do not show it: an optimized build inlines handlers into the dispatch of their group,
//! and a guard has the same stack for each of its routes. So this reads the route that each thread has stored, and
//! whether the thread runs.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use highball::{Route, battery::RunningRoutes};

use crate::query::Span;

/// The ticks between two looks for new threads.
const LOOK: u64 = 10;

/// The running threads that were seen, by what they ran.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// By the index of the route.
    pub(crate) routes: Vec<u64>,
    /// Requests without a route, and those of other apps.
    pub(crate) unrouted: u64,
    /// Threads that run requests, between them.
    pub(crate) runtime: u64,
    /// All other threads.
    pub(crate) other: u64,
    /// How often threads were looked at.
    pub(crate) ticks: u64,
}

impl Counts {
    pub(crate) fn total(&self) -> u64 {
        self.routes.iter().sum::<u64>() + self.unrouted + self.runtime + self.other
    }
}

/// Counts for the time of the span, or until the sender is dropped.
///
/// It blocks.
///
/// # Errors
/// Returns an error if the system does not list threads in `/proc/self/task`.
pub(crate) fn count(
    routes: &'static [Route],
    span: Span,
    gone: &Receiver<()>,
) -> io::Result<Counts> {
    let running = RunningRoutes::of(routes);
    let mut threads = Threads::open()?;
    let mut counts = Counts {
        routes: vec![0; routes.len()],
        ..Counts::default()
    };
    let mut between = HashMap::new();
    let mut serving = HashSet::new();
    let interval = Duration::from_secs(1) / span.hz.unsigned_abs().max(1);
    let end = Instant::now() + span.time;
    let mut next = Instant::now() + interval;
    while next < end && waited(next, gone) {
        if counts.ticks % LOOK == LOOK - 1 {
            threads.look()?;
        }
        counts.ticks += 1;
        let mut seen = HashMap::new();
        running.visit(|thread, route| {
            serving.insert(thread);
            seen.insert(thread, route);
        });
        threads.each_running(|thread| match seen.get(&thread) {
            Some(Some(route)) => counts.routes[*route] += 1,
            Some(None) => counts.unrouted += 1,
            None => *between.entry(thread).or_insert(0) += 1,
        });
        // If this thread had to wait for a CPU, the ticks that it missed are left out.
        next = (next + interval).max(Instant::now());
    }
    for (thread, count) in between {
        match serving.contains(&thread) {
            true => counts.runtime += count,
            false => counts.other += count,
        }
    }
    Ok(counts)
}

/// Waits for the next tick. Returns false if the sender was dropped.
fn waited(next: Instant, gone: &Receiver<()>) -> bool {
    let wait = next.saturating_duration_since(Instant::now());
    gone.recv_timeout(wait) == Err(RecvTimeoutError::Timeout)
}

/// The threads of the process, without the current one.
struct Threads {
    own: u32,
    /// Open files are read again, which is faster than opening them.
    files: HashMap<u32, File>,
}

impl Threads {
    fn open() -> io::Result<Self> {
        let own = fs::read_link("/proc/thread-self")?;
        let own = own.file_name().and_then(|name| name.to_str()?.parse().ok());
        let mut threads = Self {
            own: own.ok_or(io::ErrorKind::Unsupported)?,
            files: HashMap::new(),
        };
        threads.look()?;
        Ok(threads)
    }

    /// Adds new threads.
    fn look(&mut self) -> io::Result<()> {
        for entry in fs::read_dir("/proc/self/task")? {
            let name = entry?.file_name();
            let thread = name.to_str().and_then(|name| name.parse().ok());
            let Some(thread) = thread.filter(|thread| *thread != self.own) else {
                continue;
            };
            if self.files.contains_key(&thread) {
                continue;
            }
            // A thread that has just ended has no file.
            if let Ok(file) = File::open(format!("/proc/self/task/{thread}/stat")) {
                self.files.insert(thread, file);
            }
        }
        Ok(())
    }

    /// Calls the function for each thread that runs or waits for a CPU, and removes those that have ended.
    fn each_running(&mut self, mut see: impl FnMut(u32)) {
        self.files.retain(|thread, file| match state(file) {
            Some(state) => {
                if state == b'R' {
                    see(*thread);
                }
                true
            }
            None => false,
        });
    }
}

/// Returns the state of a thread: the letter behind its name. `None` if it has ended.
fn state(file: &mut File) -> Option<u8> {
    // The name has at most 15 bytes, so the state is in the first 64.
    let mut line = [0; 64];
    file.seek(SeekFrom::Start(0)).ok()?;
    let len = file.read(&mut line).ok()?;
    letter(&line[..len])
}

fn letter(line: &[u8]) -> Option<u8> {
    // The name may contain parentheses, and only numbers come behind the state.
    let name_end = line.iter().rposition(|byte| *byte == b')')?;
    line.get(name_end + 2).copied()
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn a_name_may_contain_parentheses() {
        assert_eq!(letter(b"42 (a) R (b) S 1 1 0"), Some(b'S'));
        assert_eq!(letter(b"42 (worker) R 1"), Some(b'R'));
        assert_eq!(letter(b"42 (worker)"), None);
        assert_eq!(letter(b""), None);
    }
}
