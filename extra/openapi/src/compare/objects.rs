//! Compares the properties of objects, and the keywords without a field.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    document::Document,
    plain::SpanRules,
    rules::{self, SchemaRule},
    schema::Schema,
    walk::{Side, Step},
};

const PROPERTY_COUNT: SpanRules = SpanRules {
    name: "number of properties",
    min_raised: &rules::MIN_PROPERTIES_RAISED,
    min_lowered: &rules::MIN_PROPERTIES_LOWERED,
    max_lowered: &rules::MAX_PROPERTIES_LOWERED,
    max_raised: &rules::MAX_PROPERTIES_RAISED,
};

/// Keywords that contain one schema.
const ONE_SCHEMA: [&str; 7] = [
    "contains",
    "else",
    "if",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
];
/// Keywords that contain schemas by a name.
const NAMED_SCHEMAS: [&str; 2] = ["dependentSchemas", "patternProperties"];

impl Step<'_, '_> {
    pub(super) fn compare_objects(&mut self, old: &Schema, new: &Schema) {
        let old = self.visible(old, self.walker.old);
        let new = self.visible(new, self.walker.new);
        let declared = old.properties.keys().chain(new.properties.keys());
        let names: BTreeSet<_> = declared.chain(&old.required).chain(&new.required).collect();
        for name in names {
            self.compare_property(name, &old, &new);
        }
        self.compare_other_properties(old.other_properties(), new.other_properties());
        self.compare_spans(old.property_count, new.property_count, &PROPERTY_COUNT);
    }

    /// Returns the schema without the properties that this side does not contain: clients do not send what is
    /// read-only, and servers do not send what is write-only.
    fn visible(&self, schema: &Schema, document: Document<'_>) -> Schema {
        let annotation = match self.walker.side {
            Side::Request => "readOnly",
            Side::Answer => "writeOnly",
        };
        let mut visible = schema.clone();
        visible
            .properties
            .retain(|_, value| !Schema::is_annotated(document, value, annotation));
        visible.required.retain(|name| {
            visible.properties.contains_key(name) || !schema.properties.contains_key(name)
        });
        visible
    }

    fn compare_property(&mut self, name: &str, old: &Schema, new: &Schema) {
        match (old.properties.get(name), new.properties.get(name)) {
            (Some(before), Some(after)) => {
                self.compare_required(name, old, new);
                self.compare_later(name, before, after);
            }
            (Some(before), None) => self.property_removed(name, before, old, new),
            (None, Some(after)) => self.property_added(name, after, old, new),
            (None, None) => self.compare_required(name, old, new),
        }
    }

    fn compare_required(&mut self, name: &str, old: &Schema, new: &Schema) {
        let (rule, fact) = match (old.required.contains(name), new.required.contains(name)) {
            (false, true) => (&rules::PROPERTY_REQUIRED, "is required"),
            (true, false) => (&rules::PROPERTY_OPTIONAL, "is no longer required"),
            _ => return,
        };
        self.report_property(name, rule, fact);
    }

    fn property_removed(&mut self, name: &str, before: &Value, old: &Schema, new: &Schema) {
        let others = new.other_properties();
        let rule = match (self.walker.side, others) {
            (Side::Answer, _) => &rules::ANSWER_PROPERTY_REMOVED,
            (Side::Request, Value::Bool(false)) => &rules::REQUEST_PROPERTY_REMOVED,
            (Side::Request, Value::Bool(true)) => &rules::PROPERTY_IGNORED,
            (Side::Request, _) => {
                self.compare_required(name, old, new);
                return self.compare_later(name, before, others);
            }
        };
        self.report_property(name, rule, "is removed");
    }

    fn property_added(&mut self, name: &str, after: &Value, old: &Schema, new: &Schema) {
        let is_required = new.required.contains(name) && !old.required.contains(name);
        let others = old.other_properties();
        let (rule, fact) = match (self.walker.side, others) {
            (Side::Answer, Value::Bool(false)) => (&rules::CLOSED_PROPERTY_ADDED, "is new"),
            _ if is_required => (&rules::REQUIRED_PROPERTY_ADDED, "is new and required"),
            _ => (&rules::PROPERTY_ADDED, "is new"),
        };
        self.report_property(name, rule, fact);
        if !others.is_boolean() {
            self.compare_later(name, others, after);
        }
    }

    fn report_property(&mut self, name: &str, rule: &'static SchemaRule, fact: &str) {
        self.report_at(Some(name), rule, format!("the property `{name}` {fact}"));
    }

    fn compare_other_properties(&mut self, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Bool(false), Value::Bool(false)) => {}
            (Value::Bool(false), _) => {
                self.report(&rules::PROPERTIES_OPENED, "other properties are allowed");
            }
            (_, Value::Bool(false)) => {
                self.report(
                    &rules::PROPERTIES_CLOSED,
                    "other properties are not allowed any more",
                );
            }
            (old, new) => self.compare_later("*", old, new),
        }
    }

    /// Compares the keywords without a field. Whether one constraint of them contains another is not decided.
    pub(super) fn compare_others(&mut self, old: &Schema, new: &Schema) {
        let names: BTreeSet<_> = old.others.keys().chain(new.others.keys()).collect();
        for name in names {
            let (rule, fact) = match (old.others.get(name), new.others.get(name)) {
                (Some(before), Some(after)) if self.is_equal(name, before, after) => continue,
                (Some(_), Some(_)) => (&rules::KEYWORD_CHANGED, "is changed"),
                (Some(_), None) => (&rules::KEYWORD_REMOVED, "is removed"),
                (None, _) => (&rules::KEYWORD_ADDED, "is added"),
            };
            self.report(rule, format!("`{name}` {fact}"));
        }
    }

    fn is_equal(&mut self, name: &str, old: &[Value], new: &[Value]) -> bool {
        let mut pairs = old.iter().zip(new);
        old.len() == new.len() && pairs.all(|(old, new)| self.is_equal_value(name, old, new))
    }

    fn is_equal_value(&mut self, name: &str, old: &Value, new: &Value) -> bool {
        match (old, new) {
            _ if ONE_SCHEMA.contains(&name) => self.is_equal_schema(old, new),
            (Value::Object(old), Value::Object(new)) if NAMED_SCHEMAS.contains(&name) => {
                let has_same = |(name, old)| matches!(new.get(name), Some(new) if self.is_equal_schema(old, new));
                old.len() == new.len() && old.iter().all(has_same)
            }
            _ => old == new,
        }
    }

    fn is_equal_schema(&mut self, old: &Value, new: &Value) -> bool {
        let old = Schema::read(self.walker.old, old);
        let new = Schema::read(self.walker.new, new);
        self.walker.relation(&old, &new).is_equal()
    }
}
