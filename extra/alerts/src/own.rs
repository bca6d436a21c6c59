//! Rules that the app adds: `rules![Api; ..]`.

use std::time::Duration;

use highball::Route;

use crate::{
    app_rules::{capacity_rule, cpu_rule},
    objective_rules::{self, Share},
    rule::{Group, Rule, Severity},
    target::Target,
};

/// The time of a rule without `for = ..`.
pub const HOLD: Duration = Duration::from_secs(120);

/// A rule of [`rules!`](crate::rules), for [`Alerts::with`](crate::Alerts::add).
///
/// # Examples
/// ```
/// use highball_alerts::AlertRule;
///
/// # use highball::prelude::*;
/// # #[get("/")]
/// # async fn home() {}
/// # #[routes(app)]
/// # struct Api(home);
/// /// Returns the rules that all apps of the company have.
/// fn common() -> [AlertRule; 1] {
///     highball_alerts::rules![Api; ticket("busy", cpu() > 0.6, for = mins(30))]
/// }
/// # let _ = common();
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AlertRule {
    pub(crate) name: &'static str,
    pub(crate) condition: Condition,
    pub(crate) severity: Severity,
    /// In minutes.
    pub(crate) hold: u64,
}

/// The condition of a rule. Shares are in millionths.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// A share of the requests of a route, and the duration that they may take.
    Slow(&'static Route, u32, Duration),
    /// A share of failed requests of a route.
    Errors(&'static Route, u32),
    /// A share of the cores.
    Cpu(u32),
    /// A share of the places of `Capacity`.
    Capacity(u32),
    /// PromQL.
    Expr(&'static str),
}

/// Creates a rule.
pub const fn rule(
    name: &'static str,
    is_page: bool,
    condition: Condition,
    hold: Duration,
) -> AlertRule {
    AlertRule {
        name,
        condition,
        severity: if is_page {
            Severity::Page
        } else {
            Severity::Ticket
        },
        hold: hold.as_secs() / 60,
    }
}

/// Fails to compile if a time is no number of minutes.
#[track_caller]
pub const fn assert_hold(hold: Duration) {
    assert!(
        hold.as_secs() >= 60 && hold.as_secs().is_multiple_of(60) && hold.subsec_nanos() == 0,
        "`for` is a number of whole minutes, at least one: write `for = mins(2)`"
    );
}

impl AlertRule {
    /// Returns the requests and the share that the rule is about, if it is about requests.
    pub(crate) fn share(&self, floor: u64) -> Option<(Target, Share)> {
        let (target, most, verb) = match self.condition {
            Condition::Slow(route, share, duration) => {
                let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
                let target = Target::of_route_within(route, Some((share, micros)));
                (
                    target,
                    1_000_000 - share,
                    objective_rules::longer_than(micros),
                )
            }
            Condition::Errors(route, most) => (
                Target::of_route_within(route, None),
                most,
                objective_rules::FAILED_VERB.to_owned(),
            ),
            _ => return None,
        };
        let share = Share::new(self.name, u64::from(most), floor, verb);
        Some((
            target,
            Share {
                hold: self.hold,
                severity: self.severity,
                ..share
            },
        ))
    }

    /// Returns the rule of Prometheus.
    fn rule(&self, job: &str, floor: u64) -> Rule {
        let of_process = |rule: fn(&str, &str, u64, u64, Severity) -> Rule, share: u32| {
            rule(job, self.name, u64::from(share), self.hold, self.severity)
        };
        match (self.condition, self.share(floor)) {
            (_, Some((target, share))) => objective_rules::inline(job, &target, &share),
            (Condition::Cpu(share), _) => of_process(cpu_rule, share),
            (Condition::Capacity(share), _) => of_process(capacity_rule, share),
            (Condition::Expr(text), _) => {
                Rule::alert(self.name, text.to_owned(), self.hold, self.severity)
            }
            // It has a share.
            (Condition::Slow(..) | Condition::Errors(..), None) => Rule::default(),
        }
    }
}

/// Returns the group of the rules, or `None` if there are none.
pub(crate) fn group(job: &str, rules: &[AlertRule], floor: u64) -> Option<Group> {
    let name = format!("highball {job} rules");
    let rules: Vec<_> = rules.iter().map(|rule| rule.rule(job, floor)).collect();
    (!rules.is_empty()).then_some(Group { name, rules })
}
