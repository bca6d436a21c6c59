//! The rules of objectives: how many requests are slow, and how many fail.

use crate::{
    burn_rules::{self, burns},
    promql::{bound, decimal, duration, percent, quoted},
    rule::{Group, Rule, Severity, without_template},
    target::Target,
};

pub(crate) const REQUESTS: &str = "highball:requests:increase5m";
pub(crate) const QUANTILE: &str = "highball:request_duration_seconds:quantile5m";
const WINDOW: &str = "5m";

/// How long an objective is missed before its alert fires, in minutes.
pub(crate) const HOLD: u64 = 2;

const COUNT: &str = "http_server_request_duration_seconds_count";
const BUCKET: &str = "http_server_request_duration_seconds_bucket";
const RESPONSES: &str = "http_server_responses_total";
const FAILED: &str = r#"http_response_status_class=~"5xx|body_failed""#;

/// A share of requests with an alert: how many are slow, or how many fail.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) alert: String,
    /// The share that is permitted, in millionths.
    pub(crate) most: u64,
    /// The number of requests in five minutes below which the alert is silent.
    pub(crate) floor: u64,
    /// How long more than this is needed, in minutes.
    pub(crate) hold: u64,
    pub(crate) severity: Severity,
    /// The end of a sentence about these requests: `took longer than 500 ms`.
    pub(crate) verb: String,
}

impl Share {
    pub(crate) fn new(alert: &str, most: u64, floor: u64, verb: String) -> Self {
        Self {
            alert: alert.to_owned(),
            most,
            floor: floor_for(most, floor),
            hold: HOLD,
            severity: Severity::Page,
            verb,
        }
    }
}

/// Returns the share of slow requests.
pub(crate) fn slow(target: &Target, floor: u64) -> Option<Share> {
    let (share, micros) = target.latency?;
    let (alert, most) = (
        format!("{}_slow", target.name),
        u64::from(1_000_000 - share),
    );
    Some(Share::new(&alert, most, floor, longer_than(micros)))
}

/// Returns the share of errors.
pub(crate) fn errors(target: &Target, floor: u64) -> Option<Share> {
    let (alert, most) = (format!("{}_errors", target.name), u64::from(target.errors?));
    Some(Share::new(&alert, most, floor, FAILED_VERB.to_owned()))
}

pub(crate) const FAILED_VERB: &str = "failed";

pub(crate) fn longer_than(micros: u64) -> String {
    format!("took longer than {}", duration(micros))
}

/// Returns the number of requests of which one alone is within a share. A quarter is added, since Prometheus
/// extrapolates an increase by up to a quarter if it scrapes once a minute.
fn floor_for(most: u64, floor: u64) -> u64 {
    floor.max(1_250_000_u64.div_ceil(most))
}

/// The kind of a share of requests.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Those that took longer than this, in microseconds.
    Slow(u64),
    Failed,
}

impl Kind {
    /// Returns the name by which the share in a window is recorded.
    pub(crate) fn record_in(self, window: &str) -> String {
        let kind = match self {
            Self::Slow(_) => "slow",
            Self::Failed => "failed",
        };
        format!("highball:requests_{kind}:ratio{window}")
    }

    /// Returns the expression of the share in a window.
    pub(crate) fn ratio(self, job: &str, target: &Target, window: &str) -> String {
        let count = requests_in(job, target, window);
        match self {
            Self::Slow(micros) => {
                let le = format!(",le={}", quoted(&bound(micros)));
                let within = increase(job, target, BUCKET, &le, window);
                format!("({count} - {within}) / {count}")
            }
            Self::Failed => {
                let failed = increase(job, target, RESPONSES, &format!(",{FAILED}"), window);
                format!("{failed} / {count}")
            }
        }
    }
}

