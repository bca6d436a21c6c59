//! `gitlab_scale.json`: the `simple` templates as one app, in groups of fifty.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::{Source, list};

const GROUP: usize = 50;

pub(crate) fn write(file: &Value) -> String {
    let mut source = Source::default();
    let templates = list(file, "simple").iter().filter_map(Value::as_str);
    let templates: Vec<&str> = templates.collect();
    source.line("mod scale {");
    source.line("use highball::prelude::*;");
    let mut groups = BTreeMap::new();
    for (idx, template) in templates.iter().enumerate() {
        let name = format!("h{idx}");
        source.handler(&name, "GET", template);
        groups
            .entry(idx / GROUP)
            .or_insert_with(Vec::new)
            .push(name);
    }
    for (group, handlers) in &groups {
        source.line("#[routes]");
        source.line(format!("struct Group{group}({});", handlers.join(", ")));
    }
    let groups: Vec<_> = groups.keys().map(|idx| format!("Group{idx}")).collect();
    source.line("#[routes(app)]");
    source.line(format!("struct App({});", groups.join(", ")));
    source.line("highball_vectors::ask!(App);");
    source.line("}");
    source.line(format!("const TEMPLATES: &[&str] = &{templates:?};"));
    source.text
}
