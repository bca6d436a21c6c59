//! Start and stop hooks: an app's work before its first request and after its last.

use std::{future::Future, pin::Pin, time::Duration};

use crate::{
    clock::Clock,
    error::{Error, Result},
    tasks::Owned,
};

/// A named piece of work with a timeout.
pub(super) struct Hook {
    /// Names the hook in errors.
    name: String,
    /// How long the work may take.
    within: Duration,
    work: Pin<Box<dyn Future<Output = Result> + Send>>,
}

impl Hook {
    pub(super) fn new(
        name: &str,
        within: Duration,
        work: impl Future<Output = Result> + Send + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            within,
            work: Box::pin(work),
        }
    }

    /// Runs the hook on a separate task, so that a panic becomes an error.
    async fn run(self, kind: &str, clock: &Clock) -> Result {
        let name = &self.name;
        match clock.timeout(self.within, Owned::spawn(self.work)).await {
            Ok(Ok(done)) => {
                done.map_err(|error| error.context(format!("the {kind} hook `{name}` failed")))
            }
            Ok(Err(_)) => Err(Error::new(format!("the {kind} hook `{name}` panicked"))),
            Err(_) => {
                let within = humantime::format_duration(self.within);
                Err(Error::new(format!(
                    "the {kind} hook `{name}` took longer than {within}"
                )))
            }
        }
    }
}

/// The names of the start hooks, and how long each took.
pub(super) type Times = Vec<(String, Duration)>;

/// Runs the start hooks until one fails.
pub(super) async fn run_start(hooks: &mut Vec<Hook>, clock: &Clock) -> Result<Times> {
    let mut times = Times::new();
    for hook in hooks.drain(..) {
        let (name, start) = (hook.name.clone(), clock.now());
        hook.run("start", clock).await?;
        times.push((name, clock.now() - start));
    }
    Ok(times)
}

/// Runs all stop hooks and returns the first failure.
pub(super) async fn run_stop(hooks: &mut Vec<Hook>, clock: &Clock) -> Result {
    let mut outcome = Ok(());
    for hook in hooks.drain(..) {
        let done = hook.run("stop", clock).await;
        outcome = outcome.and(done);
    }
    outcome
}
