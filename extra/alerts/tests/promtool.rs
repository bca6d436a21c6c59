//! promtool checks the rules and runs their test cases. The Debian package `prometheus` has it.

mod rules_app;

use highball::App as _;
use rules_app::{Api, Files, alerts, own};

#[test]
fn rules_pass_their_checks_and_their_test_cases() {
    let alerts = alerts().with(own());
    let rules = alerts.rules(Api::ROUTES).unwrap();
    let cases = alerts.test_cases(Api::ROUTES, "rules.yml").unwrap();
    let files = Files::new(&rules, &cases);
    for (command, file) in [("check", "rules.yml"), ("test", "cases.yml")] {
        if let Some((passes, output)) = files.promtool(command, file) {
            assert!(passes, "{output}\n{rules}");
        }
    }
}
