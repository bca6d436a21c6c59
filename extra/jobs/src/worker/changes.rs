//! Wakes consumers when the backend reports jobs of other processes.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{Worker, upkeep::Failing};
use crate::time::random_part;

/// The pause after the first failure. It doubles with each further one.
const FIRST: Duration = Duration::from_millis(100);

/// The longest pause after a failure.
const LONGEST: Duration = Duration::from_secs(10);

impl<S: Send + Sync + 'static> Worker<S> {
    /// Begins to follow the reports of the backend, until the set is dropped.
    pub(super) fn spawn_changes(self: &Arc<Self>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(Arc::clone(self).follow_changes());
        tasks
    }

    /// Wakes consumers. Without reports they still look for jobs at each poll, so a failure only costs time.
    async fn follow_changes(self: Arc<Self>) {
        let (mut failing, mut failures) = (Failing::default(), 0_u32);
        loop {
            let changed = self.jobs.backend().changed().await;
            failing.note(
                "jobs of other processes are only found by polling",
                &changed,
            );
            match changed {
                Ok(names) => {
                    failures = 0;
                    self.wake(&names);
                }
                Err(_) => {
                    tokio::time::sleep(pause(failures)).await;
                    failures += 1;
                }
            }
        }
    }

    /// Wakes the consumers of these jobs, or all if there is no name. Names of other programs are ignored.
    fn wake(&self, names: &[String]) {
        for consumer in &self.consumers {
            if names.is_empty() || names.iter().any(|name| name == consumer.name()) {
                self.jobs.line(consumer.name()).wake.notify_one();
            }
        }
    }
}

/// Returns how long to wait after this many earlier failures. A random part keeps processes apart.
fn pause(failures: u32) -> Duration {
    let pause = FIRST.saturating_mul(2_u32.saturating_pow(failures));
    let pause = pause.min(LONGEST);
    pause / 2 + random_part(pause / 2)
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LONGEST, pause};

    #[test]
    fn pauses_after_failures_grow_up_to_the_longest() {
        for (failures, longest) in [(0, FIRST), (3, FIRST * 8), (40, LONGEST)] {
            let pause = pause(failures);
            assert!(
                pause >= longest / 2 && pause <= longest,
                "{failures}: {pause:?}"
            );
        }
    }
}
