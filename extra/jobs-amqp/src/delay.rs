//! The times for which a job can wait in RabbitMQ.

use highball_jobs::backend::Millis;

/// The seconds of the delay queues. All messages of a queue wait equally long, so none is behind a longer one.
pub(crate) const STEPS: [u32; 6] = [1, 5, 30, 120, 600, 3600];

/// Returns the longest step that is not longer than the time, or the shortest one, or `None` if no time is left.
///
/// A job that comes back before its time waits again. So it is up to a second late, and a day has
/// up to 45 hops.
pub(crate) fn step(due: Millis, now: Millis) -> Option<u32> {
    let left = due.saturating_sub(now);
    let longest = STEPS
        .iter()
        .rev()
        .find(|step| i64::from(**step) * 1000 <= left);
    (left > 0).then(|| *longest.unwrap_or(&STEPS[0]))
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn a_time_between_two_steps_is_reached_by_hops() {
        let cases = [
            (-5, None),
            (0, None),
            (1, Some(1)),
            (999, Some(1)),
            (4_999, Some(1)),
            (5_000, Some(5)),
            (7_200_000, Some(3600)),
            (i64::MAX, Some(3600)),
        ];
        for (left, expected) in cases {
            assert_eq!(step(left, 0), expected, "{left}");
        }
    }

    #[test]
    fn a_job_is_less_than_a_second_late() {
        for due in [1_i64, 1_500, 44_700, 600_001, 86_399_999] {
            let (mut now, mut hops) = (0, 0);
            while let Some(step) = step(due, now) {
                now += i64::from(step) * 1000;
                hops += 1;
            }
            assert!((0..1000).contains(&(now - due)), "{due}: {now}");
            assert!(hops <= 45, "{due}: {hops} hops");
        }
    }
}
