//! Test cases of the rules, for `promtool test rules`.
//!
//! The numbers are chosen so that each comparison is decided by one request: an increase over five minutes of counters
//! that are scraped once a minute is an integer, without extrapolation.

use serde::Serialize;

use crate::{
    burn_rules::{Burn, burns},
    cases::{
        series::{constant, each_minute, last},
        share::OfShare,
    },
    objective_rules::{self, QUANTILE},
    own::AlertRule,
    promql::quoted,
    rule::{Rules, Texts},
    target::Target,
};

mod app;
mod burn;
mod series;
mod share;

/// A file of test cases.
#[derive(Debug, Serialize)]
pub(crate) struct Cases {
    rule_files: Vec<String>,
    evaluation_interval: &'static str,
    tests: Vec<Case>,
}

#[derive(Debug, Serialize)]
pub(super) struct Case {
    name: String,
    interval: &'static str,
    input_series: Vec<Series>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alert_rule_test: Vec<AlertTest>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    promql_expr_test: Vec<ExprTest>,
}

#[derive(Debug, Serialize)]
pub(super) struct Series {
    series: String,
    values: String,
}

#[derive(Debug, Serialize)]
struct AlertTest {
    eval_time: String,
    alertname: String,
    exp_alerts: Vec<Expected>,
}

#[derive(Debug, Serialize)]
struct Expected {
    exp_labels: Texts,
    exp_annotations: Texts,
}

#[derive(Debug, Serialize)]
struct ExprTest {
    expr: String,
    eval_time: String,
    exp_samples: Vec<Sample>,
}

#[derive(Debug, Serialize)]
struct Sample {
    labels: String,
    value: f64,
}

/// The settings of the rules.
pub(crate) struct Shares<'a> {
    pub(crate) job: &'a str,
    pub(crate) cpu: u64,
    pub(crate) capacity: u64,
    pub(crate) floor: u64,
    pub(crate) own: &'a [AlertRule],
}

impl Cases {
    /// Returns the cases for the rules in this file.
    pub(crate) fn of_file(mut self, file: &str) -> Self {
        self.rule_files = vec![file.to_owned()];
        self
    }
}

/// Returns the cases of all rules.
pub(crate) fn cases(rules: &Rules, targets: &[Target], shares: Shares<'_>) -> Cases {
    let mut tests = Vec::new();
    for target in targets {
        let slow = objective_rules::slow(target, shares.floor);
        for (share, is_slow) in [
            (slow, true),
            (objective_rules::errors(target, shares.floor), false),
        ] {
            let Some(share) = share else {
                continue;
            };
            let burns = burns(target, &share, shares.floor);
            let of = |share| OfShare {
                rules,
                target,
                share,
                is_slow,
                job: shares.job,
            };
            tests.extend(of(share).cases());
            for Burn {
                share, long, short, ..
            } in burns
            {
                tests.extend(of(share).burn_cases(long.1, short.1));
            }
        }
        tests.extend(quantile(target, shares.job));
    }
    for rule in shares.own {
        if let Some((target, share)) = rule.share(shares.floor) {
            let of_share = OfShare {
                rules,
                is_slow: target.latency.is_some(),
                target: &target,
                share,
                job: shares.job,
            };
            tests.extend(of_share.cases());
        }
    }
    tests.extend(app::cases(rules, &shares));
    Cases {
        rule_files: Vec::new(),
        evaluation_interval: "1m",
        tests,
    }
}

fn series_of(job: &str, target: &Target, metric: &str, more: &str, counts: &[u64]) -> Series {
    let (method, route) = &target.sample;
    let (job, method, route) = (quoted(job), quoted(method), quoted(route));
    Series {
        series: format!(
            "http_server_{metric}{{job={job},instance=\"a\",http_request_method={method},http_route={route}{more}}}"
        ),
        values: each_minute(counts),
    }
}

