//! `inserts[]`: routes that compile together, and routes that do not.

use std::{collections::BTreeSet, process::Command};

use highball::serde_json::{self, Value};
use highball_vectors::{REFUSED_CORE, Tier, report};

#[allow(dead_code, unused_imports)]
mod accepted {
    use highball::App as _;

    use super::{Ours, Step, Tier};

    include!(concat!(env!("OUT_DIR"), "/inserts.rs"));

    pub(super) const ALL: (&[Step], &[(&str, &[highball::Route])]) = (STEPS, APPS);
}

struct Step {
    id: &'static str,
    pattern: &'static str,
    tier: Tier,
    /// The result in the source.
    accept: bool,
    ours: Ours,
}

/// The result according to Highball's rules. A rejection contains the line on which the error must be.
#[allow(dead_code, reason = "without vectors nothing is refused")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ours {
    Accepted,
    RefusedPattern(usize),
    RefusedShape(usize),
}

#[test]
fn rules_agree_with_all_routers() {
    let (mut core, mut disputed, mut as_source, mut ours) = (0, 0, 0, 0);
    for step in accepted::ALL.0 {
        let accepted = step.ours == Ours::Accepted;
        if step.tier == Tier::Disputed {
            disputed += 1;
            as_source += usize::from(accepted == step.accept);
            continue;
        }
        if REFUSED_CORE
            .iter()
            .any(|(pattern, _)| *pattern == step.pattern)
        {
            assert!(step.accept && !accepted, "{}: `{}`", step.id, step.pattern);
            ours += 1;
            continue;
        }
        assert_eq!(accepted, step.accept, "{}: `{}`", step.id, step.pattern);
        core += 1;
    }
    report(
        "inserts",
        &[
            ("core as every router", core),
            ("core that our grammar alone refuses", ours),
            ("disputed as our rules say", disputed),
            ("of those as the source says", as_source),
        ],
    );
}

#[test]
fn accepted_routes_compile_as_one_app() {
    let mut n_routes = 0;
    for (id, routes) in accepted::ALL.1 {
        let steps = accepted::ALL.0.iter().filter(|step| step.id == *id);
        let accepted = steps.filter(|step| step.ours == Ours::Accepted);
        let accepted: Vec<_> = accepted.map(|step| step.pattern).collect();
        let listed: Vec<_> = routes.iter().map(highball::Route::path).collect();
        assert_eq!(listed, accepted, "{id}");
        n_routes += listed.len();
    }
    report("accepted inserts", &[("routes compiled", n_routes)]);
}

#[test]
fn rejected_pattern_does_not_compile() {
    let lines = accepted::ALL.0.iter().filter_map(|step| match step.ours {
        Ours::RefusedPattern(line) => Some(line),
        _ => None,
    });
    check("patterns", lines.collect());
}

#[test]
fn route_with_an_equal_pattern_does_not_compile() {
    let lines = accepted::ALL.0.iter().filter_map(|step| match step.ours {
        Ours::RefusedShape(line) => Some(line),
        _ => None,
    });
    check("conflicts", lines.collect());
}

/// Compiles all routes that must not compile together. Each of their lines must have one error, and no other line may
/// have one.
fn check(what: &str, lines: Vec<usize>) {
    if lines.is_empty() {
        return report(what, &[]);
    }
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["rustc", "-p", "highball-vectors", "--bin", "refused"])
        .args(["--profile", "check", "--message-format", "json", "--"])
        .arg(format!("--cfg=refused=\"{what}\""))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let output = output.expect("cargo runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "all of it compiled: {log}");
    let mut found = Vec::new();
    for message in output.stdout.split(|byte| *byte == b'\n') {
        if let Ok(message) = serde_json::from_slice::<Value>(message) {
            found.extend(errors(&message["message"], &format!("refused_{what}.rs")));
        }
    }
    let missing: BTreeSet<_> = lines.iter().filter(|line| !found.contains(line)).collect();
    assert!(
        missing.is_empty(),
        "no error on the lines {missing:?}: {log}"
    );
    found.sort_unstable();
    assert_eq!(found, lines, "more than one error for a line");
    report(what, &[("refused, with one error each", lines.len())]);
}

/// Returns the line of an error, which must be in the file.
fn errors(message: &Value, file: &str) -> Option<usize> {
    if message["level"] != "error" || message["spans"].as_array().is_none_or(Vec::is_empty) {
        return None;
    }
    let mut spans = message["spans"].as_array().into_iter().flatten();
    let primary = spans.find(|span| span["is_primary"] == true);
    let line = primary.filter(|span| {
        span["file_name"]
            .as_str()
            .is_some_and(|name| name.ends_with(file))
    });
    let line = line.and_then(|span| span["line_start"].as_u64());
    let line = line.unwrap_or_else(|| panic!("an error elsewhere: {}", message["rendered"]));
    usize::try_from(line).ok()
}
