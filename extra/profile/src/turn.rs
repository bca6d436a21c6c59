//! One profile at a time.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use highball::{Rejection, http::StatusCode};

/// When the running profile ends.
static ENDS: Mutex<Option<Instant>> = Mutex::new(None);

/// The right to collect a profile. There is one in the process, because the timer and the signal of samples are those
/// of the process.
#[derive(Debug)]
pub(crate) struct Turn(());

impl Turn {
    /// Takes the turn, or returns a 409 with the seconds until the other profile ends.
    pub(crate) fn take(time: Duration) -> Result<Self, Rejection> {
        let now = Instant::now();
        let mut ends = ends();
        if let Some(ends) = *ends {
            let wait = ends.saturating_duration_since(now).as_secs() + 1;
            let detail = format!("another profile is being collected; try again in {wait} s");
            let rejection = Rejection::new(StatusCode::CONFLICT, detail);
            return Err(rejection.with_header("retry-after", wait.to_string()));
        }
        *ends = Some(now + time);
        Ok(Self(()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *ends() = None;
    }
}

fn ends() -> MutexGuard<'static, Option<Instant>> {
    ENDS.lock().unwrap_or_else(PoisonError::into_inner)
}
