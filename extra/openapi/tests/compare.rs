//! Compares pairs of documents, and expects the rule, the kind and the place of each change.
//!
//! The pairs are in `compare/`, one in a line. A schema is the body of a request or of an answer; `$schemas` in it are
//! components. An operation is `POST /todos` with `200`, if it has no `$method`, `$path` or `responses`; a field that
//! begins with `$` is written to its place in the document.

use std::collections::{BTreeMap, BTreeSet};

use highball_openapi::compare::{Change, Kind, compare, rules};
use serde_json::{Value, json};

/// Schemas, the wide one first, with the rule of each direction.
const SCHEMAS: &str = include_str!("compare/schemas.txt");
/// Schemas of which none contains the other.
const CHANGED: &str = include_str!("compare/changed.txt");
/// Schemas that allow the same values.
const EQUAL: &str = include_str!("compare/equal.txt");
/// Schemas of one side, with every change.
const SIDES: &str = include_str!("compare/sides.txt");
/// Operations, with every change.
const OPERATIONS: &str = include_str!("compare/operations.txt");
/// Faults that users of other tools reported: the thread, what is compared, and every change.
const FAULTS: &str = include_str!("compare/faults.txt");

#[test]
fn narrower_requests_and_wider_answers_break() {
    let mut failures = Failures::default();
    for [narrowed, widened, wide, narrow] in cases(SCHEMAS) {
        let [wide, narrow] = &[wide, narrow].map(parse);
        failures.check(request, wide, narrow, &format!("R request-{narrowed}"));
        failures.check(request, narrow, wide, &format!("- request-{widened}"));
        failures.check(answer, narrow, wide, &format!("A answer-{widened}"));
        failures.check(answer, wide, narrow, &format!("- answer-{narrowed}"));
    }
    failures.assert_none();
}

/// A variant that another one contains is not a change. This depends on the effect of each rule.
#[test]
fn variants_are_compared_as_sets() {
    let mut failures = Failures::default();
    for [_, _, wide, narrow] in cases(SCHEMAS).into_iter().filter(are_variants) {
        let [wide, narrow] = [wide, narrow].map(parse);
        let both = &union([&wide, &narrow]);
        let (wide, narrow) = (&union([&wide]), &union([&narrow]));
        failures.check(request, wide, both, "");
        failures.check(request, narrow, both, "- request-variant-added");
        failures.check(request, both, wide, "");
        failures.check(request, both, narrow, "R request-variant-removed");
        failures.check(answer, wide, both, "");
        failures.check(answer, narrow, both, "A answer-variant-added");
    }
    failures.assert_none();
}

/// Returns whether a union of the schemas has two variants.
fn are_variants([narrowed, _, wide, _]: &[&str; 4]) -> bool {
    let rules = ["null-", "enum-", "nothing-", "variant-"];
    let is_any = matches!(*wide, "{}" | "true");
    !is_any && !wide.contains("oneOf") && !rules.iter().any(|rule| narrowed.starts_with(rule))
}

fn union<const N: usize>(variants: [&Value; N]) -> Value {
    let mut variants = variants.map(Value::clone).to_vec();
    let schemas = variants
        .iter_mut()
        .find_map(|variant| take(variant, "$schemas"));
    variants.push(json!({ "type": "boolean" }));
    json!({ "anyOf": variants, "$schemas": schemas })
}

#[test]
fn other_schemas_break_both_sides() {
    let mut failures = Failures::default();
    for [rule, one, other] in cases(CHANGED) {
        let [one, other] = &[one, other].map(parse);
        for (old, new) in [(one, other), (other, one)] {
            failures.check(request, old, new, &format!("R request-{rule}"));
            failures.check(answer, old, new, &format!("A answer-{rule}"));
        }
    }
    failures.assert_none();
}

#[test]
fn equal_schemas_have_no_change() {
    let mut failures = Failures::default();
    for [one, other] in cases(EQUAL) {
        let [one, other] = &[one, other].map(parse);
        for (old, new) in [(one, other), (other, one), (one, one)] {
            failures.check(request, old, new, "");
            failures.check(answer, old, new, "");
        }
    }
    failures.assert_none();
}

#[test]
fn changes_of_one_side_are_complete() {
    let mut failures = Failures::default();
    for [side, expected, old, new] in cases(SIDES) {
        failures.check(document(side), &parse(old), &parse(new), expected);
    }
    failures.assert_none();
}

