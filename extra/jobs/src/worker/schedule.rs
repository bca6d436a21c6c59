//! Queues the jobs of schedules when their time has come.

use std::{sync::Arc, time::Duration};

use highball::clock::Clock;

use super::Worker;
use crate::{
    Missed, Schedule,
    backend::{BackendError, Millis, NewJob},
    cron::Times,
};

/// The longest pause between two looks at a schedule, so that a change of the system's time is noticed.
const LOOK: Duration = Duration::from_secs(30);

/// The most missed runs that are made up for.
const MOST: usize = 100;

impl<S: Send + Sync + 'static> Worker<S> {
    /// Queues a job for each time of a schedule. All processes do this, and the backend stores each one once.
    pub(super) async fn follow_schedule(
        self: Arc<Self>,
        idx: usize,
        schedule: Schedule,
        clock: Clock,
    ) {
        let name = self.consumers[idx].name();
        let times = match Times::new(schedule.cron, schedule.zone) {
            Ok(times) => times,
            Err(reason) => return eprintln!("`{name}` never runs: {reason}"),
        };
        let mut has_failed = false;
        loop {
            let pause = match self.tick(name, &schedule, &times).await {
                Ok(next) => {
                    has_failed = false;
                    let left = u64::try_from(next - self.jobs.now()).unwrap_or(0);
                    Duration::from_millis(left).min(LOOK)
                }
                Err(error) => {
                    if !has_failed {
                        eprintln!("`{name}` cannot be queued: {error}");
                    }
                    has_failed = true;
                    Duration::from_secs(1)
                }
            };
            clock.sleep(pause).await;
        }
    }

    /// Queues what is due, and returns when the schedule is due again.
    pub(super) async fn tick(
        &self,
        name: &'static str,
        schedule: &Schedule,
        times: &Times,
    ) -> Result<Millis, BackendError> {
        let now = self.jobs.now();
        let last = self.jobs.last_tick(name, now).await?;
        let due = due(times, last, now, schedule.missed);
        if due.is_empty() {
            return Ok(times.next(last.max(now)).unwrap_or(Millis::MAX));
        }
        let jobs = due.into_iter().map(|at| NewJob {
            name: name.into(),
            version: 1,
            payload: format!("{{\"at\":{at}}}"),
            due: at,
            producer: "schedule".into(),
            ..NewJob::default()
        });
        let jobs = jobs.collect();
        if self.jobs.tick(name, last, jobs, now).await? {
            self.jobs.told(name);
        }
        Ok(times.next(now).unwrap_or(Millis::MAX))
    }
}

/// Returns the runs to queue: those after `last`, up to `now`.
fn due(times: &Times, last: Millis, now: Millis, missed: Missed) -> Vec<Millis> {
    let mut due = std::collections::VecDeque::new();
    let mut at = last;
    while let Some(next) = times.next(at).filter(|next| *next <= now) {
        due.push_back(next);
        if due.len() > MOST {
            due.pop_front();
        }
        at = next;
    }
    let newest = due.back().copied();
    match missed {
        Missed::All => due.into(),
        Missed::Once => newest.into_iter().collect(),
        // A run is not missed while it is less than a minute late.
        Missed::Skip => newest.filter(|at| now - at < 60_000).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::due;
    use crate::{Missed, cron::Times};

    const HOUR: i64 = 3_600_000;

    #[test]
    fn runs_of_a_stop_are_made_up_for_as_stated() {
        let hourly = Times::new("0 * * * *", "UTC").unwrap();
        let (last, now) = (10 * HOUR, 15 * HOUR + HOUR / 2);
        let all = [11, 12, 13, 14, 15].map(|hour| hour * HOUR);
        assert_eq!(due(&hourly, last, now, Missed::All), all);
        assert_eq!(due(&hourly, last, now, Missed::Once), [15 * HOUR]);
        assert!(due(&hourly, last, now, Missed::Skip).is_empty());
        assert_eq!(due(&hourly, last, 15 * HOUR + 5, Missed::Skip), [15 * HOUR]);
        assert!(due(&hourly, 15 * HOUR, now, Missed::All).is_empty());
    }

    #[test]
    fn a_long_stop_is_bounded() {
        let minutely = Times::new("* * * * *", "UTC").unwrap();
        let all = due(&minutely, 0, 48 * HOUR, Missed::All);
        assert_eq!((all.len(), all.last()), (100, Some(&(48 * HOUR))));
    }
}
