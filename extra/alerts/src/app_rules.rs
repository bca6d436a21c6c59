//! The rules of the processes: CPU, capacity, and whether they run.

use crate::{
    gauge_rules::GAUGES,
    promql::{decimal, percent, quoted},
    rule::{Group, Rule, Severity},
};

pub(crate) const CPU: &str = "app_cpu";
pub(crate) const DOWN: &str = "app_down";
pub(crate) const INSTANCE_DOWN: &str = "instance_down";
pub(crate) const CAPACITY: &str = "app_capacity";

/// The minutes before the alerts fire.
pub(crate) const CPU_HOLD: u64 = 10;
pub(crate) const DOWN_HOLD: u64 = 1;
pub(crate) const INSTANCE_HOLD: u64 = 10;
pub(crate) const CAPACITY_HOLD: u64 = 5;

/// Returns the rules. The shares are in millionths.
pub(crate) fn group(job: &str, cpu: u64, capacity: u64) -> Group {
    let rules = [
        cpu_rule(job, CPU, cpu, CPU_HOLD, Severity::Ticket),
        capacity_rule(job, CAPACITY, capacity, CAPACITY_HOLD, Severity::Ticket),
        down_rule(job),
        instance_rule(job),
    ];
    let gauges = GAUGES.iter().map(|gauge| gauge.rule(job));
    Group {
        name: format!("highball {job}"),
        rules: rules.into_iter().chain(gauges).collect(),
    }
}

/// It has no floor of requests: a process that is busy without requests has a fault.
pub(crate) fn cpu_rule(job: &str, name: &str, most: u64, hold: u64, severity: Severity) -> Rule {
    let (job, most_text) = (quoted(job), decimal(most));
    let expr = format!(
        "rate(process_cpu_seconds_total{{job={job}}}[5m]) / process_available_cores{{job={job}}} > {most_text}"
    );
    Rule::alert(name, expr, hold, severity)
        .annotation(
            "summary",
            format!(
                "{{{{ $labels.instance }}}} uses more than {} of its cores",
                percent(most)
            ),
        )
        .annotation(
            "description",
            "The process uses {{ $value | humanizePercentage }} of the cores that it may use."
                .to_owned(),
        )
}

pub(crate) fn capacity_rule(
    job: &str,
    name: &str,
    most: u64,
    hold: u64,
    severity: Severity,
) -> Rule {
    let (job, most_text) = (quoted(job), decimal(most));
    let expr = format!("highball_capacity_used{{job={job}}} > {most_text}");
    Rule::alert(name, expr, hold, severity)
        .annotation("summary", format!("{{{{ $labels.instance }}}} uses more than {} of its capacity", percent(most)))
        .annotation("description", "{{ $value | humanizePercentage }} of the places of `Capacity` are taken; when all are, requests wait and are then rejected.".to_owned())
}

/// No instance can be scraped. An instance that drains still responds, and one that was removed is no target.
fn down_rule(job: &str) -> Rule {
    let series = quoted(job);
    let expr = format!("absent(up{{job={series}}} == 1)");
    Rule::alert(DOWN, expr, DOWN_HOLD, Severity::Page)
        .label("job", job)
        .annotation(
            "summary",
            "no instance of the app responds to Prometheus".to_owned(),
        )
        .annotation(
            "description",
            "Either all instances are down, or Prometheus has no targets of this job.".to_owned(),
        )
}

/// One instance cannot be scraped, for longer than a rollout takes.
fn instance_rule(job: &str) -> Rule {
    let expr = format!("up{{job={}}} == 0", quoted(job));
    Rule::alert(INSTANCE_DOWN, expr, INSTANCE_HOLD, Severity::Ticket)
        .annotation(
            "summary",
            "{{ $labels.instance }} does not respond to Prometheus".to_owned(),
        )
        .annotation(
            "description",
            "An instance that was stopped for good belongs out of the targets of Prometheus."
                .to_owned(),
        )
}
