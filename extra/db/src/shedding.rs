//! Shedding by the time of waiting: CoDel, controlled delay (RFC 8289), as pools of connections use it.

use std::time::Duration;

use tokio::time::Instant;

/// How long each measurement of the wait is.
const INTERVAL: Duration = Duration::from_secs(2);

/// Whether requests wait so long that some are rejected at once.
///
/// A burst that ends sheds nothing: within an interval, at least one request waits for less than the target then. If
/// none does, the queue does not drain, and requests that have waited for twice the target are rejected, so that the
/// others get their connection in time.
#[derive(Debug)]
pub(crate) struct Shedding {
    target: Duration,
    /// The shortest wait in this interval.
    shortest: Option<Duration>,
    interval_ends: Option<Instant>,
    is_slow: bool,
}

impl Shedding {
    pub(crate) fn new(target: Duration) -> Self {
        Self {
            target,
            shortest: None,
            interval_ends: None,
            is_slow: false,
        }
    }

    /// Records the wait of a request whose turn has come. Returns whether it is rejected.
    pub(crate) fn rejects(&mut self, waited: Duration, now: Instant) -> bool {
        if self.interval_ends.is_none_or(|end| now >= end) {
            self.is_slow = self.shortest.is_some_and(|shortest| shortest > self.target);
            self.shortest = None;
            self.interval_ends = Some(now + INTERVAL);
        }
        self.shortest = Some(
            self.shortest
                .map_or(waited, |shortest| shortest.min(waited)),
        );
        self.is_slow && waited > self.target * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests that come every 100 ms, with their waits in milliseconds. Returns how many are rejected.
    fn rejected(waits: impl IntoIterator<Item = u64>) -> usize {
        let mut shedding = Shedding::new(Duration::from_millis(100));
        let mut now = Instant::now();
        let rejected = waits.into_iter().filter(|wait| {
            now += Duration::from_millis(100);
            shedding.rejects(Duration::from_millis(*wait), now)
        });
        rejected.count()
    }

    #[test]
    fn a_queue_that_does_not_drain_is_shed_after_an_interval() {
        assert_eq!(rejected([300; 20]), 0);
        assert_eq!(rejected([300; 60]), 40);
        // Within twice the target, a request is served.
        assert_eq!(rejected([200; 60]), 0);
    }

    #[test]
    fn a_burst_is_not_shed() {
        let bursts = (0..60).map(|number| if number % 10 == 0 { 0 } else { 900 });
        assert_eq!(rejected(bursts), 0);
    }

    #[test]
    fn shedding_ends_when_the_queue_drains() {
        let waits = [300; 40].into_iter().chain([10; 20]).chain([300; 15]);
        assert_eq!(rejected(waits), 20);
    }
}