#[test]
fn changes_of_operations_are_complete() {
    let mut failures = Failures::default();
    for [expected, old, new] in cases(OPERATIONS) {
        failures.check(operation, &parse(old), &parse(new), expected);
    }
    failures.assert_none();
}

#[test]
fn faults_of_other_tools_are_absent() {
    let mut failures = Failures::default();
    for [_, kind, expected, old, new] in cases(FAULTS) {
        failures.check(document(kind), &parse(old), &parse(new), expected);
    }
    failures.assert_none();
}

/// Variants in variants, without a name in common.
fn nested_variants(prefix: &str, last: &Value) -> Value {
    let mut schemas = json!({ format!("{prefix}300"): last });
    for index in 0..300 {
        let next = json!({ "$ref": format!("#/components/schemas/{prefix}{}", index + 1) });
        let a = json!({ "type": "object", "required": ["a", "x"], "properties": { "a": next } });
        let b = json!({ "type": "object", "required": ["b", "y"] });
        schemas[format!("{prefix}{index}")] = json!({ "anyOf": [a, b, { "type": "string" }] });
    }
    json!({ "$ref": format!("#/components/schemas/{prefix}0"), "$schemas": schemas })
}

#[test]
fn deep_variants_do_not_overflow_the_stack() {
    let mut failures = Failures::default();
    let old = nested_variants("A", &json!({ "type": "number" }));
    failures.check(
        request,
        &old,
        &nested_variants("B", &json!({ "type": "number" })),
        "",
    );
    let expected = format!("R request-type-narrowed {}", "/a".repeat(300));
    failures.check(
        request,
        &old,
        &nested_variants("B", &json!({ "type": "integer" })),
        &expected,
    );
    failures.assert_none();
}

