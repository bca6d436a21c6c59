//! The gauges of the jobs that a worker has consumers for.

use highball::battery::{Gauge, Hooks};

use super::Worker;
use crate::backend::State;

impl<S> Worker<S> {
    /// Adds the gauges of each consumer.
    pub(super) fn add_gauges(&self, hooks: &mut Hooks<'_>) {
        for consumer in &self.consumers {
            for state in [State::Waiting, State::Running, State::Parked] {
                hooks.gauge(self.gauge(consumer.name(), state));
            }
            hooks.gauge(self.late(consumer.name()));
        }
    }

    fn gauge(&self, job: &'static str, state: State) -> Gauge {
        let line = self.jobs.line(job);
        let read = move || line.count(state);
        let gauge = Gauge::new("jobs", "jobs", "The jobs of a name in a state.", read);
        gauge.label("job", job).label("state", &state.to_string())
    }

    fn late(&self, job: &'static str) -> Gauge {
        let (line, jobs) = (self.jobs.line(job), self.jobs.clone());
        let help = "How long the first job that waits could have begun.";
        let read = move || line.late(jobs.now());
        Gauge::new("jobs_late_seconds", "seconds", help, read).label("job", job)
    }
}