/// Returns the rules of a target.
pub(crate) fn group(job: &str, target: &Target, floor: u64) -> Group {
    let labels = || target.labels();
    let series = target.series(job);
    let requests = format!("{REQUESTS}{series}");
    let count = requests_in(job, target, WINDOW);
    let mut rules = vec![Rule::record(REQUESTS, count, labels())];
    if let (Some((share, micros)), Some(slow)) = (target.latency, slow(target, floor)) {
        rules.push(quantile(job, target, share));
        rules.extend(of_share(job, target, Kind::Slow(micros), &slow, &requests));
        let burns = burns(target, &slow, floor);
        rules.extend(burn_rules::rules(job, target, Kind::Slow(micros), &burns));
    }
    if let Some(errors) = errors(target, floor) {
        rules.extend(of_share(job, target, Kind::Failed, &errors, &requests));
        let burns = burns(target, &errors, floor);
        rules.extend(burn_rules::rules(job, target, Kind::Failed, &burns));
    }
    Group {
        name: format!("highball {job} {} {}", target.method, target.route),
        rules,
    }
}

/// Returns what is recorded of a share, and its alert.
fn of_share(job: &str, target: &Target, kind: Kind, share: &Share, requests: &str) -> [Rule; 2] {
    let record = kind.record_in(WINDOW);
    let ratio = format!("{record}{}", target.series(job));
    [
        Rule::record(&record, kind.ratio(job, target, WINDOW), target.labels()),
        share.rule(target, &ratio, requests),
    ]
}

/// Returns the record of the quantile, which dashboards show.
fn quantile(job: &str, target: &Target, share: u32) -> Rule {
    let buckets = over(job, target, BUCKET, "", WINDOW, "sum by (job, le)", "rate");
    let quantile = decimal(u64::from(share));
    let expr = format!("histogram_quantile({quantile}, {buckets})");
    let own = [("quantile".to_owned(), quantile)];
    Rule::record(
        QUANTILE,
        expr,
        target.labels().into_iter().chain(own).collect(),
    )
}

/// Returns an alert that does not depend on a recorded series.
pub(crate) fn inline(job: &str, target: &Target, share: &Share) -> Rule {
    let kind = target
        .latency
        .map_or(Kind::Failed, |(_, micros)| Kind::Slow(micros));
    let ratio = kind.ratio(job, target, WINDOW);
    share.rule(target, &ratio, &requests_in(job, target, WINDOW))
}

/// Returns the number of requests in a window.
pub(crate) fn requests_in(job: &str, target: &Target, window: &str) -> String {
    increase(job, target, COUNT, "", window)
}

/// Returns the increase of the series of a target in a window, over all instances.
fn increase(job: &str, target: &Target, metric: &str, more: &str, window: &str) -> String {
    over(
        job,
        target,
        metric,
        more,
        window,
        "sum by (job)",
        "increase",
    )
}

fn over(
    job: &str,
    target: &Target,
    metric: &str,
    more: &str,
    window: &str,
    sum: &str,
    function: &str,
) -> String {
    let job = quoted(job);
    let parts = target.matchers.iter();
    let parts =
        parts.map(|part| format!("{function}({metric}{{job={job},{part}{more}}}[{window}])"));
    format!("{sum} ({})", parts.collect::<Vec<_>>().join(" or "))
}

impl Share {
    /// Returns the alert. The floor makes it silent if there are few requests: one failed request at night is an error
    /// rate of 100 %.
    fn rule(&self, target: &Target, ratio: &str, requests: &str) -> Rule {
        let Self {
            alert, most, floor, ..
        } = self;
        let verb = &self.verb;
        let expr = format!("{ratio} > {} and {requests} >= {floor}", decimal(*most));
        let title = without_template(&target.title());
        let rule = Rule::alert(alert, expr, self.hold, self.severity)
            .label("route", &target.route)
            .label("method", &target.method)
            .annotation("summary", format!("{title}: more than {} of the requests {verb}", percent(*most)))
            .annotation(
                "description",
                format!("{{{{ $value | humanizePercentage }}}} of the requests of the last 5 minutes {verb}."),
            );
        target.notes(rule)
    }
}

impl Target {
    /// Adds the doc comment of the handler and its place.
    pub(crate) fn notes(&self, mut rule: Rule) -> Rule {
        if !self.doc.is_empty() {
            rule = rule.annotation("runbook", without_template(self.doc));
        }
        match self.source.is_empty() {
            true => rule,
            false => rule.annotation("source", without_template(&self.source)),
        }
    }
}
