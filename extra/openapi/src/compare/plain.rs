//! Compares the keywords of two schemas without variants.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    limits::{Span, cmp_numbers},
    merge::item,
    rules::{self, SchemaRule},
    schema::Schema,
    types::Types,
    view::View,
    walk::{Side, Step},
};

impl Step<'_, '_> {
    /// Compares what does not restrict values.
    pub(super) fn compare_annotations(&mut self, old: &Schema, new: &Schema) {
        if new.is_deprecated && !old.is_deprecated {
            self.report(&rules::DEPRECATED, "the value is deprecated");
        }
        if self.walker.side == Side::Request && old.default != new.default {
            let [old, new] = [old, new].map(|schema| text(schema.default.as_ref()));
            self.report(
                &rules::DEFAULT_CHANGED,
                format!("the default is {new} instead of {old}"),
            );
        }
    }

    pub(super) fn compare_never(&mut self, old: &View, new: &View) {
        match (old.is_never(), new.is_never()) {
            (false, true) => self.report(&rules::NOTHING_ALLOWED, "no value is allowed any more"),
            (true, false) => self.report(&rules::SOMETHING_ALLOWED, "a value is allowed"),
            _ => {}
        }
    }

    /// Compares whether `null` is allowed. Text has no `null`, and a schema of any type is compared as a type.
    pub(super) fn compare_null(&mut self, old: &View, new: &View) {
        let is_any = |view: &View| {
            view.variants.is_empty() && view.base.types == Types::ALL.without(Types::NULL)
        };
        if self.walker.is_text || is_any(old) != is_any(new) {
            return;
        }
        match (old.is_nullable, new.is_nullable) {
            (true, false) => self.report(&rules::NULL_REMOVED, "`null` is not allowed any more"),
            (false, true) => self.report(&rules::NULL_ADDED, "`null` is allowed"),
            _ => {}
        }
    }

    pub(super) fn compare_plain(&mut self, old: &Schema, new: &Schema) {
        let has_new_types = self.compare_types(old, new);
        let shared = old.types.and(new.types);
        // If one side allows everything, each keyword of the other would repeat the change of the type.
        if shared.is_empty() || has_new_types && (old.is_any() || new.is_any()) {
            return;
        }
        self.compare_others(old, new);
        if shared.has(Types::OBJECT) {
            self.compare_objects(old, new);
        }
        if shared.has(Types::ARRAY) {
            self.compare_arrays(old, new);
        }
        if old.values.is_some() || new.values.is_some() {
            return self.compare_values(old, new);
        }
        self.compare_scalars(old, new, shared);
    }

    fn compare_scalars(&mut self, old: &Schema, new: &Schema, shared: Types) {
        let [before, after] = [old, new].map(|schema| schema.types.and(Types::NUMBER));
        if shared.has(Types::STRING) || before == after {
            self.compare_formats(old, new);
        }
        if shared.has(Types::STRING) {
            self.compare_patterns(old, new);
            self.compare_spans(old.length, new.length, &LENGTH);
        }
        if shared.has(Types::NUMBER) {
            self.compare_bounds(old, new);
            self.compare_multiples(old, new);
        }
    }

    /// Compares the types, and returns whether they differ.
    fn compare_types(&mut self, old: &Schema, new: &Schema) -> bool {
        let mut lost = old.types.without(new.types);
        let mut gained = new.types.without(old.types);
        if self.walker.is_text {
            // In text, a number is a string as well.
            if is_free_text(new) {
                lost = lost.without(Types::SCALARS);
            }
            if is_free_text(old) {
                gained = gained.without(Types::SCALARS);
            }
        }
        let rule = match (lost.is_empty(), gained.is_empty()) {
            (false, true) => &rules::TYPE_NARROWED,
            (true, false) => &rules::TYPE_WIDENED,
            (false, false) => &rules::TYPE_CHANGED,
            (true, true) => return false,
        };
        let [old, new] = [old, new].map(|schema| schema.types.names());
        self.report(rule, format!("the type is {new} instead of {old}"));
        true
    }

    fn compare_values(&mut self, old: &Schema, new: &Schema) {
        match (&old.values, &new.values) {
            (Some(old), Some(new)) => self.compare_lists(old, new),
            (None, Some(new)) => {
                self.report(
                    &rules::ENUM_INTRODUCED,
                    format!("the value is one of {}", texts(new)),
                );
            }
            (Some(old), None) => {
                let fact = format!("the value is no longer one of {}", texts(old));
                self.report(&rules::ENUM_DROPPED, fact);
            }
            (None, None) => {}
        }
    }

