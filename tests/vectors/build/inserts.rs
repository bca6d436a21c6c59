//! `inserts[]`: routes that compile together as one app, and routes that must not compile.

use serde_json::Value;

use crate::{
    slow::Pattern,
    source::{Source, list, text, tier},
};

/// The three generated files.
pub(crate) struct Inserts {
    /// The apps that compile, and a table of all steps.
    pub(crate) accepted: Source,
    /// Patterns that the grammar rejects, in one module each.
    pub(crate) patterns: Source,
    /// Routes with equal patterns, in one group each.
    pub(crate) conflicts: Source,
}

/// The result of a step according to Highball's rules. A rejection has a line in its file.
enum Ours {
    Accepted,
    RefusedPattern(usize),
    RefusedShape(usize),
}

pub(crate) fn write(files: &[(&str, Value)]) -> Inserts {
    let mut out = Inserts {
        accepted: Source::default(),
        patterns: Source::default(),
        conflicts: Source::default(),
    };
    let (mut steps, mut apps) = (Vec::new(), Vec::new());
    let sequences = files.iter().flat_map(|(file, value)| {
        let sequences = list(value, "inserts").iter();
        sequences.map(move |sequence| (file, sequence))
    });
    for (idx, (file, sequence)) in sequences.enumerate() {
        let id = format!("{file}: {}", text(sequence, "id"));
        let name = format!("sequence_{idx}");
        for (step, tier, ours) in write_sequence(&mut out, &name, list(sequence, "steps")) {
            steps.push(step_of(&id, step, tier, &ours));
        }
        apps.push(format!("({id:?}, {name}::App::ROUTES)"));
    }
    let (steps, apps) = (steps.join(", "), apps.join(", "));
    out.accepted
        .line(format!("const STEPS: &[Step] = &[{steps}];"));
    out.accepted.line(format!(
        "const APPS: &[(&str, &[highball::Route])] = &[{apps}];"
    ));
    out
}

fn step_of(id: &str, step: &Value, tier: &str, ours: &Ours) -> String {
    let ours = match ours {
        Ours::Accepted => "Ours::Accepted".to_owned(),
        Ours::RefusedPattern(line) => format!("Ours::RefusedPattern({line})"),
        Ours::RefusedShape(line) => format!("Ours::RefusedShape({line})"),
    };
    let (pattern, accept) = (text(step, "pattern"), step["accept"] == Value::Bool(true));
    format!(
        "Step {{ id: {id:?}, pattern: {pattern:?}, tier: Tier::{tier}, accept: {accept}, ours: {ours} }}"
    )
}

fn write_sequence<'a>(
    out: &mut Inserts,
    name: &str,
    steps: &'a [Value],
) -> Vec<(&'a Value, &'static str, Ours)> {
    let (mut accepted, mut handlers, mut all): (Vec<Pattern>, Vec<String>, Vec<_>) =
        (Vec::new(), Vec::new(), Vec::new());
    for source in [&mut out.accepted, &mut out.conflicts] {
        source.line(format!("mod {name} {{"));
        source.line("use highball::prelude::*;");
    }
    for (idx, step) in steps.iter().enumerate() {
        let Some(tier) = tier(step) else { continue };
        let pattern = text(step, "pattern");
        let ours = match Pattern::parse(pattern) {
            Err(_) => Ours::RefusedPattern(refuse_pattern(&mut out.patterns, pattern)),
            Ok(read) if accepted.iter().any(|other| other.same_shape(&read)) => {
                let line = refuse_shape(&mut out.conflicts, idx, pattern, &handlers);
                Ours::RefusedShape(line)
            }
            Ok(read) => {
                let handler = format!("h{idx}");
                out.accepted.handler(&handler, "GET", pattern);
                out.conflicts.handler(&handler, "GET", pattern);
                accepted.push(read);
                handlers.push(handler);
                Ours::Accepted
            }
        };
        all.push((step, tier, ours));
    }
    out.accepted.line("#[routes(app)]");
    out.accepted
        .line(format!("pub(crate) struct App({});", handlers.join(", ")));
    for source in [&mut out.accepted, &mut out.conflicts] {
        source.line("}");
    }
    all
}

/// Writes a single route, and returns the line on which the error must be.
fn refuse_pattern(source: &mut Source, pattern: &str) -> usize {
    source.line(format!("#[highball::get({pattern:?})]"));
    let line = source.line("") - 1;
    source.line(format!(
        "async fn refused_{line}(_cx: &highball::Context<'_>) {{}}"
    ));
    line
}

/// Writes a group of a route and the routes before it, and returns the line on which the error must be.
fn refuse_shape(source: &mut Source, idx: usize, pattern: &str, before: &[String]) -> usize {
    source.handler(&format!("refused_{idx}"), "GET", pattern);
    source.line("#[routes]");
    source.line(format!("struct Group{idx}({},", before.join(", ")));
    let line = source.line(format!("refused_{idx}"));
    source.line(");");
    line
}
