//! `redirects[]`: the kinds that concern a trailing slash, as apps with `slash = redirect`.

use serde_json::Value;

use crate::source::{Source, list, method, text};

pub(crate) fn write(files: &[(&str, Value)]) -> String {
    let mut source = Source::default();
    let mut names = Vec::new();
    let (mut n_other, mut idx) = (0, 0);
    for set in files.iter().flat_map(|(_, value)| list(value, "redirects")) {
        let kind = text(set, "kind");
        if !matches!(kind, "trailing-slash" | "engine-redirect") {
            n_other += list(set, "cases").len();
            continue;
        }
        let name = format!("redirects_{idx}");
        write_set(&mut source, &name, set);
        names.push(format!("&{name}::REDIRECTS"));
        idx += 1;
    }
    let all = names.join(", ");
    source.line(format!("const REDIRECTS: &[&Redirects] = &[{all}];"));
    source.line(format!("const N_OTHER: usize = {n_other};"));
    source.text
}

fn write_set(source: &mut Source, name: &str, set: &Value) {
    source.line(format!("mod {name} {{"));
    source.line("use highball::prelude::*;");
    source.line("use super::{Case, Redirects};");
    let mut handlers = Vec::new();
    for (idx, route) in list(set, "routes").iter().enumerate() {
        source.handler(&format!("h{idx}"), method(route), text(route, "pattern"));
        handlers.push(format!("h{idx}"));
    }
    source.line("#[routes(app, slash = redirect)]");
    source.line(format!("struct App({});", handlers.join(", ")));
    source.line("highball_vectors::ask!(App);");
    source.line("pub(crate) const REDIRECTS: Redirects = Redirects {");
    source.line(format!("id: {:?},", text(set, "id")));
    source.line("cases: &[");
    for case in list(set, "cases") {
        let (method, path) = (method(case), text(case, "path"));
        let to = ["redirect_to", "location"].map(|name| case[name].as_str());
        let to = to.into_iter().flatten().next().unwrap_or_default();
        let plain = case["headers"].is_null() && case["option"].is_null();
        let found = case["status"] == 200;
        source.line(format!(
            "Case {{ method: {method:?}, path: {path:?}, to: {to:?}, found: {found}, plain: {plain} }},"
        ));
    }
    source.line("],");
    source.line("ask,");
    source.line("};");
    source.line("}");
}
