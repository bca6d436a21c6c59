//! Reads schemas of a document.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    document::Document,
    limits::{Bound, Span},
    schema::Schema,
    types::Types,
};

/// Keywords that do not restrict values, apart from those in a field.
const ANNOTATIONS: [&str; 14] = [
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "definitions",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "title",
    "xml",
];

/// Keywords with a field in [`Schema`].
const FIELDS: [&str; 31] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "deprecated",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "oneOf",
    "pattern",
    "prefixItems",
    "properties",
    "readOnly",
    "required",
    "type",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
];

impl Schema {
    /// Reads a schema of a document.
    pub(super) fn read(document: Document<'_>, value: &Value) -> Self {
        let mut reader = Reader {
            document,
            open: Vec::new(),
        };
        reader.read(value)
    }

    /// Reads the keywords of one object, without `$ref` and `allOf`.
    fn own(keywords: &Map<String, Value>) -> Self {
        let schema = |name: &str| keywords.get(name).cloned().unwrap_or(Value::Bool(true));
        let flag = |name: &str| keywords.get(name) == Some(&Value::Bool(true));
        let text = |name: &str| {
            keywords
                .get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        Self {
            types: types(keywords),
            values: values(keywords),
            formats: text("format")
                .into_iter()
                .filter(|format| format != "password")
                .collect(),
            patterns: text("pattern")
                .into_iter()
                .filter(|pattern| !matches_everything(pattern))
                .collect(),
            minimum: Bound::lower(keywords),
            maximum: Bound::upper(keywords),
            length: Span::read(keywords, "minLength", "maxLength"),
            item_count: Span::read(keywords, "minItems", "maxItems"),
            property_count: Span::read(keywords, "minProperties", "maxProperties"),
            multiples: keywords
                .get("multipleOf")
                .filter(|step| step.is_number())
                .cloned()
                .into_iter()
                .collect(),
            is_unique: flag("uniqueItems"),
            properties: properties(keywords),
            required: list(keywords, "required")
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            additional: schema("additionalProperties"),
            unevaluated: schema("unevaluatedProperties"),
            prefix: list(keywords, "prefixItems").cloned().collect(),
            items: schema("items"),
            unions: unions(keywords),
            others: others(keywords),
            default: keywords
                .get("default")
                .filter(|value| !value.is_null())
                .cloned(),
            is_deprecated: flag("deprecated"),
            is_read_only: flag("readOnly"),
            is_write_only: flag("writeOnly"),
            component: None,
            title: text("title"),
        }
    }
}

fn list<'v>(keywords: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = &'v Value> {
    keywords
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Returns the types. `nullable` is how OpenAPI 3.0 adds `null`.
fn types(keywords: &Map<String, Value>) -> Types {
    let types = keywords.get("type").map_or(Types::ALL, Types::from_keyword);
    match keywords.get("nullable") {
        Some(Value::Bool(true)) => types.or(Types::NULL),
        _ => types,
    }
}

fn values(keywords: &Map<String, Value>) -> Option<Vec<Value>> {
    let constant = keywords.get("const").map(|value| vec![value.clone()]);
    constant.or_else(|| keywords.get("enum").and_then(Value::as_array).cloned())
}

fn properties(keywords: &Map<String, Value>) -> BTreeMap<String, Value> {
    let properties = keywords.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    properties
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}

fn unions(keywords: &Map<String, Value>) -> Vec<Vec<Value>> {
    let members = ["anyOf", "oneOf"].map(|name| keywords.get(name).and_then(Value::as_array));
    members.into_iter().flatten().cloned().collect()
}

fn others(keywords: &Map<String, Value>) -> BTreeMap<String, Vec<Value>> {
    let others = keywords.iter().filter(|(name, _)| {
        let name = name.as_str();
        !FIELDS.contains(&name) && !ANNOTATIONS.contains(&name) && !name.starts_with("x-")
    });
    others
        .map(|(name, value)| (name.clone(), vec![value.clone()]))
        .collect()
}

fn matches_everything(pattern: &str) -> bool {
    matches!(pattern, "" | "^" | "$" | ".*" | "^.*" | ".*$" | "^.*$")
}

/// Reads schemas, and remembers the references that it is in.
struct Reader<'d> {
    document: Document<'d>,
    open: Vec<String>,
}

impl Reader<'_> {
    fn read(&mut self, value: &Value) -> Schema {
        match value {
            Value::Bool(false) => Schema::never(),
            Value::Object(keywords) => self.object(keywords).settle(),
            _ => Schema::any(),
        }
    }

    fn object(&mut self, keywords: &Map<String, Value>) -> Schema {
        let mut schema = Schema::own(keywords);
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            schema = schema.and(self.reference(reference));
        }
        list(keywords, "allOf").fold(schema, |schema, part| schema.and(self.read(part)))
    }

    /// Reads the target of a reference. A reference that leads to itself restricts nothing.
    fn reference(&mut self, reference: &str) -> Schema {
        if self.open.iter().any(|open| open == reference) {
            return Schema::any();
        }
        let Some(target) = self.document.lookup(reference) else {
            let missing = BTreeMap::from([("$ref".to_owned(), vec![Value::from(reference)])]);
            return Schema {
                others: missing,
                ..Schema::any()
            };
        };
        self.open.push(reference.to_owned());
        let schema = self.read(target);
        self.open.pop();
        let component = reference.rsplit('/').next().map(str::to_owned);
        Schema {
            component,
            ..schema
        }
    }
}
