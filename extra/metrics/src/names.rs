//! The names of metrics and labels.

use std::collections::{BTreeMap, HashMap, HashSet};

use highball::{Error, Result, battery::Gauge};
use prometheus_client::metrics::MetricType;

use crate::{families::Families, gauges, server};

/// The first parts of the names that the package itself has.
const BUILT_IN: [&str; 4] = ["highball_", "http_server_", "process_", "tokio_"];

/// The first part of the names that gauges of the server and of the batteries of Highball have, too.
const OURS: &str = "highball_";

const A_BATTERY: &str = "a battery";

/// Fails if two metrics have the same name, or an own metric has the name of a built-in one.
pub(crate) fn check(own: &Families, gauges: &[Gauge]) -> Result {
    let mut owners = HashMap::new();
    let own = own
        .names()
        .map(|(owner, name, kind)| (format!("`{owner}`"), name, kind));
    let gauges = gauges::by_name(gauges);
    for (name, gauges) in &gauges {
        check_labels(name, gauges)?;
    }
    let gauges = gauges
        .into_iter()
        .map(|(name, _)| (A_BATTERY.to_owned(), name, MetricType::Gauge));
    for (owner, name, kind) in own.chain(gauges) {
        if let Some(prefix) = built_in(&name, owner == A_BATTERY) {
            return Err(Error::new(format!(
                "the metric `{name}` of {owner} begins with `{prefix}`, as the metrics of the server do; \
                 give it another name"
            )));
        }
        for sample in samples(&name, kind) {
            if let Some(other) = owners.insert(sample, owner.clone()) {
                return Err(Error::new(format!(
                    "the metric `{name}` of {owner} is also a metric of {other}; give it another name"
                )));
            }
        }
    }
    Ok(())
}

/// Returns the first part of a name that is one of the server's.
fn built_in(name: &str, is_gauge: bool) -> Option<&'static str> {
    let prefix = BUILT_IN.iter().find(|prefix| name.starts_with(**prefix))?;
    let is_ours = is_gauge && *prefix == OURS && !server::has(name);
    (!is_ours).then_some(prefix)
}

/// Fails if two gauges of a name have the same labels. Prometheus would refuse the whole scrape.
fn check_labels(name: &str, gauges: &[&Gauge]) -> Result {
    let mut seen = HashSet::new();
    for gauge in gauges {
        let labels = gauge.labels().iter();
        let labels = labels.map(|(name, value)| (valid_label(name), value.as_str()));
        let labels: BTreeMap<_, _> = labels.collect();
        if labels.len() < gauge.labels().len() || !seen.insert(labels) {
            return Err(Error::new(format!(
                "two gauges or two labels of `{name}` are the same for Prometheus, which replaces other characters than \
                 letters, digits and `_`; give them other names"
            )));
        }
    }
    Ok(())
}

/// Returns the names of the series of a metric.
fn samples(name: &str, kind: MetricType) -> Vec<String> {
    let suffixes: &[&str] = match kind {
        MetricType::Counter => &["", "_total"],
        MetricType::Histogram => &["", "_bucket", "_sum", "_count"],
        _ => &[""],
    };
    let names = suffixes.iter().map(|suffix| format!("{name}{suffix}"));
    names.collect()
}

/// Returns a name with `_` in place of each character that Prometheus does not accept in the name of a metric.
pub(crate) fn valid_name(name: &str) -> String {
    valid(name, |letter| letter == ':')
}

/// Returns a name with `_` in place of each character that Prometheus does not accept in the name of a label.
pub(crate) fn valid_label(name: &str) -> String {
    valid(name, |_| false)
}

fn valid(name: &str, also: impl Fn(char) -> bool) -> String {
    let is_valid = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || also(letter);
    let letters = name.chars();
    let text: String = letters
        .map(|letter| if is_valid(letter) { letter } else { '_' })
        .collect();
    if text.starts_with(|letter: char| letter.is_ascii_digit()) || text.is_empty() {
        return format!("_{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_characters_are_replaced() {
        for (name, expected) in [
            ("pool_idle", "pool_idle"),
            ("pool.idle-now", "pool_idle_now"),
            ("2nd", "_2nd"),
            ("größe", "gr__e"),
            ("a:b", "a:b"),
            ("", "_"),
        ] {
            assert_eq!(valid_name(name), expected);
        }
        assert_eq!(valid_label("a:b"), "a_b");
    }
}
