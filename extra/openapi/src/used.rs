//! The schemas that a document refers to. Those of queries are parameters, so that nothing refers to them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::schemas::reference_name;

/// Removes the schemas to which neither the paths nor other used schemas refer.
pub(crate) fn retain_used(named: &mut BTreeMap<String, Value>, paths: &impl Serialize) {
    // The keys are texts, so it can be converted.
    let paths = serde_json::to_value(paths).unwrap_or_default();
    let mut used = BTreeSet::new();
    let mut left = Vec::new();
    collect(&paths, &mut left);
    while let Some(name) = left.pop() {
        if let Some(schema) = named.get(&name)
            && used.insert(name)
        {
            collect(schema, &mut left);
        }
    }
    named.retain(|name, _| used.contains(name));
}

/// Adds the names of the schemas to which a value refers.
fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let reference = map.get("$ref").and_then(Value::as_str);
            names.extend(reference.and_then(reference_name).map(str::to_owned));
            map.values().for_each(|value| collect(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}
