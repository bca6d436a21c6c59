//! Whether the end of a lease shows that its worker is away.

use std::time::{Duration, Instant};

/// Whether the thread of the file could answer for as long as a lease needs.
///
/// While a disk hangs, or while the process is stopped, no worker can renew a lease. After that, all leases have ended,
/// and none of their workers is at fault. So for a while nothing is recovered.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    /// When leases were judged last.
    last: Option<Instant>,
    quiet_until: Option<Instant>,
}

impl Steady {
    /// Notes that the thread answers now, and returns whether leases of this time can be judged.
    pub(crate) fn note(&mut self, now: Instant, lease: Duration) -> bool {
        let gap = self.last.replace(now).map(|last| now - last);
        if gap.is_none_or(|gap| gap > lease / 2) {
            // Each worker renews its leases within a third of their time.
            self.quiet_until = Some(now + lease / 3 * 2);
        }
        self.quiet_until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Steady;

    #[test]
    fn leases_are_judged_after_a_steady_time() {
        let (start, lease) = (Instant::now(), Duration::from_secs(30));
        let mut steady = Steady::default();
        let expected = [
            (0, false),
            (10, false),
            (20, true),
            (34, true),
            (50, false),
            (70, true),
        ];
        for (second, is_steady) in expected {
            let now = start + Duration::from_secs(second);
            assert_eq!(steady.note(now, lease), is_steady, "{second}");
            if second == 50 {
                assert!(!steady.note(now + Duration::from_secs(10), lease));
            }
        }
    }
}
