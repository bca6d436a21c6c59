//! Compares a committed file of rules with those that the routes require.

use highball::{Error, Result};

use crate::rule::{Rule, Rules};

/// The annotation that is not compared: each change of a source file moves lines.
const SOURCE: &str = "source";

/// Returns a sentence for each difference.
pub(crate) fn differences(required: &Rules, text: &str) -> Result<Vec<String>> {
    let committed: Rules = serde_saphyr::from_str(text)
        .map_err(|error| Error::new(format!("the file has no rules of Prometheus: {error}")))?;
    let mut rest: Vec<_> = committed
        .groups
        .iter()
        .flat_map(|group| &group.rules)
        .collect();
    let mut missing = Vec::new();
    let mut sentences = Vec::new();
    for rule in required.groups.iter().flat_map(|group| &group.rules) {
        match take(&mut rest, |other| is_same(rule, other)) {
            Some(other) => sentences.extend(changes(rule, other)),
            None => missing.push(rule),
        }
    }
    for rule in missing {
        // A handler whose path has changed keeps the names of its alerts.
        let moved = take(&mut rest, |other| {
            rule.alert.is_some() && rule.alert == other.alert || is_moved_record(rule, other)
        });
        sentences.push(match moved {
            Some(other) => format!(
                "{} is now of {}; the file has it for {}",
                title(rule),
                place(rule),
                place(other)
            ),
            None => format!("{} of {} is missing", title(rule), place(rule)),
        });
    }
    let extra = rest.into_iter();
    sentences.extend(extra.map(|rule| {
        format!(
            "{} of {} is of no route of the app; if you wrote it, move it to another file",
            title(rule),
            place(rule)
        )
    }));
    Ok(sentences)
}

fn take<'r>(rules: &mut Vec<&'r Rule>, is_it: impl Fn(&Rule) -> bool) -> Option<&'r Rule> {
    let at = rules.iter().position(|rule| is_it(rule))?;
    Some(rules.remove(at))
}

fn is_same(rule: &Rule, other: &Rule) -> bool {
    let label = |name| rule.labels.get(name) == other.labels.get(name);
    rule.alert == other.alert && rule.record == other.record && label("route") && label("method")
}

/// Returns whether both record the same of one method of two routes.
fn is_moved_record(rule: &Rule, other: &Rule) -> bool {
    rule.record.is_some()
        && rule.record == other.record
        && rule.labels.get("method") == other.labels.get("method")
}

/// Returns a sentence for each part of a rule that differs.
fn changes(rule: &Rule, other: &Rule) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut compare = |part: &str, required: Option<&str>, found: Option<&str>| {
        if required != found {
            let [required, found] = [required, found].map(|text| text.unwrap_or("nothing"));
            sentences.push(format!(
                "{} of {} has another {part}: the routes require `{required}`, and the file has `{found}`",
                title(rule), place(rule)
            ));
        }
    };
    compare("expression", Some(&rule.expr), Some(&other.expr));
    compare("`for`", rule.hold.as_deref(), other.hold.as_deref());
    let texts = [
        ("label", &rule.labels, &other.labels),
        ("annotation", &rule.annotations, &other.annotations),
    ];
    for (kind, required, found) in texts {
        let added = found.keys().filter(|name| !required.contains_key(*name));
        for name in required.keys().chain(added).filter(|name| *name != SOURCE) {
            let [required, found] =
                [required, found].map(|texts| texts.get(name).map(String::as_str));
            compare(&format!("{kind} `{name}`"), required, found);
        }
    }
    sentences
}

fn title(rule: &Rule) -> String {
    match rule.alert {
        Some(_) => format!("the alert `{}`", rule.name()),
        None => format!("the record `{}`", rule.name()),
    }
}

fn place(rule: &Rule) -> String {
    match (rule.labels.get("method"), rule.labels.get("route")) {
        (Some(method), Some(route)) => format!("`{method} {route}`"),
        _ => "the app".to_owned(),
    }
}
