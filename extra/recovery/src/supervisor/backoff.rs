//! How long the supervisor waits before it starts the program again.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The most ends in the window.
const MOST: usize = 5;
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// The pause after the second end in the window. It doubles.
const SHORT: Duration = Duration::from_millis(100);
/// The pause of a program that ends too often.
const LONG: Duration = Duration::from_secs(60);

/// The sentence about a program that ends too often.
pub(super) const FLAPS: &str = "the program has ended more than 5 times in 5 minutes, so it starts once a minute from \
     now on, until it has run for 5 minutes";

/// The recent ends of the program.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    ends: VecDeque<Instant>,
    is_flapping: bool,
}

impl Backoff {
    /// Returns whether the program ends too often.
    pub(super) fn is_flapping(&self) -> bool {
        self.is_flapping
    }

    /// Records the end of a program that has run for this time. Returns the pause before the next start.
    pub(super) fn ended(&mut self, now: Instant, ran: Duration) -> Duration {
        if ran >= WINDOW {
            self.is_flapping = false;
            self.ends.clear();
        }
        self.ends.push_back(now);
        while let Some(first) = self.ends.front()
            && now.duration_since(*first) > WINDOW
        {
            self.ends.pop_front();
        }
        let count = self.ends.len();
        self.is_flapping |= count > MOST;
        match count {
            _ if self.is_flapping => LONG,
            0 | 1 => Duration::ZERO,
            // At most `MOST`, so the shift is small.
            more => SHORT * (1 << (more - 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(ends: &[(u64, u64)]) -> Vec<u128> {
        let (mut backoff, start) = (Backoff::default(), Instant::now());
        let pauses = ends.iter().map(|(at, ran)| {
            let pause = backoff.ended(start + Duration::from_secs(*at), Duration::from_secs(*ran));
            pause.as_millis()
        });
        pauses.collect()
    }

    #[test]
    fn sixth_end_in_five_minutes_has_a_long_pause_until_the_program_has_run() {
        let ends: Vec<_> = (1..=6).map(|at| (at, 1)).collect();
        assert_eq!(pauses(&ends), [0, 100, 200, 400, 800, 60_000]);
        // Once a minute, fewer than six ends are in the window.
        let mut slow = ends;
        slow.extend([(66, 60), (366, 60), (3_000, 299)]);
        assert_eq!(pauses(&slow)[6..], [60_000, 60_000, 60_000]);
        slow.push((4_000, 300));
        assert_eq!(pauses(&slow)[9..], [0]);
    }

    #[test]
    fn rare_ends_have_no_pause() {
        assert_eq!(pauses(&[(0, 9), (400, 9), (800, 9)]), [0, 0, 0]);
    }
}
