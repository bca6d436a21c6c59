//! A report as text.

use std::fmt::Write as _;

use crate::record::Record;
use crate::report::Report;
use crate::schedule::Stage;

/// The quantiles of the latency that a report shows.
pub(crate) const QUANTILES: [(&str, f64); 7] = [
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p99", 0.99),
    ("p99.9", 0.999),
    ("p99.99", 0.9999),
    ("max", 1.0),
];

/// Renders a report for the terminal.
pub(crate) fn render(report: &Report) -> String {
    let total = report.total();
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _to_memory = writeln!(text, "{name:<10} {value}");
    };
    for target in &report.targets {
        line("target", format!("{} {}", target.method, target.url));
    }
    line("load", describe_load(report));
    line(
        "responses",
        format!(
            "{}  {}/s",
            group_thousands(total.responses()),
            group_thousands(report.rate() as u64)
        ),
    );
    line("statuses", list_statuses(&total));
    line("failed", list_failures(&total));
    if report.unsent > 0 {
        line(
            "unsent",
            format!(
                "{} were due, but no connection was free",
                group_thousands(report.unsent)
            ),
        );
    }
    line(
        "received",
        format!("{:.1} MiB", total.bytes as f64 / 1_048_576.0),
    );
    if total.responses() > 0 {
        line("latency", list_latencies(&total));
    }
    if total.responses() > 0 && total.responses() < report.requests() {
        let none = report.requests() - total.responses();
        line(
            "",
            format!(
                "of the responses; {} requests had none",
                group_thousands(none)
            ),
        );
    }
    if report.targets.len() > 1 {
        for target in &report.targets {
            let record = &target.record;
            let (responses, failed) = (
                group_thousands(record.responses()),
                group_thousands(record.failed()),
            );
            let shown = format!("{responses}, failed {failed}  {}", list_latencies(record));
            line(&target.url, shown);
        }
    }
    text
}

/// Describes how requests were sent.
pub(crate) fn describe_load(report: &Report) -> String {
    let mut load = format!(
        "{:.1} s, {} connections",
        report.seconds, report.connections
    );
    if report.streams > 1 {
        let _to_memory = write!(load, " of {} streams", report.streams);
    }
    if report.servers > 1 {
        let _to_memory = write!(load, " to each of {} servers", report.servers);
    }
    if report.generators > 1 {
        let _to_memory = write!(load, ", {} generators", report.generators);
    }
    if !report.has_rate() {
        return load + ", each sends its next request after the response";
    }
    let mut rates: Vec<String> = report
        .stages
        .iter()
        .map(|stages| describe_rates(stages))
        .collect();
    let is_one = rates.iter().all(|rate| *rate == rates[0]);
    if !report.shards.is_empty() {
        let of = report.shards[0].of;
        return match report.shards.as_slice() {
            [shard] => format!("{load}, shard {shard} of {} requests per second", rates[0]),
            shards => format!(
                "{load}, {} of {of} shards of {} requests per second",
                shards.len(),
                rates[0]
            ),
        };
    }
    let each = if is_one && rates.len() > 1 {
        rates.truncate(1);
        " each"
    } else {
        ""
    };
    format!("{load}, {} requests per second{each}", rates.join(" and "))
}

fn describe_rates(stages: &[Stage]) -> String {
    let stages = stages.iter().map(|stage| {
        if stage.from == stage.to {
            format!("{}", stage.to)
        } else {
            format!("{} to {}", stage.from, stage.to)
        }
    });
    stages.collect::<Vec<_>>().join(", then ")
}

pub(crate) fn list_statuses(record: &Record) -> String {
    let shown = record.statuses.iter();
    join_or_none(shown.map(|(status, n)| format!("{status}: {}", group_thousands(*n))))
}

pub(crate) fn list_failures(record: &Record) -> String {
    let shown = record.failures.iter();
    join_or_none(
        shown.map(|(failure, n)| format!("{failure:?}: {}", group_thousands(*n)).to_lowercase()),
    )
}

fn join_or_none(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        return "none".to_owned();
    }
    parts.join(", ")
}

fn list_latencies(record: &Record) -> String {
    let shown =
        QUANTILES.map(|(name, part)| format!("{name} {}", format_millis(record.latency_at(part))));
    shown.join("  ")
}

/// Formats nanoseconds as milliseconds, and `None` as a dash.
pub(crate) fn format_millis(nanos: Option<u64>) -> String {
    match nanos {
        Some(nanos) => format!("{:.2} ms", nanos as f64 / 1e6),
        None => "-".to_owned(),
    }
}

/// Formats a number with commas between its thousands.
pub(crate) fn group_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (number, shown) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1234567, "1,234,567"),
        ] {
            assert_eq!(group_thousands(number), shown);
        }
    }
}
