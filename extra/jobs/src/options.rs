//! The options of a consumer.

use std::time::Duration;

/// How jobs of a consumer run: the options of `#[consumer(..)]`.
///
/// # Examples
/// ```
/// use highball_jobs::Options;
///
/// assert_eq!(Options::DEFAULT.attempts, 12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The longest time of an attempt. Without one, it may take forever.
    pub timeout: Option<Duration>,
    /// The most jobs at a time in one process.
    pub at_once: usize,
    /// The most attempts.
    pub attempts: u32,
    /// The most attempts that end with their process.
    pub crashes: u32,
    /// The most starts in a second, in all processes.
    pub rate: Option<u32>,
    /// The pause after the first failure, and the longest one.
    pub backoff: (Duration, Duration),
    /// For how long finished jobs are kept, or the identities of those that came from a broker.
    pub keep: Duration,
}

impl Options {
    /// The options of a consumer that states none.
    pub const DEFAULT: Self = Self {
        timeout: None,
        at_once: 8,
        attempts: 12,
        crashes: 3,
        rate: None,
        backoff: (Duration::from_secs(1), Duration::from_secs(3600)),
        keep: Duration::from_secs(24 * 3600),
    };

    /// Returns the longest pause after an attempt.
    pub(crate) fn pause(&self, attempt: u32) -> Duration {
        let (first, longest) = self.backoff;
        let factor = 2_u32.saturating_pow(attempt.saturating_sub(1).min(31));
        first.saturating_mul(factor).min(longest)
    }
}

/// When a scheduled consumer runs: the arguments of `#[cron(..)]`.
///
/// # Examples
/// ```
/// use highball_jobs::{Missed, Schedule};
///
/// const NIGHTLY: Schedule = Schedule { cron: "0 3 * * *", zone: "Europe/Berlin", missed: Missed::Once };
/// assert_eq!(NIGHTLY.zone, "Europe/Berlin");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Five fields: minute, hour, day of the month, month, day of the week.
    pub cron: &'static str,
    /// The name of the time zone in the database of IANA.
    pub zone: &'static str,
    /// What happens with runs while no process was there.
    pub missed: Missed,
}

/// What happens with runs of a schedule that were missed, because no process was there.
///
/// # Examples
/// ```
/// use highball_jobs::Missed;
///
/// assert_ne!(Missed::Once, Missed::All);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// They are left out.
    Skip,
    /// One run makes up for all of them.
    Once,
    /// Each one is run, up to the last hundred.
    All,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Options;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let options = Options::DEFAULT;
        assert_eq!(options.pause(1), Duration::from_secs(1));
        assert_eq!(options.pause(4), Duration::from_secs(8));
        assert_eq!(options.pause(400), Duration::from_secs(3600));
    }
}
