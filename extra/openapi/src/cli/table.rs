//! `routes`: the routes of an app, for people and for tools.

use std::fmt::Write as _;

use highball::Route;
use serde_json::{Value, json};

/// Returns a line for each route: methods, path, statuses, guards, and the place of the handler.
pub(super) fn table(routes: &[Route]) -> String {
    let rows: Vec<[String; 5]> = routes.iter().map(row).collect();
    let head = ["METHODS", "PATH", "ANSWERS", "GUARDS", "HANDLER"].map(str::to_owned);
    let mut widths = [0; 5];
    for row in rows.iter().chain([&head]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            // Writing to a `String` cannot fail.
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(route: &Route) -> [String; 5] {
    let mut answers = statuses(route);
    if !route.unknown_answers().is_empty() {
        answers.push("?".to_owned());
    }
    [
        methods(route).join(" "),
        route.path().to_owned(),
        answers.join(" "),
        route.guards().map(short).collect::<Vec<_>>().join(" "),
        format!("{} {}:{}", route.handler(), route.file(), route.line()),
    ]
}

/// Returns the routes as JSON, an object for each.
pub(super) fn json(routes: &[Route]) -> String {
    let routes: Vec<Value> = routes
        .iter()
        .map(|route| {
            json!({
                "methods": methods(route),
                "path": route.path(),
                "handler": route.handler(),
                "file": route.file(),
                "line": route.line(),
                "guards": route.guards().collect::<Vec<_>>(),
                "middleware": route.middleware().collect::<Vec<_>>(),
                "observers": route.observers().collect::<Vec<_>>(),
                "answers": route.answers().iter().map(|answer| answer.status()).collect::<Vec<_>>(),
                "unknown_answers": route.unknown_answers(),
                "facts": route.facts().words().collect::<Vec<_>>(),
                "public": route.is_public(),
            })
        })
        .collect();
    // The keys are texts, so it can be written.
    let mut text = serde_json::to_string_pretty(&routes).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn methods(route: &Route) -> Vec<&'static str> {
    let methods: Vec<_> = route.methods().collect();
    match methods.is_empty() {
        true => vec!["ANY"],
        false => methods,
    }
}

/// Returns the statuses, each once.
fn statuses(route: &Route) -> Vec<String> {
    let mut statuses: Vec<_> = route
        .answers()
        .iter()
        .map(|answer| answer.status())
        .collect();
    statuses.dedup();
    statuses
        .into_iter()
        .map(|status| status.to_string())
        .collect()
}

/// Returns the last part of a name with its module path.
fn short(name: &'static str) -> &'static str {
    name.rsplit("::").next().unwrap_or(name)
}
