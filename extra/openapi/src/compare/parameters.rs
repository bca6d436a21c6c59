//! Compares the parameters of operations.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    content::ANY,
    document::{Document, Operation, parameter_names},
    operations::{Comparison, flag, is_deprecated},
    rules,
    schema::Schema,
    types::Types,
    walk::Side,
};

/// Headers that do not count as parameters (OpenAPI 3.1.1, "Parameter Object").
const ELSEWHERE: [&str; 3] = ["accept", "authorization", "content-type"];

/// A place of parameters, and a name: of a path parameter its number.
type Key = (String, String);

/// A parameter.
#[derive(Debug, Clone, Copy)]
struct Parameter<'d> {
    name: &'d str,
    value: &'d Value,
}

impl<'d> Comparison<'d> {
    pub(super) fn compare_parameters(&mut self, old: &Operation<'d>, new: &Operation<'d>) {
        let (mut before, mut after) = (parameters(self.old, old), parameters(self.new, new));
        self.compare_path_names(old.path, new.path);
        let shared: Vec<_> = before
            .keys()
            .filter(|key| after.contains_key(*key))
            .cloned()
            .collect();
        for key in shared {
            if let (Some(old), Some(new)) = (before.remove(&key), after.remove(&key)) {
                self.compare_parameter(&place(&key.0, new.name), old.value, new.value);
            }
        }
        // A parameter of the path that only one document declares is in both paths.
        before.retain(|key, _| key.0 != "path");
        after.retain(|key, _| key.0 != "path");
        self.match_moved(&mut before, &mut after);
        self.match_renamed(&mut before, &mut after);
        self.report_rest(&before, &after);
    }

    fn report_rest(&mut self, removed: &Parameters<'d>, added: &Parameters<'d>) {
        for ((kind, _), parameter) in removed {
            let place = place(kind, parameter.name);
            self.add(
                &rules::PARAMETER_REMOVED,
                &place,
                "the parameter is removed",
            );
        }
        for ((kind, _), parameter) in added {
            let (rule, fact) = match flag(parameter.value, "required") {
                true => (
                    &rules::REQUIRED_PARAMETER_ADDED,
                    "the parameter is new and required",
                ),
                false => (&rules::PARAMETER_ADDED, "the parameter is new and optional"),
            };
            self.add(rule, &place(kind, parameter.name), fact);
        }
    }

    fn compare_path_names(&mut self, old: &str, new: &str) {
        for (old, new) in parameter_names(old).into_iter().zip(parameter_names(new)) {
            if old != new {
                let fact = format!("the parameter `{old}` is called `{new}`");
                self.add(&rules::PATH_PARAMETER_RENAMED, &place("path", new), &fact);
            }
        }
    }

    fn compare_parameter(&mut self, place: &str, old: &Value, new: &Value) {
        match (flag(old, "required"), flag(new, "required")) {
            (false, true) => self.add(
                &rules::PARAMETER_REQUIRED,
                place,
                "the parameter is required",
            ),
            (true, false) => self.add(
                &rules::PARAMETER_OPTIONAL,
                place,
                "the parameter is optional",
            ),
            _ => {}
        }
        if is_deprecated(new) && !is_deprecated(old) {
            self.add(
                &rules::PARAMETER_DEPRECATED,
                place,
                "the parameter is deprecated",
            );
        }
        if style(old) != style(new) {
            let fact = "the parameter is written in another form";
            self.add(&rules::PARAMETER_STYLE_CHANGED, place, fact);
        }
        self.compare_parameter_schemas(place, old, new);
    }

    /// Compares the schemas of values. A list that is repeated in the query may have one item only, and is compared as
    /// this item if there was no list before.
    fn compare_parameter_schemas(&mut self, place: &str, old: &Value, new: &Value) {
        let is_repeated = style(new) == ("form", true, None);
        let (before, after) = (
            Schema::read(self.old, schema(old)),
            Schema::read(self.new, schema(new)),
        );
        let is_list = after.types == Types::ARRAY && after.item_count.min <= 1;
        let mut new = schema(new);
        if is_repeated && is_list && !before.types.has(Types::ARRAY) {
            self.add(
                &rules::PARAMETER_BECAME_LIST,
                place,
                "the parameter may be repeated",
            );
            new = &after.items;
        }
        let found = self.walker(Side::Request, true).compare(schema(old), new);
        self.report.add_differences(Side::Request, place, found);
    }

