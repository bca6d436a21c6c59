//! Writes metrics through the encoder of prometheus-client.

use std::{collections::HashMap, fmt};

use prometheus_client::{
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::{MetricType, exemplar::Exemplar},
    registry::Unit,
};

/// The largest integer below which each integer is an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The name of a metric, its unit and its help.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// The name without the unit.
    name: String,
    unit: Option<Unit>,
    /// Escaped.
    help: String,
}

impl Head {
    /// The name may end with the unit, which it then has once.
    pub(crate) fn new(name: &str, unit: &str, help: &str) -> Self {
        let suffix = format!("_{unit}");
        let unit = (!unit.is_empty()).then(|| Unit::Other(unit.to_owned()));
        let name = match &unit {
            Some(_) => name.strip_suffix(&suffix).unwrap_or(name),
            None => name,
        };
        Self {
            name: name.to_owned(),
            unit,
            help: escaped_help(help),
        }
    }

    /// Returns the name with the unit.
    pub(crate) fn full_name(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{}_{}", self.name, unit.as_str()),
            None => self.name.clone(),
        }
    }

    /// Writes the head, and returns the writer of its series.
    pub(crate) fn begin<'e>(
        &'e self,
        encoder: &'e mut DescriptorEncoder<'_>,
        kind: MetricType,
    ) -> Result<Lines<'e>, fmt::Error> {
        let unit = self.unit.as_ref();
        let lines = encoder.encode_descriptor(&self.name, &self.help, unit, kind)?;
        Ok(Lines(lines))
    }
}

/// Escapes a help as OpenMetrics requires. prometheus-client writes it as it is.
fn escaped_help(help: &str) -> String {
    help.replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}

/// Writes the series of a metric.
pub(crate) struct Lines<'e>(MetricEncoder<'e>);

/// The labels of a series.
type Labels<'l> = &'l [(&'l str, &'l str)];

impl Lines<'_> {
    pub(crate) fn counter(&mut self, labels: Labels<'_>, value: f64) -> fmt::Result {
        let none = None::<&Exemplar<NoLabelSet, f64>>;
        self.with(labels, |line| {
            // Most counters are integers, which are written without a fraction.
            if value.fract() == 0.0 && value < EXACT {
                return line.encode_counter(&(value as u64), none);
            }
            line.encode_counter(&value, none)
        })
    }

    pub(crate) fn gauge(&mut self, labels: Labels<'_>, value: f64) -> fmt::Result {
        self.with(labels, |line| {
            if value.fract() == 0.0 && value.abs() < EXACT {
                return line.encode_gauge(&(value as i64));
            }
            line.encode_gauge(&value)
        })
    }

    /// Writes a histogram, whose buckets are not cumulative.
    pub(crate) fn histogram(
        &mut self,
        labels: Labels<'_>,
        sum: f64,
        buckets: &[(f64, u64)],
    ) -> fmt::Result {
        let count = buckets.iter().map(|(_, count)| count).sum();
        let none = None::<&HashMap<usize, Exemplar<NoLabelSet, f64>>>;
        self.with(labels, |line| {
            line.encode_histogram(sum, count, buckets, none)
        })
    }

    /// Writes a series. An empty set of labels would be written as `{}`.
    fn with(
        &mut self,
        labels: Labels<'_>,
        write: impl FnOnce(&mut MetricEncoder<'_>) -> fmt::Result,
    ) -> fmt::Result {
        if labels.is_empty() {
            return write(&mut self.0);
        }
        write(&mut self.0.encode_family(&labels)?)
    }
}
