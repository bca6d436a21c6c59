//! The command `alerts`, and the comparison of a committed file.

mod rules_app;

use std::fs;

use highball::{Route, prelude::*};
use rules_app::{Files, alerts, book, checkout};

#[routes(app)]
struct Before(checkout, book);

#[routes("/v2", app)]
struct After(checkout, book);

#[track_caller]
fn check(routes: &'static [Route], committed: &str, expected: &[&str]) {
    let differences = alerts().differences(routes, committed).unwrap();
    assert_eq!(differences, expected, "{differences:#?}");
}

#[test]
fn a_file_without_differences_passes() {
    let rules = alerts().rules(Before::ROUTES).unwrap();
    check(Before::ROUTES, &rules, &[]);
    assert_eq!(rules, alerts().rules(Before::ROUTES).unwrap());
    // Lines move with each change of a source file.
    let moved = rules.replace("mod.rs:", "mod.rs:9");
    assert_ne!(moved, rules);
    check(Before::ROUTES, &moved, &[]);
}

#[test]
fn each_changed_part_is_named() {
    let rules = alerts().rules(Before::ROUTES).unwrap();
    let at = rules.find("for: 2m").unwrap();
    let (before, after) = rules.split_at(at);
    let edited = format!("{before}{}", after.replacen("for: 2m", "for: 9m", 1));
    check(
        Before::ROUTES,
        &edited,
        &[
            "the alert `checkout_slow` of `POST /checkout` has another `for`: the routes require `2m`, and the file has `9m`",
        ],
    );
    let edited = format!("{before}{}", after.replacen("P1", "P4", 1));
    check(
        Before::ROUTES,
        &edited,
        &[
            "the alert `checkout_slow` of `POST /checkout` has another label `priority`: the routes require `P1`, and the file has `P4`",
        ],
    );
}

#[test]
fn a_renamed_route_is_named() {
    let rules = alerts().rules(Before::ROUTES).unwrap();
    let differences = alerts().differences(After::ROUTES, &rules).unwrap();
    let sentence = "the alert `checkout_slow` is now of `POST /v2/checkout`; the file has it for `POST /checkout`";
    assert!(
        differences.iter().any(|difference| difference == sentence),
        "{differences:#?}"
    );
}

#[test]
fn missing_and_unknown_rules_are_named() {
    #[routes(app)]
    struct Both(checkout, book);
    #[routes(app)]
    struct One(checkout);

    let [both, one] = [Both::ROUTES, One::ROUTES].map(|routes| alerts().rules(routes).unwrap());
    let named = |differences: Vec<String>, end: &str| {
        let sentence = format!("the alert `book_slow` of `GET /books/{{id}}` is {end}");
        assert!(differences.contains(&sentence), "{differences:#?}");
    };
    named(alerts().differences(Both::ROUTES, &one).unwrap(), "missing");
    named(
        alerts().differences(One::ROUTES, &both).unwrap(),
        "of no route of the app; if you wrote it, move it to another file",
    );
    assert!(alerts().differences(One::ROUTES, "groups: 5").is_err());
}

#[test]
fn shares_and_bounds_are_checked() {
    let error = alerts().errors(5.0).rules(Before::ROUTES).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`errors(5)` of the alerts is over 0 and under 1: write 0.05 for 5 %"
    );
    let error = alerts().p99(millis(400)).rules(Before::ROUTES).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`p99(400 ms)` of the alerts is no bound"),
        "{error}"
    );
}

/// Runs the program with arguments, and returns its error.
async fn run(arguments: &[&str]) -> highball::Result {
    highball::serve(Before)
        .arguments(arguments.iter().copied())
        .install(alerts())
        .await
}

#[tokio::test]
async fn the_command_compares_a_file() {
    let files = Files::new(&alerts().rules(Before::ROUTES).unwrap(), "");
    let path = files.path("rules.yml");
    run(&["alerts"]).await.unwrap();
    run(&["alerts", "--test", &path]).await.unwrap();
    run(&["alerts", "--check", &path]).await.unwrap();
    let rules = fs::read_to_string(&path).unwrap();
    files.write("rules.yml", &rules.replace("> 0.01", "> 0.02"));
    let error = run(&["alerts", "--check", &path])
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("failed"), "{error}");
    let error = run(&["alerts", "--check", "missing.yml"])
        .await
        .unwrap_err();
    assert!(format!("{error:?}").contains("missing.yml"), "{error:?}");
    assert!(run(&["alerts", "--chek", &path]).await.is_err());
}
