//! The schema that allows what two schemas allow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    limits::{Bound, tighter},
    schema::Schema,
};

impl Schema {
    /// Returns the schema of the values that both schemas allow.
    pub(super) fn and(self, other: Self) -> Self {
        let properties = merge_properties(&self, &other);
        let (prefix, items) = merge_items(&self, &other);
        let merged = Self {
            types: self.types.and(other.types),
            values: merge_values(self.values, other.values),
            formats: union(self.formats, other.formats),
            patterns: union(self.patterns, other.patterns),
            minimum: tighter(self.minimum, other.minimum, Bound::cmp_lower),
            maximum: tighter(self.maximum, other.maximum, |one, two| {
                one.cmp_upper(two).reverse()
            }),
            length: self.length.and(other.length),
            item_count: self.item_count.and(other.item_count),
            property_count: self.property_count.and(other.property_count),
            multiples: append(self.multiples, other.multiples),
            is_unique: self.is_unique || other.is_unique,
            properties,
            required: union(self.required, other.required),
            additional: both(&self.additional, &other.additional),
            unevaluated: both(&self.unevaluated, &other.unevaluated),
            prefix,
            items,
            unions: append(self.unions, other.unions),
            others: merge_others(self.others, other.others),
            default: self.default.or(other.default),
            is_deprecated: self.is_deprecated || other.is_deprecated,
            is_read_only: self.is_read_only || other.is_read_only,
            is_write_only: self.is_write_only || other.is_write_only,
            component: self.component.or(other.component),
            title: self.title.or(other.title),
        };
        merged.settle()
    }
}

/// Returns the schema, as a value, of what two schemas allow.
pub(super) fn both(one: &Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Bool(true), schema) | (schema, Value::Bool(true)) => schema.clone(),
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (one, other) => {
            // Parts that are equal are dropped. Otherwise the schemas of a recursive type would grow without an end.
            let parts = append(parts(one), parts(other));
            match <[Value; 1]>::try_from(parts) {
                Ok([part]) => part,
                Err(parts) => json!({ "allOf": parts }),
            }
        }
    }
}

fn parts(schema: &Value) -> Vec<Value> {
    let keywords = schema.as_object().filter(|keywords| keywords.len() == 1);
    match keywords.and_then(|keywords| keywords.get("allOf")) {
        Some(Value::Array(parts)) => parts.clone(),
        _ => vec![schema.clone()],
    }
}

/// A property that one of the schemas does not declare is one of its other properties.
fn merge_properties(one: &Schema, other: &Schema) -> BTreeMap<String, Value> {
    let names = one.properties.keys().chain(other.properties.keys());
    let properties = names.map(|name| {
        let [one, other] =
            [one, other].map(|schema| schema.properties.get(name).unwrap_or(&schema.additional));
        (name.clone(), both(one, other))
    });
    properties.collect()
}

fn merge_items(one: &Schema, other: &Schema) -> (Vec<Value>, Value) {
    let length = one.prefix.len().max(other.prefix.len());
    let prefix = (0..length).map(|index| both(item(one, index), item(other, index)));
    (prefix.collect(), both(&one.items, &other.items))
}

/// Returns the schema of an item.
pub(super) fn item(schema: &Schema, index: usize) -> &Value {
    schema.prefix.get(index).unwrap_or(&schema.items)
}

fn merge_values(one: Option<Vec<Value>>, other: Option<Vec<Value>>) -> Option<Vec<Value>> {
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.retain(|value| other.contains(value));
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

fn merge_others(
    mut one: BTreeMap<String, Vec<Value>>,
    other: BTreeMap<String, Vec<Value>>,
) -> BTreeMap<String, Vec<Value>> {
    for (name, values) in other {
        let known = one.remove(&name).unwrap_or_default();
        one.insert(name, append(known, values));
    }
    one
}

fn union(mut one: BTreeSet<String>, other: BTreeSet<String>) -> BTreeSet<String> {
    one.extend(other);
    one
}

/// Appends what the list does not contain.
pub(super) fn append<T: PartialEq>(mut list: Vec<T>, other: Vec<T>) -> Vec<T> {
    for value in other {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list
}
