//! Finds the references whose targets are equal in both documents.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{document::Document, schema::Schema};

/// The references with the same target in both documents, and with no other references in it.
///
/// Most of a document does not change. Schemas with these references alone need no comparison.
#[derive(Debug)]
pub(super) struct Stable<'d> {
    references: HashSet<&'d str>,
}

impl<'d> Stable<'d> {
    pub(super) fn new(old: Document<'d>, new: Document<'d>) -> Self {
        let mut inner: HashMap<_, _> = references(old.root())
            .into_iter()
            .filter_map(|reference| {
                let target = old.lookup(reference)?;
                (new.lookup(reference)? == target).then(|| (reference, references(target)))
            })
            .collect();
        loop {
            let known: HashSet<_> = inner.keys().copied().collect();
            inner.retain(|_, references| references.is_subset(&known));
            if inner.len() == known.len() {
                return Self { references: known };
            }
        }
    }

    /// Returns whether two values are equal, and what they refer to as well.
    pub(super) fn is_same(&self, old: &Value, new: &Value) -> bool {
        old == new && self.has_all(old)
    }

    /// Returns whether two schemas are equal, and what they refer to as well.
    pub(super) fn is_same_schema(&self, old: &Schema, new: &Schema) -> bool {
        old == new && old.inner().all(|value| self.has_all(value))
    }

    fn has_all(&self, value: &Value) -> bool {
        references(value)
            .iter()
            .all(|reference| self.references.contains(reference))
    }
}

/// Returns the references in a value.
fn references(value: &Value) -> HashSet<&str> {
    let mut found = HashSet::new();
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                rest.extend(fields.values());
            }
            _ => {}
        }
    }
    found
}

/// Returns whether a value contains a reference.
pub(super) fn has_reference(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_reference),
        Value::Object(fields) => fields.contains_key("$ref") || fields.values().any(has_reference),
        _ => false,
    }
}
