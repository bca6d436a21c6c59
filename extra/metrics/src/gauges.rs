//! The gauges of all batteries.

use std::{
    collections::HashMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use highball::battery::Gauge;
use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType};

use crate::{
    collect::{Head, Lines},
    names::{valid_label, valid_name},
};

/// Writes the gauges. All gauges of a name are one metric, as the format requires.
pub(crate) fn encode(gauges: &[Gauge], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    for (name, gauges) in by_name(gauges) {
        let Some(first) = gauges.first() else {
            continue;
        };
        let head = head(&name, first);
        let mut lines = head.begin(encoder, MetricType::Gauge)?;
        for gauge in gauges {
            encode_one(gauge, &mut lines)?;
        }
    }
    Ok(())
}

/// Returns the gauges of each name, in the order of the first ones.
pub(crate) fn by_name(gauges: &[Gauge]) -> Vec<(String, Vec<&Gauge>)> {
    let mut families: Vec<(String, Vec<&Gauge>)> = Vec::new();
    let mut places = HashMap::new();
    for gauge in gauges {
        let name = valid_name(gauge.name());
        let place = *places.entry(name.clone()).or_insert(families.len());
        match families.get_mut(place) {
            Some((_, gauges)) => gauges.push(gauge),
            None => families.push((name, vec![gauge])),
        }
    }
    families
}

/// Returns the head of a metric. The names of gauges are part of dashboards, so a unit that is not part of the name is
/// written into the help.
fn head(name: &str, gauge: &Gauge) -> Head {
    let unit = gauge.unit();
    if unit.is_empty() {
        return Head::new(name, "", gauge.help());
    }
    if name.ends_with(&format!("_{unit}")) {
        return Head::new(name, unit, gauge.help());
    }
    Head::new(name, "", &format!("{} Unit: {unit}.", gauge.help()))
}

fn encode_one(gauge: &Gauge, lines: &mut Lines<'_>) -> fmt::Result {
    // A gauge that panics must not hide all others.
    let read = catch_unwind(AssertUnwindSafe(|| gauge.read()));
    let names = gauge.labels().iter().map(|(name, _)| valid_label(name));
    let names: Vec<_> = names.collect();
    let values = gauge.labels().iter().map(|(_, value)| value.as_str());
    let labels: Vec<_> = names.iter().map(String::as_str).zip(values).collect();
    lines.gauge(&labels, read.unwrap_or(f64::NAN))
}
