//! Readiness: whether the server should get requests, by a flag and by checks of the app.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Duration,
};

use serde_json::{Map, Value};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task::JoinError,
    time::Instant,
};

use crate::{
    clock::{Clock, Elapsed},
    error::Result,
    events,
    serve::control::Control,
    tasks::{Owned, Tasks},
};

/// How long the results of the checks are reused. More frequent requests do not run them again.
const FRESH: Duration = Duration::from_secs(1);

/// The state of a check that has never run.
const NEVER_RUN: u8 = 2;

/// Whether the server is ready, and the checks that decide it.
#[derive(Debug)]
pub(crate) struct Health {
    ready: AtomicBool,
    /// Whether the server is taken out of its balancer.
    control: Control,
    /// Whether a runtime is blocked.
    blocked: Arc<AtomicBool>,
    checks: Vec<Arc<Check>>,
    last: Arc<Mutex<Option<Outcome>>>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            ready: AtomicBool::new(true),
            control: Control::default(),
            blocked: Arc::default(),
            checks: Vec::new(),
            last: Arc::default(),
        }
    }
}

/// Whether the server should get requests, by its checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Readiness {
    Ready,
    /// Ready, while an optional check fails.
    Degraded,
    NotReady,
}

/// A check that must pass for the server to be ready, unless it is optional.
pub(crate) struct Check {
    name: String,
    within: Duration,
    /// Whether the server is ready without it.
    is_optional: bool,
    /// Whether it has passed when it ran last, 0 or 1, or [`NEVER_RUN`].
    passed: Arc<AtomicU8>,
    run: Arc<dyn Fn() -> Checking + Send + Sync>,
}

/// The result of a check, or a timeout.
type CheckResult = std::result::Result<Result, Elapsed>;
type Checking = Pin<Box<dyn Future<Output = Result> + Send>>;

/// The results of the checks, and their time.
#[derive(Debug)]
struct Outcome {
    at: Instant,
    /// In the order of the checks.
    passed: Vec<bool>,
}

impl Check {
    pub(crate) fn new<F>(
        name: String,
        within: Duration,
        run: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result> + Send + 'static,
    {
        Self {
            name,
            within,
            is_optional: false,
            passed: Arc::new(AtomicU8::new(NEVER_RUN)),
            run: Arc::new(move || Box::pin(run())),
        }
    }

    /// Makes the server ready without it.
    pub(crate) fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns a function that returns whether the check has passed when it ran last: 1 or 0, or NaN before.
    pub(crate) fn last(&self) -> impl Fn() -> f64 + Send + Sync + use<> {
        let passed = Arc::clone(&self.passed);
        move || match passed.load(Ordering::Relaxed) {
            NEVER_RUN => f64::NAN,
            passed => f64::from(passed),
        }
    }

    /// Starts the check on a separate task, so that a panic ends only the check.
    fn start(&self, clock: &Clock) -> Owned<CheckResult> {
        let run = Arc::clone(&self.run);
        Owned::spawn(clock.timeout(self.within, async move { run().await }))
    }

    /// Returns whether the check has passed. Logs the reason if it fails and has passed `before`.
    fn passed(&self, ended: std::result::Result<CheckResult, JoinError>, before: bool) -> bool {
        let fault = match ended {
            Ok(Ok(Ok(()))) => return true,
            Ok(Ok(Err(error))) => format!("{error:?}"),
            Ok(Err(_)) => {
                let within = humantime::format_duration(self.within);
                format!("no result within {within}")
            }
            Err(_) => "it panicked".to_owned(),
        };
        if before {
            events::check_failed(&self.name, &fault);
        }
        false
    }
}

impl Health {
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire) && !self.control.drains()
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::Relaxed)
    }

    /// Returns the flag that is set while a runtime is blocked.
    pub(crate) fn blocked(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.blocked)
    }

    pub(crate) fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
    }

    pub(crate) fn set_control(&mut self, control: Control) {
        self.control = control;
    }

    pub(crate) fn add(&mut self, check: Check) {
        self.checks.push(Arc::new(check));
    }

    /// Runs the checks concurrently, or returns their last results if those are fresh.
    pub(crate) async fn check(&self, tasks: &Tasks) -> (Readiness, Map<String, Value>) {
        let clock = tasks.clock();
        let called = clock.now();
        let last = Arc::clone(&self.last).lock_owned().await;
        // A caller that waited for a run takes the results of that run.
        let is_fresh = last
            .as_ref()
            .is_some_and(|last| last.at > called || clock.now() - last.at < FRESH);
        let passed = match &*last {
            Some(outcome) if is_fresh => outcome.passed.clone(),
            // A separate task, because the client may disconnect before the checks have ended.
            _ => {
                let run = tasks.spawn(run_all(self.checks.clone(), last, clock.clone()));
                run.await.unwrap_or_default()
            }
        };
        if passed.len() < self.checks.len() {
            return (Readiness::NotReady, Map::new());
        }
        let mut readiness = Readiness::Ready;
        let mut words = Map::new();
        for (check, passed) in self.checks.iter().zip(passed) {
            let (word, state) = match (passed, check.is_optional) {
                (true, _) => ("ok", Readiness::Ready),
                (false, true) => ("degraded", Readiness::Degraded),
                (false, false) => ("failed", Readiness::NotReady),
            };
            words.insert(check.name.clone(), Value::from(word));
            readiness = readiness.max(state);
        }
        (readiness, words)
    }
}

/// Runs the checks and stores their results.
async fn run_all(
    checks: Vec<Arc<Check>>,
    mut last: OwnedMutexGuard<Option<Outcome>>,
    clock: Clock,
) -> Vec<bool> {
    let running: Vec<_> = checks.iter().map(|check| check.start(&clock)).collect();
    let mut passed = Vec::with_capacity(running.len());
    for (check, running) in checks.iter().zip(running) {
        let before = last.as_ref().is_none_or(|last| last.passed[passed.len()]);
        let now = check.passed(running.await, before);
        check.passed.store(u8::from(now), Ordering::Relaxed);
        passed.push(now);
    }
    *last = Some(Outcome {
        at: clock.now(),
        passed: passed.clone(),
    });
    passed
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
