//! `sets[]`: an app for each set, and its requests.

use serde_json::Value;

use crate::{
    slow::Pattern,
    source::{Source, list, method, text, tier},
};

pub(crate) fn write(files: &[(&str, Value)]) -> String {
    let mut source = Source::default();
    let mut names = Vec::new();
    let sets = files.iter().flat_map(|(file, value)| {
        let sets = list(value, "sets").iter();
        sets.map(move |set| (file, set))
    });
    for (idx, (file, set)) in sets.enumerate() {
        // The vectors omit patterns that cannot be written with `{name}` and `{*name}`.
        if set["expressible"] == Value::Bool(false) {
            continue;
        }
        let name = format!("set_{idx}");
        write_set(
            &mut source,
            &name,
            &format!("{file}: {}", text(set, "id")),
            set,
        );
        names.push(format!("&{name}::SET"));
    }
    source.line(format!("const SETS: &[&Set] = &[{}];", names.join(", ")));
    source.text
}

fn write_set(source: &mut Source, name: &str, id: &str, set: &Value) {
    source.line(format!("mod {name} {{"));
    source.line("use highball::prelude::*;");
    source.line("use highball_vectors::{Request, Set, Tier};");
    let (mut handlers, mut routes, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (idx, route) in list(set, "routes").iter().enumerate() {
        let pattern = text(route, "pattern");
        if Pattern::parse(pattern).is_err() {
            refused.push(format!("{pattern:?}"));
            continue;
        }
        let handler = format!("h{idx}");
        source.handler(&handler, method(route), pattern);
        routes.push(format!("({:?}, {pattern:?})", method(route)));
        handlers.push(handler);
    }
    source.line("#[routes(app)]");
    source.line(format!("struct App({});", handlers.join(", ")));
    source.line("highball_vectors::ask!(App);");
    source.line("pub(crate) const SET: Set = Set {");
    source.line(format!("id: {id:?},"));
    source.line(format!("routes: &[{}],", routes.join(", ")));
    source.line(format!("refused: &[{}],", refused.join(", ")));
    source.line("requests: &[");
    for request in list(set, "requests") {
        write_request(source, request);
    }
    source.line("],");
    source.line("ask,");
    source.line("};");
    source.line("}");
}

fn write_request(source: &mut Source, request: &Value) {
    let Some(tier) = tier(request) else { return };
    let (method, path) = (method(request), text(request, "path"));
    let expected = match request["match"].as_str() {
        Some(pattern) => format!("Some(({pattern:?}, {}))", params(request)),
        None => "None".to_owned(),
    };
    source.line(format!(
        "Request {{ method: {method:?}, path: {path:?}, tier: Tier::{tier}, expected: {expected} }},"
    ));
}

fn params(request: &Value) -> String {
    if request["params"].is_null() {
        return "None".to_owned();
    }
    let params = list(request, "params").iter();
    let params = params.map(|param| {
        let text = |idx: usize| param[idx].as_str().unwrap_or_default();
        format!("({:?}, {:?})", text(0), text(1))
    });
    format!("Some(&[{}])", params.collect::<Vec<_>>().join(", "))
}
