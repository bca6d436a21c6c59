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

use super::blocked::Blocked;
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
    /// Whether blocked runtimes are reported. If not, the thread only notifies a supervisor.
    reports: bool,
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
    ) -> Self {
        let beats = Arc::new(Beats {
            begun: Instant::now(),
            last: (0..count).map(|_| AtomicU64::new(0)).collect(),
            reports,
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
        let mut reported = vec![0; self.last.len()];
        let mut ended = self.lock();
        while !*ended {
            let waited = self.end.wait_timeout(ended, pause);
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
            if let Some(blocked) = &mut blocked {
                blocked.check(&events::blocked);
            }
            let all_run = self.check_runtimes(&mut reported, patience, blocked.as_ref());
            if patience.is_some() && all_run {
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
}

fn report(idx: usize, silent: Duration, culprits: &[String]) {
    let tenths = silent.as_millis() / 100;
    let (seconds, tenths) = (tenths / 10, tenths % 10);
    let by = match culprits {
        [] => "a handler".to_owned(),
        some => some.join(", "),
    };
    events::blocked(&format!(
        "runtime {idx} has been blocked for {seconds}.{tenths} s by {by}: other requests wait; move long work to \
         `tokio::task::spawn_blocking`"
    ));
}
