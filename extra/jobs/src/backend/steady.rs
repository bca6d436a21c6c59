//! Whether the end of a lease shows that its worker is away.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Whether a backend could be written for as long as a lease needs. Use it in [`recover`](super::Backend::recover),
/// before crashes are counted.
///
/// While a transaction holds the only writer of SQLite, while a disk hangs, or while a server is away, no worker can
/// renew a lease. After that, all leases have ended, and none of their workers is at fault. So for a while nothing is
/// recovered.
///
/// # Examples
/// ```
/// use std::time::{Duration, Instant};
///
/// use highball_jobs::backend::Steady;
///
/// let (steady, start, lease) = (Steady::default(), Instant::now(), Duration::from_secs(30));
/// assert!(!steady.note(start, lease));
/// assert!(!steady.note(start + Duration::from_secs(10), lease));
/// assert!(steady.note(start + Duration::from_secs(20), lease));
/// ```
#[derive(Debug, Default)]
pub struct Steady(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// When the backend was written last.
    last: Option<Instant>,
    quiet_until: Option<Instant>,
}

impl Steady {
    /// Notes that the backend can be written now, and returns whether leases of this time can be judged.
    pub fn note(&self, now: Instant, lease: Duration) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gap = seen.last.replace(now).map(|last| now - last);
        if gap.is_none_or(|gap| gap > lease / 2) {
            // Each worker renews its leases within a third of their time.
            seen.quiet_until = Some(now + lease / 3 * 2);
        }
        seen.quiet_until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Steady;

    #[test]
    fn leases_are_judged_after_a_steady_time() {
        let (steady, start, lease) = (Steady::default(), Instant::now(), Duration::from_secs(30));
        let is_steady = |second| steady.note(start + Duration::from_secs(second), lease);
        assert!(!is_steady(0), "another process may have held the writer");
        assert!(!is_steady(10));
        assert!(is_steady(20));
        assert!(is_steady(34));
        assert!(!is_steady(50), "it could not be written for 16 seconds");
        assert!(!is_steady(60));
        assert!(is_steady(70));
    }
}
