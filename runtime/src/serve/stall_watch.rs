//! Detects blocked runtimes and handlers from a separate thread, because what is blocked cannot report
//! itself.

use std::{
    future::Future,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::blocked::Blocked;
use crate::{events, serve::supervisor, tasks::Owned};

/// How often each runtime says that it turns.
const BEAT: Duration = Duration::from_millis(200);
/// How long a runtime may be silent before someone is told.
const SILENCE: Duration = Duration::from_secs(1);

/// The shortest pause between two looks.
const LEAST: Duration = Duration::from_millis(1);

/// A thread that is told by each runtime that it turns, and reports those that do not.
pub(super) struct StallWatch {
    beats: Arc<Beats>,
    thread: Option<JoinHandle<()>>,
}

struct Beats {
    begun: Instant,
    /// When each runtime last turned, in milliseconds from the beginning; 0 before the first time.
    last: Vec<AtomicU64>,
    /// Whether those that do not turn are reported, or only a supervisor is told of those that do.
    reports: bool,
    ended: Mutex<bool>,
    end: Condvar,
}

impl StallWatch {
    /// Watches so many runtimes, and reports those that do not turn if it is to. Where there can be no
    /// thread for it, nothing is watched.
    ///
    /// Handlers that block are looked for at every `step`.
    pub(super) fn start(
        count: usize,
        reports: bool,
        blocked: Option<Blocked>,
        step: Duration,
    ) -> Self {
        let beats = Arc::new(Beats {
            begun: Instant::now(),
            last: (0..count).map(|_| AtomicU64::new(0)).collect(),
            reports,
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

    /// Has the runtime that this runs on say that it turns.
    pub(super) fn beat(&self, idx: usize) -> Owned<()> {
        Owned::spawn(self.beats(idx))
    }

    /// Returns what a runtime does to say that it turns.
    pub(super) fn beats(&self, idx: usize) -> impl Future<Output = ()> + Send + 'static {
        let beats = Arc::clone(&self.beats);
        async move {
            loop {
                beats.last[idx].store(beats.now().max(1), Relaxed);
                tokio::time::sleep(BEAT).await;
            }
        }
    }
}

impl Drop for StallWatch {
    fn drop(&mut self) {
        *self.beats.lock() = true;
        self.beats.end.notify_all();
        if let Some(thread) = self.thread.take() {
            // Its panic has been reported.
            let _ = thread.join();
        }
    }
}

impl Beats {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, bool> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the runtimes until the watch ends.
    fn watch(&self, mut blocked: Option<Blocked>, step: Duration) {
        let patience = supervisor::patience();
        let mut pause = patience.map_or(BEAT, |patience| (patience / 3).min(BEAT));
        if blocked.is_some() {
            pause = pause.min(step.max(LEAST));
        }
        let mut reported = vec![0; self.last.len()];
        let mut ended = self.lock();
        while !*ended {
            let waited = self.end.wait_timeout(ended, pause);
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
            if let Some(blocked) = &mut blocked {
                blocked.look(&events::blocked);
            }
            let all_turn = self.look(&mut reported, patience, blocked.as_ref());
            if patience.is_some() && all_turn {
                supervisor::alive();
            }
        }
    }

    /// Reports each runtime that has been silent for long, once; returns whether a supervisor may be
    /// told that all is well.
    fn look(
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
            let silent = Duration::from_millis(self.now().saturating_sub(last));
            longest = longest.max(silent);
            if silent >= SILENCE && *reported != last {
                *reported = last;
                if self.reports {
                    // Those that a thread runs for most of that time.
                    let by = blocked.map(|blocked| blocked.culprits(silent / 2));
                    report(idx, silent, &by.unwrap_or_default());
                }
            }
        }
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