    /// Finds parameters with the same name in another place.
    fn match_moved(&mut self, old: &mut Parameters<'d>, new: &mut Parameters<'d>) {
        let is_moved = |old: &Key, new: &Key| old.0 != new.0 && old.1.eq_ignore_ascii_case(&new.1);
        for (from, to) in matches(old, new, |(old, _), (new, _)| is_moved(old, new)) {
            if let (Some(_), Some(parameter)) = (old.remove(&from), new.remove(&to)) {
                let [from, kind] = [&from.0, &to.0].map(|kind| kind_name(kind));
                let fact = format!("the parameter is in the {kind} instead of the {from}");
                self.add(
                    &rules::PARAMETER_MOVED,
                    &place(&to.0, parameter.name),
                    &fact,
                );
            }
        }
    }

    /// Finds parameters with the same schema and another name.
    fn match_renamed(&mut self, old: &mut Parameters<'d>, new: &mut Parameters<'d>) {
        let mut walker = self.walker(Side::Request, true);
        let is_renamed = |old: Entry<'_, 'd>, new: Entry<'_, 'd>| {
            let (before, after) = (schema(old.1.value), schema(new.1.value));
            old.0.0 == new.0.0 && walker.compare(before, after).is_empty()
        };
        for (from, to) in matches(old, new, is_renamed) {
            if let (Some(before), Some(after)) = (old.remove(&from), new.remove(&to)) {
                let fact = format!("the parameter `{}` is called `{}`", before.name, after.name);
                self.add(&rules::PARAMETER_RENAMED, &place(&to.0, after.name), &fact);
            }
        }
    }
}

type Parameters<'d> = BTreeMap<Key, Parameter<'d>>;
type Entry<'p, 'd> = (&'p Key, &'p Parameter<'d>);

/// Returns the keys of parameters that match each other and no other parameter.
fn matches<'d>(
    old: &Parameters<'d>,
    new: &Parameters<'d>,
    mut is_match: impl FnMut(Entry<'_, 'd>, Entry<'_, 'd>) -> bool,
) -> Vec<(Key, Key)> {
    let mut pairs = Vec::new();
    for before in old {
        let found = new.iter().filter(|after| is_match(before, *after));
        pairs.extend(found.map(|after| (before.0, after.0)));
    }
    let count = |from, to| {
        pairs
            .iter()
            .filter(|pair| pair.0 == from || pair.1 == to)
            .count()
    };
    let only = pairs.iter().filter(|(from, to)| count(*from, *to) == 1);
    only.map(|(from, to)| ((*from).clone(), (*to).clone()))
        .collect()
}

/// Returns the parameters of an operation and of its path, which the operation overrides.
fn parameters<'d>(document: Document<'d>, operation: &Operation<'d>) -> Parameters<'d> {
    let names = parameter_names(operation.path);
    let lists = [operation.item, operation.value]
        .map(|value| value.get("parameters").and_then(Value::as_array));
    let list = lists
        .into_iter()
        .flatten()
        .flatten()
        .map(|parameter| document.resolve(parameter));
    let parameters = list.filter_map(|value| {
        let name = value.get("name")?.as_str()?;
        let kind = value.get("in")?.as_str()?;
        let id = match kind {
            "path" => names.iter().position(|other| *other == name)?.to_string(),
            "header" => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        let is_elsewhere = kind == "header" && ELSEWHERE.contains(&id.as_str());
        (!is_elsewhere).then(|| ((kind.to_owned(), id), Parameter { name, value }))
    });
    parameters.collect()
}

/// Returns the schema of a parameter.
fn schema(parameter: &Value) -> &Value {
    let content = || parameter.get("content")?.as_object()?.values().next();
    let schema = parameter.get("schema").or_else(|| content()?.get("schema"));
    schema.unwrap_or(ANY)
}

/// Returns how a parameter is written: its style, whether lists are repeated, and the media type of its value.
fn style(parameter: &Value) -> (&str, bool, Option<&str>) {
    let text = |name: &str| parameter.get(name).and_then(Value::as_str);
    let is_form = matches!(text("in"), Some("query" | "cookie"));
    let style = text("style").unwrap_or(if is_form { "form" } else { "simple" });
    let explode = parameter.get("explode").and_then(Value::as_bool);
    let content = parameter.get("content").and_then(Value::as_object);
    let media_type = content.and_then(|content| content.keys().next());
    (
        style,
        explode.unwrap_or(style == "form"),
        media_type.map(String::as_str),
    )
}

fn place(kind: &str, name: &str) -> String {
    let kind = if kind == "path" {
        "path parameter"
    } else {
        kind
    };
    format!("{kind} {name}")
}

fn kind_name(kind: &str) -> &str {
    match kind {
        "header" => "headers",
        "cookie" => "cookies",
        other => other,
    }
}
