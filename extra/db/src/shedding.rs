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

    /// Records the wait of a request, which has ended.
    pub(crate) fn record(&mut self, waited: Duration, now: Instant) {
        self.begin_interval(waited, now);
        let shortest = self.shortest.unwrap_or(waited);
        self.shortest = Some(shortest.min(waited));
    }

    /// Returns whether a request that still waits is rejected.
    pub(crate) fn rejects(&mut self, waited: Duration, now: Instant) -> bool {
        self.begin_interval(waited, now);
        self.is_slow && waited > self.target * 2
    }

    /// Begins an interval if the last one has ended.
    fn begin_interval(&mut self, waited: Duration, now: Instant) {
        let ended = self
            .interval_ends
            .map(|end| now.checked_duration_since(end));
        let is_slow = match ended {
            Some(None) => return,
            // If no wait has ended in it, the oldest one shows how long the queue is.
            Some(Some(ago)) if ago < INTERVAL => self.shortest.unwrap_or(waited) > self.target,
            // The measurement is from before a pause.
            _ => false,
        };
        self.is_slow = is_slow;
        self.shortest = None;
        self.interval_ends = Some(now + INTERVAL);
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
            let wait = Duration::from_millis(*wait);
            let is_rejected = shedding.rejects(wait, now);
            shedding.record(wait, now);
            is_rejected
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

    #[test]
    fn a_measurement_before_a_pause_does_not_count() {
        let mut shedding = Shedding::new(Duration::from_millis(100));
        let (begun, wait) = (Instant::now(), Duration::from_millis(300));
        shedding.record(wait, begun);
        let later = begun + INTERVAL * 10;
        shedding.record(Duration::ZERO, later);
        assert!(!shedding.rejects(wait, later + INTERVAL / 2));
    }

    #[test]
    fn a_queue_that_nothing_leaves_is_shed() {
        let mut shedding = Shedding::new(Duration::from_millis(100));
        let begun = Instant::now();
        assert!(!shedding.rejects(Duration::ZERO, begun));
        assert!(shedding.rejects(INTERVAL, begun + INTERVAL));
    }
}
