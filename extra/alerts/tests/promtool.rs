//! promtool checks the rules and runs their test cases. The Debian package `prometheus` has it.

mod rules_app;

use highball::{Route, prelude::*};
use highball_alerts::Alerts;
use rules_app::{Api, Files, alerts, own, pay};

/// The cases of burn rates take hours, so they are with few other rules.
#[routes(app)]
struct Burning(pay);

fn check(alerts: &Alerts, routes: &'static [Route]) {
    let rules = alerts.rules(routes).unwrap();
    let cases = alerts.test_cases(routes, "rules.yml").unwrap();
    let files = Files::new(&rules, &cases);
    for (command, file) in [("check", "rules.yml"), ("test", "cases.yml")] {
        if let Some((passes, output)) = files.promtool(command, file) {
            assert!(passes, "{output}\n{rules}");
        }
    }
}

#[test]
fn rules_pass_their_checks_and_their_test_cases() {
    check(&alerts().with(own()), Api::ROUTES);
}

#[test]
fn burn_rates_pass_their_test_cases() {
    check(&alerts(), Burning::ROUTES);
}