/// Returns the case of the recorded quantile: five minutes in which the requests become slower.
fn quantile(target: &Target, job: &str) -> Option<Case> {
    let (share, _) = target.latency?;
    let early = |minute: u64| minute < 20;
    let last = last(0);
    let all = constant(100, last);
    let fast: Vec<_> = (0..last)
        .map(|minute| if early(minute) { 100 } else { 0 })
        .collect();
    let bucket = |le: &str, counts: &[u64]| {
        series_of(
            job,
            target,
            "request_duration_seconds_bucket",
            &format!(",le=\"{le}\""),
            counts,
        )
    };
    let series = vec![
        bucket("0.005", &fast),
        bucket("0.01", &all),
        bucket("+Inf", &all),
    ];
    let mut case = Case::new(format!("{}: the recorded quantile", target.name), series);
    // At this minute two of the five are fast and three are slow.
    let rank = f64::from(share) / 1_000_000.0 * 500.0;
    let seconds = match rank <= 200.0 {
        true => 0.005 * rank / 200.0,
        false => 0.005 + 0.005 * (rank - 200.0) / 300.0,
    };
    let (route, method) = (quoted(&target.route), quoted(&target.method));
    case.promql_expr_test.push(ExprTest {
        expr: format!("round({QUANTILE}{{route={route},method={method}}}, 0.0000001)"),
        eval_time: "23m".to_owned(),
        exp_samples: vec![Sample {
            labels: format!(
                "{{job={},method={method},quantile=\"{}\",route={route}}}",
                quoted(job),
                crate::promql::decimal(u64::from(share))
            ),
            value: (seconds * 1e7).round() / 1e7,
        }],
    });
    Some(case)
}

/// Returns the labels and the annotations of an alert of these rules. `labels` are those of the series.
fn expected(
    rules: &Rules,
    alert: &str,
    route: Option<&str>,
    labels: &[(&str, &str)],
    value: &str,
) -> Expected {
    let rules = rules.groups.iter().flat_map(|group| &group.rules);
    let escaped = route.map(crate::rule::without_template);
    let mut named = rules.filter(|rule| rule.alert.as_deref() == Some(alert));
    let rule = named.find(|rule| rule.labels.get("route") == escaped.as_ref());
    let (mut own, annotations) = match rule {
        Some(rule) => (rule.labels.clone(), rule.annotations.clone()),
        None => Default::default(),
    };
    own.extend(
        labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let expand = |text: &String| {
        let text = text.replace("{{ $value | humanizePercentage }}", value);
        let labels = labels.iter();
        let text = labels.fold(text, |text, (name, value)| {
            text.replace(&format!("{{{{ $labels.{name} }}}}"), value)
        });
        text.replace(r#"{{ "{{" }}"#, "{{")
    };
    let annotations = annotations
        .iter()
        .map(|(name, text)| (name.clone(), expand(text)));
    let exp_annotations = annotations.collect();
    let exp_labels = own
        .iter()
        .map(|(name, text)| (name.clone(), expand(text)))
        .collect();
    Expected {
        exp_labels,
        exp_annotations,
    }
}

impl Case {
    fn new(name: String, input_series: Vec<Series>) -> Self {
        Self {
            name,
            interval: "1m",
            input_series,
            alert_rule_test: Vec::new(),
            promql_expr_test: Vec::new(),
        }
    }

    fn silent(&mut self, alert: &str, minute: u64) {
        self.test(alert, minute, Vec::new());
    }

    fn fires(&mut self, alert: &str, minute: u64, expected: Expected) {
        self.test(alert, minute, vec![expected]);
    }

    fn test(&mut self, alert: &str, minute: u64, exp_alerts: Vec<Expected>) {
        self.alert_rule_test.push(AlertTest {
            eval_time: format!("{minute}m"),
            alertname: alert.to_owned(),
            exp_alerts,
        });
    }
}

/// Returns a share as `humanizePercentage` of Prometheus does, with four digits.
fn percent_of(share: f64) -> String {
    let percent = share * 100.0;
    let digits = 3 - percent.log10().floor() as i32;
    let text = format!("{percent:.*}", usize::try_from(digits).unwrap_or(0));
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    format!("{text}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_four_digits() {
        for (share, expected) in [
            (1.0, "100%"),
            (0.05125, "5.125%"),
            (0.010_204_081, "1.02%"),
            (0.812_345, "81.23%"),
            (0.000_012_345_6, "0.001235%"),
        ] {
            assert_eq!(percent_of(share), expected);
        }
    }
}