/// Compares the first message of each rule with `compare/messages.txt`. `MESSAGES=overwrite` writes the file.
#[test]
fn messages_are_as_expected() {
    let mut found = BTreeMap::new();
    for change in all_pairs().flat_map(|(old, new)| compare(&old, &new)) {
        found
            .entry(change.rule)
            .or_insert_with(|| format!("{:?}: {change}\n", change.kind));
    }
    let found: String = found.into_values().collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compare/messages.txt");
    if std::env::var_os("MESSAGES").is_some_and(|value| value == "overwrite") {
        std::fs::write(file, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(file).unwrap_or_default());
}

/// Returns the documents of the tables.
fn all_pairs() -> impl Iterator<Item = (Value, Value)> {
    let schemas = cases(SCHEMAS)
        .into_iter()
        .map(|[_, _, wide, narrow]| [wide, narrow]);
    let changed = cases(CHANGED)
        .into_iter()
        .map(|[_, one, other]| [one, other]);
    let sides = schemas.chain(changed).flat_map(|[one, other]| {
        [[one, other], [other, one]].into_iter().flat_map(|pair| {
            let pair = pair.map(parse);
            [request, answer].map(|document| pair.each_ref().map(document))
        })
    });
    let one_side = cases(SIDES)
        .into_iter()
        .map(|[side, _, old, new]| [old, new].map(|schema| document(side)(&parse(schema))));
    let operations = cases(OPERATIONS)
        .into_iter()
        .map(|[_, old, new]| [old, new].map(|value| operation(&parse(value))));
    sides
        .chain(one_side)
        .chain(operations)
        .map(|[old, new]| (old, new))
}

#[test]
fn every_rule_has_a_pair() {
    let known: BTreeSet<_> = rules().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(known.len(), rules().count(), "a name occurs twice");
    let mut seen = BTreeSet::new();
    for [narrowed, widened, ..] in cases::<4>(SCHEMAS) {
        seen.extend([narrowed, widened].iter().flat_map(|rule| both_sides(rule)));
    }
    for [rule, ..] in cases::<3>(CHANGED) {
        seen.extend(both_sides(rule));
    }
    let sides = cases::<4>(SIDES)
        .into_iter()
        .map(|[_, expected, ..]| expected);
    let operations = cases::<3>(OPERATIONS)
        .into_iter()
        .map(|[expected, ..]| expected);
    for change in sides
        .chain(operations)
        .flat_map(|expected| expected.split(';'))
    {
        seen.extend(change.split_whitespace().nth(1).map(str::to_owned));
    }
    assert_eq!(seen, known);
}

/// The pairs with other changes than expected.
#[derive(Default)]
struct Failures {
    texts: Vec<String>,
}

impl Failures {
    /// Compares two documents, and expects the changes: their kind, rule and place, separated by semicolons. The place
    /// of a body is its JSON pointer.
    fn check(&mut self, document: fn(&Value) -> Value, old: &Value, new: &Value, expected: &str) {
        let changes = compare(&document(old), &document(new));
        changes.iter().for_each(check_message);
        let found: Vec<_> = changes.iter().map(describe).collect();
        let expected = expected
            .split(';')
            .map(str::trim)
            .filter(|one| !one.is_empty());
        let expected: Vec<_> = expected.collect();
        if found != expected {
            let text =
                format!("expected: {expected:?}\nfound: {found:?}\nold: {old}\nnew: {new}\n");
            self.texts.push(text);
        }
    }

    #[track_caller]
    fn assert_none(self) {
        assert!(
            self.texts.is_empty(),
            "{} pairs:\n{}",
            self.texts.len(),
            self.texts.join("\n")
        );
    }
}

/// Returns the function that writes the document of a pair.
fn document(kind: &str) -> fn(&Value) -> Value {
    match kind {
        "request" => request,
        "answer" => answer,
        "operation" => operation,
        _ => panic!("{kind}"),
    }
}

fn both_sides(rule: &str) -> [String; 2] {
    let rule = rule.split_whitespace().next().unwrap_or(rule);
    [format!("request-{rule}"), format!("answer-{rule}")]
}

/// Returns the lines of a table, without comments.
fn cases<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let cases = lines.map(|line| {
        let columns: Vec<_> = line.split(" | ").map(str::trim).collect();
        columns
            .try_into()
            .unwrap_or_else(|_| panic!("not {N} columns: {line}"))
    });
    cases.collect()
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Takes a field that is not part of OpenAPI.
fn take(value: &mut Value, name: &str) -> Option<Value> {
    value.as_object_mut()?.remove(name)
}

fn request(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let components = take(&mut schema, "$schemas");
    let body = json!({ "content": { "application/json": { "schema": schema } } });
    operation(&json!({ "requestBody": body, "$components": { "schemas": components } }))
}

fn answer(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let components = take(&mut schema, "$schemas");
    let answer =
        json!({ "description": "", "content": { "application/json": { "schema": schema } } });
    operation(&json!({ "responses": { "200": answer }, "$components": { "schemas": components } }))
}

/// Returns a document with one operation, or none.
fn operation(operation: &Value) -> Value {
    let mut operation = operation.clone();
    let mut document =
        json!({ "openapi": "3.1.0", "info": { "title": "Todos", "version": "1" }, "paths": {} });
    for name in ["components", "security", "tags", "servers"] {
        if let Some(value) = take(&mut operation, &format!("${name}")) {
            document[name] = value;
        }
    }
    let text = |value: Option<Value>, or: &str| {
        value.map_or(or.to_owned(), |value| value.as_str().unwrap().to_owned())
    };
    let path = text(take(&mut operation, "$path"), "/todos");
    let method = text(take(&mut operation, "$method"), "post");
    if let Some(parameters) = take(&mut operation, "$parameters") {
        document["paths"][&path]["parameters"] = parameters;
    }
    if let Some(item) = take(&mut operation, "$item") {
        document["paths"][&path] = item;
    } else if let Some(paths) = take(&mut operation, "$paths") {
        document["paths"] = paths;
    } else if operation.is_object() {
        operation
            .as_object_mut()
            .unwrap()
            .entry("responses")
            .or_insert_with(|| json!({ "200": { "description": "" } }));
        document["paths"][&path][&method] = operation;
    }
    document
}

fn describe(change: &Change) -> String {
    let kind = match change.kind {
        Kind::BreaksRequests => 'R',
        Kind::BreaksAnswers => 'A',
        Kind::BreaksCode => 'C',
        Kind::Compatible => '-',
        _ => '?',
    };
    let place = change
        .place
        .trim_start_matches("body application/json")
        .trim_start_matches("200 application/json");
    format!("{kind} {} {}", change.rule, place.trim_start_matches(", "))
        .trim()
        .to_owned()
}

/// A message is one sentence, and gives an alternative to what breaks.
fn check_message(change: &Change) {
    let message = &change.message;
    assert!(
        message.starts_with(|first: char| first.is_uppercase() || first == '`'),
        "{message}"
    );
    assert!(
        message.ends_with('.') && !message.ends_with("..") && !message.contains(". "),
        "{message}"
    );
    assert_eq!(
        message.contains("; "),
        change.kind.is_breaking(),
        "{message}"
    );
}