    fn compare_lists(&mut self, old: &[Value], new: &[Value]) {
        let (lost, gained) = (missing(new, old), missing(old, new));
        if let ([old], [new], false) = (old, new, lost.is_empty()) {
            let [old, new] = [old, new].map(|value| text(Some(value)));
            let fact = format!("the only value is {new} instead of {old}");
            return self.report(&rules::CONST_CHANGED, fact);
        }
        if !lost.is_empty() {
            let fact = format!("{} is not allowed any more", texts(&lost));
            self.report(&rules::ENUM_VALUE_REMOVED, fact);
        }
        if !gained.is_empty() {
            self.report(
                &rules::ENUM_VALUE_ADDED,
                format!("{} is allowed", texts(&gained)),
            );
        }
    }

    fn compare_patterns(&mut self, old: &Schema, new: &Schema) {
        let (old, new) = (&old.patterns, &new.patterns);
        if old == new {
            return;
        }
        let rule = match (old.is_subset(new), new.is_subset(old)) {
            (true, _) => &rules::PATTERN_ADDED,
            (_, true) => &rules::PATTERN_REMOVED,
            _ => &rules::PATTERN_CHANGED,
        };
        self.report(
            rule,
            format!("the pattern is {} instead of {}", names(new), names(old)),
        );
    }

    fn compare_arrays(&mut self, old: &Schema, new: &Schema) {
        for index in 0..old.prefix.len().max(new.prefix.len()) {
            let [old, new] = [old, new].map(|schema| item(schema, index));
            self.compare_later(&index.to_string(), old, new);
        }
        self.compare_later("*", &old.items, &new.items);
        self.compare_spans(old.item_count, new.item_count, &ITEM_COUNT);
        match (old.is_unique, new.is_unique) {
            (false, true) => self.report(&rules::UNIQUE_ITEMS_ADDED, "equal items are rejected"),
            (true, false) => self.report(&rules::UNIQUE_ITEMS_REMOVED, "equal items are allowed"),
            _ => {}
        }
    }
}

/// The rules about one kind of length, and its name.
#[derive(Debug)]
pub(super) struct SpanRules {
    pub(super) name: &'static str,
    pub(super) min_raised: &'static SchemaRule,
    pub(super) min_lowered: &'static SchemaRule,
    pub(super) max_lowered: &'static SchemaRule,
    pub(super) max_raised: &'static SchemaRule,
}

const LENGTH: SpanRules = SpanRules {
    name: "length",
    min_raised: &rules::MIN_LENGTH_RAISED,
    min_lowered: &rules::MIN_LENGTH_LOWERED,
    max_lowered: &rules::MAX_LENGTH_LOWERED,
    max_raised: &rules::MAX_LENGTH_RAISED,
};

const ITEM_COUNT: SpanRules = SpanRules {
    name: "number of items",
    min_raised: &rules::MIN_ITEMS_RAISED,
    min_lowered: &rules::MIN_ITEMS_LOWERED,
    max_lowered: &rules::MAX_ITEMS_LOWERED,
    max_raised: &rules::MAX_ITEMS_RAISED,
};

/// Returns whether a schema allows every string.
fn is_free_text(schema: &Schema) -> bool {
    let is_limited = !schema.formats.is_empty() || !schema.patterns.is_empty();
    let is_free = schema.values.is_none() && schema.length == Span::ANY && !is_limited;
    schema.types.has(Types::STRING) && is_free
}

/// Returns the values of a list that another list does not contain, where `1` is `1.0`.
fn missing(from: &[Value], list: &[Value]) -> Vec<Value> {
    let is_same = |one: &Value, other: &Value| match (one, other) {
        (Value::Number(one), Value::Number(other)) => cmp_numbers(one, other).is_eq(),
        _ => one == other,
    };
    let is_missing = |value: &&Value| !from.iter().any(|other| is_same(value, other));
    list.iter().filter(is_missing).cloned().collect()
}

/// Returns a value for messages.
fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"))
}

fn texts(values: &[Value]) -> String {
    let texts: Vec<_> = values.iter().map(|value| text(Some(value))).collect();
    texts.join(", ")
}

/// Returns the names of a format or pattern for messages.
pub(super) fn names(names: &BTreeSet<String>) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(" and "),
    }
}
