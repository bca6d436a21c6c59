//! Requirements on a report, which decide the exit status.

use std::fmt;
use std::str::FromStr;

use crate::report::Report;

/// A requirement: a measure, `<` or `>`, and a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Requirement {
    text: String,
    measure: Measure,
    at_most: bool,
    value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure {
    /// A percentile of the latency, in nanoseconds. A request without a response counts as infinitely slow.
    Percentile(f64),
    /// The share of requests that failed.
    Errors,
    /// Responses per second.
    Rate,
}

impl FromStr for Requirement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = text.find(['<', '>']).ok_or("write it as `p99<50ms`")?;
        let (name, value) = (text[..at].trim(), text[at + 1..].trim());
        let measure = parse_measure(name)?;
        Ok(Self {
            text: text.to_owned(),
            measure,
            at_most: text[at..].starts_with('<'),
            value: parse_value(measure, value).ok_or_else(|| invalid_value(measure, value))?,
        })
    }
}

fn parse_measure(name: &str) -> Result<Measure, String> {
    match (name, name.strip_prefix('p').map(str::parse)) {
        ("errors", _) => Ok(Measure::Errors),
        ("rate", _) => Ok(Measure::Rate),
        ("max", _) => Ok(Measure::Percentile(100.0)),
        (_, Some(Ok(percentile))) if (0.0..=100.0).contains(&percentile) => {
            Ok(Measure::Percentile(percentile))
        }
        _ => Err(format!(
            "`{name}` is not a measure: write `p99`, `max`, `errors` or `rate`"
        )),
    }
}

fn parse_value(measure: Measure, value: &str) -> Option<f64> {
    match measure {
        Measure::Percentile(_) => {
            let time = humantime::parse_duration(value).ok()?;
            Some(time.as_nanos() as f64)
        }
        Measure::Rate => value.parse().ok(),
        Measure::Errors => match value.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().ok().map(|percent| percent / 100.0),
            None => value.parse().ok(),
        },
    }
}

fn invalid_value(measure: Measure, value: &str) -> String {
    let example = match measure {
        Measure::Percentile(_) => "p99<50ms",
        Measure::Errors => "errors<0.1%",
        Measure::Rate => "rate>1000",
    };
    format!("`{value}` is not a valid value: write it as `{example}`")
}

impl Requirement {
    /// Returns whether the report meets the requirement. A report without responses meets none.
    pub(crate) fn is_met(&self, report: &Report) -> bool {
        if report.total().responses() == 0 {
            return false;
        }
        let measured = match self.measure {
            Measure::Percentile(percentile) => report.latency_at(percentile / 100.0),
            Measure::Errors => report.error_rate(),
            Measure::Rate => report.rate(),
        };
        if self.at_most {
            measured < self.value
        } else {
            measured > self.value
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_parsed() {
        for (text, measure, at_most, value) in [
            ("p99<50ms", Measure::Percentile(99.0), true, 50e6),
            ("p99.9 < 1s", Measure::Percentile(99.9), true, 1e9),
            ("max<2s", Measure::Percentile(100.0), true, 2e9),
            ("errors<0.5%", Measure::Errors, true, 0.005),
            ("rate>1000", Measure::Rate, false, 1000.0),
        ] {
            let requirement: Requirement = text.parse().expect(text);
            assert_eq!(
                (requirement.measure, requirement.at_most, requirement.value),
                (measure, at_most, value)
            );
        }
        for text in [
            "p99",
            "p101<1s",
            "q<1",
            "p99<fast",
            "p99<50",
            "p99<=50ms",
            "rate>many",
        ] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }
}
