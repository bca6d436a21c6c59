//! The description of the metrics that are exported.

use highball::battery::Gauge;

use crate::names::valid_name;

/// A description of an exported metric, from [`Exporter::families`](crate::Exporter::families).
///
/// # Examples
/// ```
/// use highball_metrics::{Exporter, Family, Kind};
///
/// let families: Vec<Family> = Exporter::new().families();
/// let cut = families.iter().find(|family| family.name() == "highball_cut_connections");
/// let cut = cut.expect("every server has it");
/// assert_eq!((cut.kind(), cut.unit(), cut.labels().len()), (Kind::Counter, "", 0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    name: String,
    kind: Kind,
    unit: String,
    help: String,
    labels: Vec<String>,
}

/// The kinds of metrics.
///
/// # Examples
/// ```
/// use highball_metrics::{Exporter, Kind};
///
/// let families = Exporter::new().families();
/// assert!(families.iter().any(|family| family.kind() == Kind::Counter));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that only grows.
    Counter,
    /// A number that changes.
    Gauge,
    /// Counts of values by their size.
    Histogram,
}

impl Family {
    /// Returns the name, without the suffixes of its series.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name of its series. That of a counter ends with `_total`, and that of a histogram with `_bucket`.
    pub fn series(&self) -> String {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Gauge => "",
            Kind::Histogram => "_bucket",
        };
        format!("{}{suffix}", self.name)
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the unit, such as `seconds`, or an empty text.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Returns the sentence about it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Returns the names of the labels, without those of buckets.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }
}

/// Reads the families of an exposition in the format of OpenMetrics. The gauges have units that are not in their names.
pub(crate) fn parse(text: &str, gauges: &[Gauge]) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    let mut help = "";
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# HELP ") {
            help = head.split_once(' ').map_or("", |(_, help)| help);
        } else if let Some(head) = line.strip_prefix("# TYPE ") {
            families.extend(family(head, help, gauges));
        } else if let Some(head) = line.strip_prefix("# UNIT ") {
            if let (Some(family), Some((_, unit))) = (families.last_mut(), head.split_once(' ')) {
                unit.clone_into(&mut family.unit);
            }
        } else if let Some(family) = families.last_mut() {
            add_labels(&mut family.labels, line);
        }
    }
    families
}

/// Returns a family without labels.
fn family(head: &str, help: &str, gauges: &[Gauge]) -> Option<Family> {
    let (name, kind) = head.split_once(' ')?;
    let kind = match kind {
        "counter" => Kind::Counter,
        "histogram" => Kind::Histogram,
        "gauge" => Kind::Gauge,
        _ => return None,
    };
    let mut gauges = gauges.iter();
    let gauge = gauges.find(|gauge| kind == Kind::Gauge && valid_name(gauge.name()) == name);
    Some(Family {
        name: name.to_owned(),
        kind,
        unit: gauge.map_or("", Gauge::unit).to_owned(),
        help: gauge.map_or_else(|| unescaped(help), |gauge| gauge.help().to_owned()),
        labels: Vec::new(),
    })
}

fn unescaped(help: &str) -> String {
    let mut text = String::with_capacity(help.len());
    let mut letters = help.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                other => text.extend(other),
            },
            other => text.push(other),
        }
    }
    text
}

/// Adds the names of a series' labels. Series of one family may have different ones.
fn add_labels(labels: &mut Vec<String>, line: &str) {
    let Some((_, mut rest)) = line.split_once('{') else {
        return;
    };
    while let Some((name, after)) = rest.split_once("=\"") {
        let name = name.trim_start_matches(',');
        if name != "le" && !labels.iter().any(|label| label == name) {
            labels.push(name.to_owned());
        }
        match end_of_value(after) {
            Some(end) if after[end..].starts_with(',') => rest = &after[end..],
            _ => return,
        }
    }
}

/// Returns the place after the quote that ends a value.
fn end_of_value(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })?;
    Some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_labels_are_read() {
        let text = "# HELP took_seconds Times of \\\"a\\\" \\\\.\n# TYPE took_seconds histogram\n# UNIT took_seconds seconds\n\
                    took_seconds_sum 1\ntook_seconds_bucket{le=\"1.0\",route=\"a\\\"b=\\\\\",to=\"}\"} 1\n\
                    # HELP held Held. Unit: locks.\n# TYPE held gauge\nheld{a=\"1\"} 1\nheld{b=\"1\"} 1\n# EOF\n";
        let gauges = [Gauge::new("held", "locks", "Held.", || 1.0)];
        let [took, held] = &parse(text, &gauges)[..] else {
            panic!("two families");
        };
        assert_eq!(took.help(), r#"Times of "a" \."#);
        assert_eq!((took.unit(), took.kind()), ("seconds", Kind::Histogram));
        assert_eq!(took.labels(), ["route", "to"]);
        assert_eq!(took.series(), "took_seconds_bucket");
        assert_eq!((held.help(), held.unit()), ("Held.", "locks"));
        assert_eq!(held.labels(), ["a", "b"]);
    }
}
