//! The rules of gauges of batteries that must be zero or small. A battery that is not installed has no series.

use crate::{
    promql::quoted,
    rule::{Rule, Severity},
};

/// A gauge that is over a number only if something is wrong.
#[derive(Debug)]
pub(crate) struct GaugeRule {
    pub(crate) alert: &'static str,
    pub(crate) gauge: &'static str,
    /// The labels that select its series.
    pub(crate) selected: &'static [(&'static str, &'static str)],
    /// The other labels of its series, each with a value for test cases.
    pub(crate) others: &'static [(&'static str, &'static str)],
    /// The number.
    pub(crate) most: u64,
    /// The minutes for which it is over the number.
    pub(crate) hold: u64,
    summary: &'static str,
    description: &'static str,
}

pub(crate) const GAUGES: [GaugeRule; 3] = [
    GaugeRule {
        alert: "pool_wait",
        gauge: "db_requests_waiting",
        selected: &[],
        others: &[("database", "main")],
        most: 0,
        hold: 5,
        summary: "requests wait for connections of the database {{ $labels.database }}",
        description: "At each scrape of the last minutes, requests waited for a connection: the pool is too small, or \
                      handlers hold connections for too long.",
    },
    // Prometheus renames the label `job` of the gauge, which is the name of the jobs.
    GaugeRule {
        alert: "jobs_parked",
        gauge: "jobs",
        selected: &[("state", "parked")],
        others: &[("exported_job", "email")],
        most: 0,
        hold: 5,
        summary: "jobs {{ $labels.exported_job }} have failed for good",
        description: "They wait for an operator: the command `jobs parked` shows why, and `jobs requeue` runs them \
                      again.",
    },
    GaugeRule {
        alert: "jobs_late",
        gauge: "jobs_late_seconds",
        selected: &[],
        others: &[("exported_job", "email")],
        most: 300,
        hold: 5,
        summary: "jobs {{ $labels.exported_job }} wait for more than five minutes",
        description: "The first of them could have begun before that: no worker runs, or the workers are too few.",
    },
];

impl GaugeRule {
    pub(crate) fn rule(&self, job: &str) -> Rule {
        let mut labels = format!("job={}", quoted(job));
        for (name, value) in self.selected {
            labels.push_str(&format!(",{name}={}", quoted(value)));
        }
        let expr = format!("{}{{{labels}}} > {}", self.gauge, self.most);
        Rule::alert(self.alert, expr, self.hold, Severity::Ticket)
            .annotation("summary", self.summary.to_owned())
            .annotation("description", self.description.to_owned())
    }
}
