//! Detects blocked runtimes and handlers from a separate thread, because a blocked runtime cannot
//! report itself.

use std::{
    future::Future,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{blocked::Blocked, ending::Ending};
use crate::{events, serve::supervisor, tasks::Owned};

/// The interval of each runtime's heartbeat.
const HEARTBEAT: Duration = Duration::from_millis(200);
/// How long a heartbeat may be missing before the runtime is reported.
const SILENCE: Duration = Duration::from_secs(1);

/// The shortest interval between two checks.
const MIN_STEP: Duration = Duration::from_millis(1);

/// A thread that receives a heartbeat from each runtime and reports the runtimes that are blocked.
pub(super) struct StallWatch {
    beats: Arc<Beats>,
    /// The watching thread, joined on drop. `None` if it could not be started.
    thread: Option<JoinHandle<()>>,
}

/// The heartbeats, shared by the runtimes and the watching thread.
struct Beats {
    /// The start of the watch, from which times are counted.
    begun: Instant,
    /// The last heartbeat of each runtime, in milliseconds since the start; 0 before the first.
    last: Vec<AtomicU64>,
    /// Whether blocked runtimes are reported. If not, the thread only notifies a supervisor, and ends the process.
    reports: bool,
    /// Ends the process if a runtime is blocked for too long.
    ending: Arc<Ending>,
    /// Set while a runtime is blocked, for the liveness route.
    is_blocked: Arc<AtomicBool>,
    /// Set when the watch ends.
    ended: Mutex<bool>,
    /// Wakes the watching thread when the watch ends.
    end: Condvar,
}

impl StallWatch {
    /// Starts a watch of `count` runtimes that reports blocked ones if `reports` is true, and sets `is_blocked` while
    /// there are some.
    ///
    /// Every `step` it also checks for blocked handlers. If the thread cannot be started, nothing
    /// is watched.
    pub(super) fn start(
        count: usize,
        reports: bool,
        is_blocked: Arc<AtomicBool>,
        blocked: Option<Blocked>,
        step: Duration,
        ending: Arc<Ending>,
    ) -> Self {
        let beats = Arc::new(Beats {
            begun: Instant::now(),
            last: (0..count).map(|_| AtomicU64::new(0)).collect(),
            reports,
            ending,
            is_blocked,
            ended: Mutex::new(false),
            end: Condvar::new(),
        });
        let watched = Arc::clone(&beats);
        let thread = std::thread::Builder::new()
            .name("highball-watch".to_owned())
            .spawn(move || watched.watch(blocked, step));
        Self {
            beats,
            thread: thread.ok(),
        }
    }

    /// Spawns the heartbeat of the current runtime.
    pub(super) fn spawn_heartbeat(&self, idx: usize) -> Owned<()> {
        Owned::spawn(self.heartbeat(idx))
    }

    /// Returns the heartbeat of a runtime, to be spawned on it.
    pub(super) fn heartbeat(&self, idx: usize) -> impl Future<Output = ()> + Send + 'static {
        let beats = Arc::clone(&self.beats);
        async move {
            loop {
                beats.last[idx].store(beats.elapsed_ms().max(1), Relaxed);
                tokio::time::sleep(HEARTBEAT).await;
            }
        }
    }
}

impl Drop for StallWatch {
    fn drop(&mut self) {
        *self.beats.lock() = true;
        self.beats.end.notify_all();
        if let Some(thread) = self.thread.take() {
            // The panic hook has already reported a panic of the thread.
            let _ = thread.join();
        }
    }
}

impl Beats {
    /// Returns the milliseconds since the start.
    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, bool> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks the runtimes and the handlers until the watch ends.
    fn watch(&self, mut blocked: Option<Blocked>, step: Duration) {
        let patience = supervisor::patience();
        let mut pause = patience.map_or(HEARTBEAT, |patience| (patience / 3).min(HEARTBEAT));
        if blocked.is_some() {
            pause = pause.min(step.max(MIN_STEP));
        }
        let write_line: &dyn Fn(&str) = match self.reports {
            true => &events::blocked,
            false => &|_| {},
        };
        let (mut reported, mut resumed) = (vec![0; self.last.len()], 0);
        let mut ended = self.lock();
        while !*ended {
            let before = self.elapsed_ms();
            let waited = self.end.wait_timeout(ended, pause);
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
            if Duration::from_millis(self.elapsed_ms() - before) >= pause + SILENCE / 2 {
                // The whole process was paused, so the silence is not that of a runtime.
                resumed = self.elapsed_ms();
            }
            if let Some(blocked) = &mut blocked {
                blocked.check(write_line);
            }
            let all_run = self.check_runtimes(&mut reported, patience, blocked.as_ref());
            self.end_if_blocked(resumed, blocked.as_ref());
            // While the process ends, another thread limits its time.
            if patience.is_some() && (all_run || self.ending.has_begun()) {
                supervisor::alive();
            }
        }
    }

    /// Reports each blocked runtime once. Returns whether all runtimes have a recent heartbeat, so
    /// that the supervisor's watchdog can be notified.
    fn check_runtimes(
        &self,
        reported: &mut [u64],
        patience: Option<Duration>,
        blocked: Option<&Blocked>,
    ) -> bool {
        let mut longest = Duration::ZERO;
        for (idx, (last, reported)) in self.last.iter().zip(reported).enumerate() {
            let last = last.load(Relaxed);
            if last == 0 {
                continue;
            }
            let silent = Duration::from_millis(self.elapsed_ms().saturating_sub(last));
            longest = longest.max(silent);
            if silent >= SILENCE && *reported != last {
                *reported = last;
                if self.reports {
                    // Half of the time: a handler that started after the last heartbeat has run for
                    // less than the whole of it.
                    let by = blocked.map(|blocked| blocked.culprits(silent / 2));
                    report(idx, silent, &by.unwrap_or_default());
                }
            }
        }
        self.is_blocked.store(longest >= SILENCE, Relaxed);
        patience.is_none_or(|patience| longest < patience)
    }

    /// Gives up the runtimes that have been blocked for too long since `resumed`. The first one ends the process.
    fn end_if_blocked(&self, resumed: u64, blocked: Option<&Blocked>) {
        let Some(after) = self.ending.after() else {
            return;
        };
        for (idx, last) in self.last.iter().enumerate() {
            let last = last.load(Relaxed);
            let silent = self.elapsed_ms().saturating_sub(last.max(resumed));
            let silent = Duration::from_millis(silent);
            if last == 0 || silent < after || self.ending.has_given_up(idx) {
                continue;
            }
            let by = blocked.map(|blocked| blocked.culprits(silent / 2));
            let blocked = describe(idx, silent, &by.unwrap_or_default());
            events::ends(&format!(
                "{blocked}: the process ends, after the other runtimes have finished their requests"
            ));
            self.ending.give_up(idx);
        }
    }
}

fn report(idx: usize, silent: Duration, culprits: &[String]) {
    let blocked = describe(idx, silent, culprits);
    events::blocked(&format!(
        "{blocked}: other requests wait; move long work to `tokio::task::spawn_blocking`"
    ));
}

fn describe(idx: usize, silent: Duration, culprits: &[String]) -> String {
    let tenths = silent.as_millis() / 100;
    let (seconds, tenths) = (tenths / 10, tenths % 10);
    let by = match culprits {
        [] => "a handler".to_owned(),
        some => some.join(", "),
    };
    format!("runtime {idx} has been blocked for {seconds}.{tenths} s by {by}")
}
