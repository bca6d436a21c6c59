//! The mistakes in rules that are found at the start.

use std::time::Duration;

use highball_recovery::{Builder, FileLock, Recovery, drain, restart, shed_background};

const TOKEN: &str = "a-token-of-a-test";

fn check(rules: Builder, expected: &str) {
    match rules.build() {
        Ok(_) => assert_eq!(expected, ""),
        Err(error) => assert!(
            !expected.is_empty() && error.to_string().contains(expected),
            "{error}"
        ),
    }
}

fn rules() -> Builder {
    Recovery::at("recovery.json").token(TOKEN)
}

#[test]
fn mistakes_in_rules_are_errors() {
    check(rules(), "");
    check(Recovery::at("recovery.json"), "at least 16 characters");
    check(
        Recovery::at("recovery.json").token("too-short"),
        "at least 16 characters",
    );
    check(
        Recovery::at("recovery.json").token("it has blanks in it"),
        "bearer token",
    );
    let twice = rules()
        .on("slow", shed_background())
        .on("slow", shed_background());
    check(twice, "the alert `slow` has two rules");
    let never = shed_background().at_most(0, Duration::from_secs(60));
    check(rules().on("slow", never), "a budget of 0 actions");
    let unknown = rules()
        .known(["checkout_slow"])
        .on("chekout_slow", shed_background());
    check(
        unknown,
        "the rule `chekout_slow` is for an alert that does not exist",
    );
    check(rules().known(["slow"]).on("slow", shed_background()), "");
    for out in [drain(), shed_background().then(restart())] {
        check(
            rules().on("sick", out.clone()),
            "nothing keeps the others in",
        );
        check(rules().alone().on("sick", out.clone()), "");
        check(rules().lock(FileLock::at("lock")).on("sick", out), "");
    }
}
