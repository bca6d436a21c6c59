//! The queries of panels.

use std::borrow::Cow;

use highball_metrics::{Family, Kind};

/// The series of the server that the variables of the board select.
const SELECTED: &str = "job=\"$job\",instance=~\"$instance\"";

/// Returns a selector of series: a name and more matchers.
pub(super) fn select(name: &str, matchers: &str) -> String {
    let comma = if matchers.is_empty() { "" } else { "," };
    format!("{name}{{{SELECTED}{comma}{matchers}}}")
}

/// Returns the rate of a counter.
pub(super) fn rate(name: &str, matchers: &str) -> String {
    format!("rate({}[$__rate_interval])", select(name, matchers))
}

/// Returns a sum by these labels.
pub(super) fn sum(by: &[&str], query: &str) -> String {
    match by {
        [] => format!("sum({query})"),
        by => format!("sum by ({}) ({query})", by.join(", ")),
    }
}

/// Returns a quantile of a histogram by these labels.
pub(super) fn quantile(part: f64, by: &[&str], buckets: &str, matchers: &str) -> String {
    let by: Vec<_> = by.iter().copied().chain(["le"]).collect();
    let rates = sum(&by, &rate(buckets, matchers));
    format!("histogram_quantile({part}, {rates})")
}

/// Returns a value of a matcher, with the escapes of PromQL.
pub(super) fn quoted(value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", value.replace('\n', r"\n"))
}

/// Returns the lines of the panel of a metric: each with its legend and its query.
pub(super) fn lines(family: &Family, rises: bool) -> Vec<(String, String)> {
    let name = family.series();
    // The number of workers makes many series that are alike.
    let labels = family.labels().iter().map(String::as_str);
    let labels = labels.filter(|label| *label != "worker");
    let by: Vec<_> = ["instance"].into_iter().chain(labels).collect();
    let legend: Vec<_> = by.iter().map(|label| format!("{{{{{label}}}}}")).collect();
    let legend = legend.join(" ");
    match family.kind() {
        Kind::Histogram => [0.5, 0.99]
            .map(|part| {
                let query = quantile(part, &by[1..], &name, "");
                let legend = &legend["{{instance}}".len()..];
                (format!("p{}{legend}", part * 100.0), query)
            })
            .to_vec(),
        Kind::Counter => vec![(legend, sum(&by, &rate(&name, "")))],
        Kind::Gauge if rises => vec![(legend, sum(&by, &rate(&name, "")))],
        Kind::Gauge => vec![(legend, sum(&by, &select(&name, "")))],
    }
}

/// Returns the unit of Grafana for a unit of a metric, or for its rate.
pub(super) fn unit(unit: &str, is_rate: bool) -> &'static str {
    match (unit, is_rate) {
        // Seconds in a second are a share.
        ("seconds", true) => "percentunit",
        ("seconds", false) => "s",
        ("bytes", true) => "Bps",
        ("bytes", false) => "bytes",
        ("ratio", false) => "percentunit",
        (_, true) => "cps",
        (_, false) => "short",
    }
}

/// Returns a title from the name of a metric.
pub(super) fn title(name: &str) -> String {
    let mut text: Cow<'_, str> = name.replace('_', " ").into();
    if let Some(first) = text.to_mut().get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        assert_eq!(quoted("/a\"b\\c\n"), r#""/a\"b\\c\n""#);
        assert_eq!(
            select("up", "a=\"b\""),
            "up{job=\"$job\",instance=~\"$instance\",a=\"b\"}"
        );
        assert_eq!(title("größe_x"), "Größe x");
    }
}
