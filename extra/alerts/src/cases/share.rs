//! The cases of a share of requests: how many are slow, or how many fail.

use super::{Case, Expected, Series, expected, percent_of, series_of};
use crate::{
    cases::series::{START, constant, last, one, spread},
    objective_rules::Share,
    promql::{bound, quoted},
    rule::Rules,
    target::Target,
};

/// The cases of one share of one target.
pub(super) struct OfShare<'a> {
    pub(super) rules: &'a Rules,
    pub(super) target: &'a Target,
    pub(super) share: Share,
    /// Whether it is the share of slow requests, and not of errors.
    pub(super) is_slow: bool,
    pub(super) job: &'a str,
}

impl OfShare<'_> {
    pub(super) fn cases(&self) -> Vec<Case> {
        let Share {
            most, floor, hold, ..
        } = self.share;
        let (bad, all) = fraction(most, floor);
        let (fires, last) = (START + 5 + hold, last(hold));
        let mut at_floor = self.case(
            "at the floor of requests, all bad",
            spread(floor, last),
            spread(floor, last),
        );
        at_floor.silent(&self.share.alert, fires - 1);
        at_floor.fires(&self.share.alert, fires, self.expected("100%"));
        let mut below_floor = self.case(
            "below the floor of requests, all bad",
            spread(floor - 1, last),
            spread(floor - 1, last),
        );
        let mut exact = self.case(
            "exactly the permitted share",
            constant(all, last),
            constant(bad, last),
        );
        let mut above = self.case(
            "one bad request over the permitted share",
            constant(all, last),
            constant(bad + 1, last),
        );
        let value = percent_of((bad + 1) as f64 / all as f64);
        above.fires(&self.share.alert, last, self.expected(&value));
        let mut one = self.case("one bad request at night", one(last), one(last));
        let mut none = self.case("no traffic", constant(0, last), constant(0, last));
        for case in [&mut below_floor, &mut exact, &mut one, &mut none] {
            for minute in [START + hold + 1, fires, last] {
                case.silent(&self.share.alert, minute);
            }
        }
        vec![at_floor, below_floor, exact, above, one, none]
    }

    /// Returns a case with these requests in each minute, of which some are bad.
    pub(super) fn case(&self, name: &str, all: Vec<u64>, bad: Vec<u64>) -> Case {
        let good: Vec<_> = all.iter().zip(&bad).map(|(all, bad)| all - bad).collect();
        let mut series = vec![self.series("request_duration_seconds_count", "", &all)];
        match (self.is_slow, self.target.latency) {
            (true, Some((_, micros))) => {
                let le = format!(",le={}", quoted(&bound(micros)));
                series.push(self.series("request_duration_seconds_bucket", &le, &good));
            }
            _ => {
                for (class, counts) in [("2xx", good), ("5xx", bad)] {
                    let class = format!(",http_response_status_class={}", quoted(class));
                    series.push(self.series("responses_total", &class, &counts));
                }
            }
        }
        Case::new(format!("{}: {name}", self.share.alert), series)
    }

    fn series(&self, metric: &str, more: &str, counts: &[u64]) -> Series {
        series_of(self.job, self.target, metric, more, counts)
    }

    /// Returns the labels and the annotations of the alert with this value.
    pub(super) fn expected(&self, value: &str) -> Expected {
        let labels = [("job", self.job)];
        expected(
            self.rules,
            &self.share.alert,
            Some(&self.target.route),
            &labels,
            value,
        )
    }
}

/// Returns a share as bad requests of all requests in a minute. One bad request more is over the share by less than
/// 2 %, and the requests are at least those of the floor.
pub(super) fn fraction(most: u64, floor: u64) -> (u64, u64) {
    let divisor = gcd(most, 1_000_000);
    let (bad, all) = (most / divisor, 1_000_000 / divisor);
    let times = 50_u64.div_ceil(bad).max(floor.div_ceil(all));
    (bad * times, all * times)
}

fn gcd(a: u64, b: u64) -> u64 {
    match b {
        0 => a,
        _ => gcd(b, a % b),
    }
}
