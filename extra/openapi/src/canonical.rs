//! JSON that is the same in every build.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{doc_text::without_links, integers::add_bounds};

/// Returns a schema with the keys of its objects in alphabetical order, with the bounds of its integers, and with
/// descriptions without links of rustdoc.
///
/// With the feature `preserve_order` of serde_json, which any package of a program may enable, they would have the
/// order of insertion.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().collect();
            let sorted = sorted.into_iter();
            let entries = sorted.map(|(key, value)| match (key.as_str(), value) {
                ("description", Value::String(text)) => (key.clone(), without_links(text).into()),
                _ => (key.clone(), canonical(value)),
            });
            let mut map: Map<_, _> = entries.collect();
            add_bounds(&mut map);
            map.sort_keys();
            Value::Object(map)
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}
