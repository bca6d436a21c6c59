//! The cases of the rules of processes.

use super::{Case, Series, Shares, expected, percent_of};
use crate::{
    app_rules::{
        CAPACITY, CAPACITY_HOLD, CPU, CPU_HOLD, DOWN, DOWN_HOLD, INSTANCE_DOWN, INSTANCE_HOLD,
    },
    cases::series::{START, constant, each_minute, gauge, last},
    gauge_rules::{GAUGES, GaugeRule},
    own::Condition,
    promql::{decimal, quoted},
    rule::Rules,
};

/// The label of the instance of all cases.
const INSTANCE: &str = "a";

pub(super) fn cases(rules: &Rules, shares: &Shares<'_>) -> Vec<Case> {
    let of = App {
        rules,
        job: shares.job,
    };
    let mut cases = of.cpu(CPU, shares.cpu, CPU_HOLD);
    cases.extend(of.capacity(CAPACITY, shares.capacity, CAPACITY_HOLD));
    cases.extend(of.up());
    cases.extend(GAUGES.iter().flat_map(|gauge| of.small(gauge)));
    for rule in shares.own {
        match rule.condition {
            Condition::Cpu(most) => cases.extend(of.cpu(rule.name, u64::from(most), rule.hold)),
            Condition::Capacity(most) => {
                cases.extend(of.capacity(rule.name, u64::from(most), rule.hold));
            }
            _ => {}
        }
    }
    cases
}

struct App<'a> {
    rules: &'a Rules,
    job: &'a str,
}

impl App<'_> {
    fn cpu(&self, alert: &str, most: u64, hold: u64) -> Vec<Case> {
        let last = last(hold);
        let case = |name: &str, cores: u64, seconds: u64| {
            let series = vec![
                self.series(
                    "process_cpu_seconds_total",
                    each_minute(&constant(seconds, last)),
                ),
                self.series(
                    "process_available_cores",
                    gauge(&cores.to_string(), &cores.to_string(), last),
                ),
            ];
            Case::new(format!("{alert}: {name}"), series)
        };
        // The seconds of a minute on these cores that are over the share by about one in a hundred.
        let cores = 100;
        let seconds = most * cores * 60 / 1_000_000;
        let (least, slightly) = (seconds - seconds / 100, seconds + seconds / 100);
        let mut below = case("just below the share", cores, least);
        let mut above = case("just above the share", cores, slightly);
        // The increase is the full one from the fifth minute on, and that of four minutes is too small.
        let fires = START + 5 + hold;
        below.silent(alert, last);
        above.silent(alert, fires - 1);
        let value = percent_of(rate(slightly) / cores as f64);
        above.fires(alert, fires, self.expected(alert, Some(INSTANCE), &value));
        let mut idle = case("no traffic", cores, 0);
        idle.silent(alert, last);
        let mut cases = vec![below, above, idle];
        if let Some((cores, seconds)) = exact(most) {
            let mut exact = case("exactly the share", cores, seconds);
            exact.silent(alert, last);
            cases.push(exact);
        }
        cases
    }

    fn capacity(&self, alert: &str, most: u64, hold: u64) -> Vec<Case> {
        let last = last(hold);
        let case = |name: &str, value: u64| {
            let value = decimal(value);
            let series = vec![self.series("highball_capacity_used", gauge("0", &value, last))];
            Case::new(format!("{alert}: {name}"), series)
        };
        let mut exact = case("exactly the share", most);
        exact.silent(alert, last);
        let mut above = case("just above the share", most + most / 100 + 1);
        let fires = START + hold;
        above.silent(alert, fires - 1);
        let value = (most + most / 100 + 1) as f64 / 1e6;
        above.fires(
            alert,
            fires,
            self.expected(alert, Some(INSTANCE), &percent_of(value)),
        );
        vec![exact, above]
    }

    fn up(&self) -> Vec<Case> {
        let last = last(INSTANCE_HOLD);
        let case = |name: &str, series: Vec<Series>| Case::new(format!("up: {name}"), series);
        let mut running = case("it runs", vec![self.series("up", gauge("1", "1", last))]);
        let mut stops = case("it stops", vec![self.series("up", gauge("1", "0", last))]);
        let mut gone = case("it is no target", Vec::new());
        for (alert, hold, instance) in [
            (DOWN, DOWN_HOLD, None),
            (INSTANCE_DOWN, INSTANCE_HOLD, Some(INSTANCE)),
        ] {
            running.silent(alert, last);
            let fires = START + hold;
            stops.silent(alert, fires - 1);
            stops.fires(alert, fires, self.expected(alert, instance, ""));
        }
        gone.silent(DOWN, DOWN_HOLD - 1);
        gone.fires(DOWN, DOWN_HOLD, self.expected(DOWN, None, ""));
        gone.silent(INSTANCE_DOWN, last);
        vec![running, stops, gone]
    }

    /// Returns the cases of a gauge that must be zero or small.
    fn small(&self, gauge_rule: &GaugeRule) -> Vec<Case> {
        let GaugeRule {
            alert, hold, most, ..
        } = *gauge_rule;
        let last = last(hold);
        let labels = gauge_rule.selected.iter().chain(gauge_rule.others);
        let labels = labels.chain(&[("instance", INSTANCE)]);
        let labels: Vec<_> = labels.copied().chain([("job", self.job)]).collect();
        let text = labels
            .iter()
            .map(|(name, value)| format!("{name}={}", quoted(value)));
        let text = text.collect::<Vec<_>>().join(",");
        let case = |name: &str, after: u64| {
            let series = format!("{}{{{text}}}", gauge_rule.gauge);
            let values = gauge("0", &after.to_string(), last);
            Case::new(
                format!("app gauge {alert}: {name}"),
                vec![Series { series, values }],
            )
        };
        let mut exact = case("exactly", most);
        exact.silent(alert, last);
        let mut above = case("above", most + 1);
        let fires = START + hold;
        above.silent(alert, fires - 1);
        above.fires(alert, fires, expected(self.rules, alert, None, &labels, ""));
        vec![exact, above]
    }

    fn series(&self, metric: &str, values: String) -> Series {
        let job = quoted(self.job);
        Series {
            series: format!("{metric}{{job={job},instance=\"{INSTANCE}\"}}"),
            values,
        }
    }

    fn expected(&self, alert: &str, instance: Option<&str>, value: &str) -> super::Expected {
        let instance = instance.map(|instance| ("instance", instance));
        let labels: Vec<_> = [("job", self.job)].into_iter().chain(instance).collect();
        expected(self.rules, alert, None, &labels, value)
    }
}

/// Returns the rate of a counter over five minutes as Prometheus computes it.
fn rate(seconds: u64) -> f64 {
    (5 * seconds) as f64 * (1.0 / 300.0)
}

/// Returns cores and seconds in a minute for which the quotient is exactly the share.
fn exact(most: u64) -> Option<(u64, u64)> {
    let share = most as f64 / 1e6;
    let minutes = (1..=1000).filter(|cores| (most * cores * 60).is_multiple_of(1_000_000));
    let mut minutes = minutes.map(|cores| (cores, most * cores * 60 / 1_000_000));
    minutes.find(|(cores, seconds)| rate(*seconds) / *cores as f64 == share)
}
