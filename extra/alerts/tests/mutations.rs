//! Each change of a threshold, a comparison, a floor, a window or a time makes a test case fail.

mod rules_app;

use std::{collections::VecDeque, ops::Range, sync::Mutex, thread};

use highball::prelude::*;
use highball_alerts::{Alerts, rules};
use rules_app::{Files, alerts, checkout, refund};

#[routes(app)]
struct One(checkout, refund);

fn with_rules() -> Alerts {
    alerts().with(rules![One;
        ticket("own_slow", p95(checkout) > millis(250), for = mins(3)),
        page("own_errors", errors(checkout) > 0.25),
        ticket("own_busy", cpu() > 0.6, for = mins(30)),
    ])
}

/// A change of the text of the rules: the place, and the text that is put there.
#[derive(Debug, Clone)]
struct Mutation {
    range: Range<usize>,
    text: String,
}

/// Returns the length of the longest beginning that is a number.
fn number_len(text: &str) -> usize {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    end.unwrap_or(text.len())
}

/// The windows, and others in their places.
const WINDOWS: [(&str, &[&str]); 4] = [
    ("[5m]", &["[4m]", "[6m]", "[10m]"]),
    ("[30m]", &["[20m]", "[1h]"]),
    ("[1h]", &["[50m]", "[2h]"]),
    ("[6h]", &["[5h]", "[7h]"]),
];

/// Returns all mutations of a text of rules.
fn mutations(rules: &str) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |at: usize, len: usize, texts: &[&str]| {
        let range = at..at + len;
        let changed = texts.iter().filter(|text| rules[range.clone()] != ***text);
        all.extend(changed.map(|text| Mutation {
            range: range.clone(),
            text: (*text).to_owned(),
        }));
    };
    for (at, _) in rules.char_indices() {
        let rest = &rules[at..];
        for (window, others) in WINDOWS {
            if rest.starts_with(window) {
                add(at, window.len(), others);
            }
        }
        if let Some(minutes) = rest.strip_prefix("for: ") {
            let minutes: u64 = minutes[..number_len(minutes)].parse().unwrap();
            let len = format!("for: {minutes}m").len();
            add(
                at,
                len,
                &[
                    &format!("for: {}m", minutes - 1),
                    &format!("for: {}m", minutes + 1),
                ],
            );
        } else if let Some(quantile) = rest.strip_prefix("histogram_quantile(") {
            add(
                at + rest.len() - quantile.len(),
                number_len(quantile),
                &["0.9", "0.999"],
            );
        } else if let Some(bound) = rest.strip_prefix("le=\"") {
            add(at + 4, number_len(bound), &["0.25", "0.75"]);
        } else if let Some(number) = rest.strip_prefix(">= ") {
            let floor: u64 = number[..number_len(number)].parse().unwrap();
            add(at, 2, &[">", "<", "<="]);
            add(
                at + 3,
                number_len(number),
                &[&(floor - 1).to_string(), &(floor + 1).to_string()],
            );
        } else if let Some(number) = rest.strip_prefix("> ") {
            let share: f64 = number[..number_len(number)].parse().unwrap();
            let higher = if share == 0.0 { 1.0 } else { share * 1.03 };
            add(at, 1, &[">=", "<", "<=", "=="]);
            add(
                at + 2,
                number_len(number),
                &[&(share * 0.97).to_string(), &higher.to_string()],
            );
        } else if rest.starts_with("== ") {
            add(at, 2, &["!=", "<", ">"]);
            add(at + 3, 1, &["2"]);
        } else if rest.starts_with(" and ") {
            add(at, 5, &[" or ", " unless "]);
        }
    }
    all
}

/// Splits a file at the entries of its list, and keeps those for which the function returns true.
fn keep(text: &str, is_kept: impl Fn(&str) -> bool) -> String {
    let mut parts = text.split("\n- name: ");
    let head = parts.next().unwrap_or_default().to_owned();
    parts
        .filter(|part| is_kept(part))
        .fold(head, |text, part| text + "\n- name: " + part)
}

/// Mutates a group of rules, whose cases have these names, and returns the mutations that no case finds.
fn survivors(group: &str, names: &[&str]) -> Option<(usize, Vec<String>)> {
    let rules = with_rules().rules(One::ROUTES).unwrap();
    let rules = keep(&rules, |part| part.lines().next() == Some(group));
    let cases = with_rules().test_cases(One::ROUTES, "rules.yml").unwrap();
    let cases = keep(&cases, |part| {
        names.iter().any(|name| part.starts_with(name))
    });
    let (passes, output) = Files::new(&rules, &cases).promtool("test", "cases.yml")?;
    assert!(passes, "{output}\n{rules}");
    // The rules of the alerts of these cases.
    let only = rules.find("ratio1h").unwrap_or(0)..rules.find("ratio6h").unwrap_or(rules.len());
    let mut all = mutations(&rules);
    all.retain(|mutation| only.contains(&mutation.range.start));
    let (count, left) = (all.len(), Mutex::new(VecDeque::from(all)));
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(mutation) = { left.lock().unwrap().pop_front() } {
                    let mut mutant = rules.clone();
                    mutant.replace_range(mutation.range.clone(), &mutation.text);
                    let files = Files::new(&mutant, &cases);
                    let (is_valid, output) = files.promtool("check", "rules.yml").unwrap();
                    assert!(is_valid, "{output}\n{mutant}");
                    if files.promtool("test", "cases.yml").unwrap().0 {
                        let around =
                            &rules[mutation.range.start.saturating_sub(60)..mutation.range.end];
                        found
                            .lock()
                            .unwrap()
                            .push(format!("{around} -> {}", mutation.text));
                    }
                }
            });
        }
    });
    Some((count, found.into_inner().unwrap()))
}

#[track_caller]
fn check(group: &str, names: &[&str], at_least: usize) {
    let Some((count, survivors)) = survivors(group, names) else {
        return;
    };
    println!("{count} mutations of `{group}`");
    assert!(count >= at_least, "{count} mutations");
    assert!(survivors.is_empty(), "{survivors:#?}");
}

#[test]
fn each_mutation_of_an_objective_is_found() {
    check(
        r#"highball shop "1" POST /checkout"#,
        &["\"checkout_", "\"checkout:"],
        50,
    );
}

#[test]
fn each_mutation_of_the_rules_of_processes_is_found() {
    check(
        r#"highball shop "1""#,
        &["\"app_", "\"app gauge", "\"up:"],
        45,
    );
}

#[test]
fn each_mutation_of_own_rules_is_found() {
    check(r#"highball shop "1" rules"#, &["\"own_"], 50);
}

#[test]
fn each_mutation_of_burn_rates_is_found() {
    // The rules of the second pair are made by the same code, and their cases take six hours.
    check(
        r#"highball shop "1" POST /refund"#,
        &["\"refund_errors_burn_1h"],
        20,
    );
}
