//! The rules of burn rates: how fast a route uses up the failures that its period permits.
//!
//! These are the first two pairs of windows of the SRE workbook of Google. The long window decides, and the short one
//! ends the alert soon after the failures have ended.

use crate::{
    objective_rules::{HOLD, Kind, Share, requests_in},
    promql::decimal,
    rule::{Rule, Severity, without_template},
    target::Target,
};

/// A pair of windows.
#[derive(Debug)]
struct Pair {
    long: (&'static str, u64),
    short: (&'static str, u64),
    /// How much of the permitted failures of the period the long window uses up, in percent.
    percent: u64,
}

const PAIRS: [Pair; 2] = [
    Pair {
        long: ("1h", 60),
        short: ("5m", 5),
        percent: 2,
    },
    Pair {
        long: ("6h", 360),
        short: ("30m", 30),
        percent: 5,
    },
];

const DAY: u64 = 24 * 60;

/// A burn rate of one share of requests.
#[derive(Debug)]
pub(crate) struct Burn {
    /// The share that is permitted in both windows.
    pub(crate) share: Share,
    /// The windows with their minutes.
    pub(crate) long: (&'static str, u64),
    pub(crate) short: (&'static str, u64),
    percent: u64,
}

/// Returns the burn rates of a share. A pair is left out if its rate is below the objective, because the period is
/// short, or if it is over 100 %.
pub(crate) fn burns(target: &Target, share: &Share, floor: u64) -> Vec<Burn> {
    let Some(days) = target.period else {
        return Vec::new();
    };
    let pairs = PAIRS.iter().filter_map(|pair| {
        let (name, minutes) = pair.long;
        let most = share.most * pair.percent * days * DAY / (100 * minutes);
        let is_useful = most >= share.most && most < 1_000_000;
        let alert = format!("{}_burn_{name}", share.alert);
        is_useful.then(|| Burn {
            share: Share::new(&alert, most, floor, share.verb.clone()),
            long: pair.long,
            short: pair.short,
            percent: pair.percent,
        })
    });
    pairs.collect()
}

/// Returns the rules of the burn rates of a share: what they record, and the alerts.
pub(crate) fn rules(job: &str, target: &Target, kind: Kind, burns: &[Burn]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for burn in burns {
        let (long, short) = (burn.long.0, burn.short.0);
        rules.push(Rule::record(
            &kind.record_in(long),
            kind.ratio(job, target, long),
            target.labels(),
        ));
        // The window of all other rules is recorded with them.
        if short != "5m" {
            rules.push(Rule::record(
                &kind.record_in(short),
                kind.ratio(job, target, short),
                target.labels(),
            ));
        }
        rules.push(burn.rule(job, target, kind));
    }
    rules
}

impl Burn {
    fn rule(&self, job: &str, target: &Target, kind: Kind) -> Rule {
        let Share {
            alert, most, floor, ..
        } = &self.share;
        let (long, series, most) = (self.long.0, target.series(job), decimal(*most));
        let [of_long, of_short] = [long, self.short.0]
            .map(|window| format!("{}{series} > {most}", kind.record_in(window)));
        let requests = requests_in(job, target, long);
        let expr = format!("{of_long} and {of_short} and on (job) {requests} >= {floor}");
        let days = target.period.unwrap_or_default();
        let (title, verb) = (without_template(&target.title()), &self.share.verb);
        let summary = format!(
            "{title}: {} % of the misses that the objective permits in {days} days happened in {long}",
            self.percent
        );
        let hours = self.long.1 * 100 / self.percent / 60;
        let description = format!(
            "{{{{ $value | humanizePercentage }}}} of the requests of the last {long} {verb}. At this rate, the \
             misses of {days} days are used up in {hours} hours."
        );
        let rule = Rule::alert(alert, expr, HOLD, Severity::Page)
            .label("route", &target.route)
            .label("method", &target.method)
            .annotation("summary", summary)
            .annotation("description", description);
        target.notes(rule)
    }
}
