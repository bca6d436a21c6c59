//! Types that a client has itself, from the schemas of those that it cannot import.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    enum_schema::{Content, Variant, doc, required, variants},
    text::{Lines, camel, field_name},
};
use crate::schemas::reference_name;

/// The mark before the name of a written type. It becomes the path of the module.
const OWN: char = '\u{1}';

/// Returns a type as the root of a client names it.
pub(crate) fn outside(ty: &str) -> String {
    ty.replace(OWN, "types::")
}

/// The types of a client that are written in its module `types`.
#[derive(Debug, Default)]
pub(crate) struct OwnTypes {
    schemas: BTreeMap<String, Value>,
    /// The imported types by the names of their schemas.
    imported: BTreeMap<String, String>,
    /// The types that are written, by their names in Rust.
    written: BTreeMap<String, Lines>,
    /// The names in Rust by the names of the schemas.
    names: BTreeMap<String, String>,
}

impl OwnTypes {
    pub(crate) fn new(schemas: BTreeMap<String, Value>) -> Self {
        Self {
            schemas,
            ..Self::default()
        }
    }

    /// Records that the schema of this name is that of a type with a path.
    pub(crate) fn import(&mut self, name: &str, path: String) {
        self.imported.entry(name.to_owned()).or_insert(path);
    }

    /// Returns the written types, in the order of their names.
    pub(crate) fn into_written(self) -> impl Iterator<Item = Lines> {
        self.written.into_values().map(|lines| lines.without(OWN))
    }

    /// Returns the type of values with this schema, with a mark before names of the module `types`. `hint` is the name
    /// of a type that has none.
    pub(crate) fn of(&mut self, schema: &Value, hint: &str) -> String {
        self.find(schema, hint)
            .unwrap_or_else(|| "serde_json::Value".to_owned())
    }

    fn find(&mut self, schema: &Value, hint: &str) -> Option<String> {
        let map = schema.as_object()?;
        if let Some(Value::String(reference)) = map.get("$ref") {
            return self.named(reference_name(reference)?);
        }
        if let Some(inner) = without_null(map) {
            let inner = self.of(&inner, hint);
            return Some(match inner.starts_with("Option<") {
                true => inner,
                false => format!("Option<{inner}>"),
            });
        }
        match map.get("type").and_then(Value::as_str) {
            Some("string") if map.contains_key("enum") => self.write(hint, schema),
            Some("string") => Some("String".to_owned()),
            Some("boolean") => Some("bool".to_owned()),
            Some("null") => Some("()".to_owned()),
            Some("number") => Some(number(map).to_owned()),
            Some("integer") => Some(integer(map).to_owned()),
            Some("array") => self.array(map, hint),
            Some("object") if map.contains_key("properties") => self.write(hint, schema),
            Some("object") => match map.get("additionalProperties") {
                Some(Value::Object(_)) => {
                    let values = self.of(&map["additionalProperties"], hint);
                    Some(format!("BTreeMap<String, {values}>"))
                }
                _ => None,
            },
            _ => self.write(hint, schema),
        }
    }

    fn array(&mut self, map: &Map<String, Value>, hint: &str) -> Option<String> {
        if let Some(Value::Array(items)) = map.get("prefixItems") {
            let items = items.iter().enumerate();
            let items: Vec<_> = items
                .map(|(i, item)| self.of(item, &format!("{hint}{i}")))
                .collect();
            return Some(match &items[..] {
                [item] => format!("({item},)"),
                items => format!("({})", items.join(", ")),
            });
        }
        let item = self.of(map.get("items")?, &format!("{hint}Item"));
        Some(format!("Vec<{item}>"))
    }

    /// Returns the type for the schema of this name.
    fn named(&mut self, name: &str) -> Option<String> {
        if let Some(path) = self.imported.get(name) {
            return Some(path.clone());
        }
        if let Some(known) = self.names.get(name) {
            return Some(format!("{OWN}{known}"));
        }
        let schema = self.schemas.get(name)?.clone();
        let rust_name = self.free_name(&camel(name));
        // It is in the list before its fields are, because it may refer to itself.
        self.names.insert(name.to_owned(), rust_name.clone());
        if self.write(&rust_name, &schema).is_none() {
            let inner = match schema.get("type").and_then(Value::as_str) {
                Some("object") if schema.get("properties").is_none() => {
                    self.of(&schema, &rust_name)
                }
                Some("object") | None => "serde_json::Value".to_owned(),
                Some(_) => self.of(&schema, &rust_name),
            };
            let mut lines = Lines::default();
            lines.doc(1, doc(&schema, &format!("Values of the schema `{name}`.")));
            lines.push(1, format!("pub type {rust_name} = {inner};"));
            self.written.insert(rust_name.clone(), lines);
        }
        Some(format!("{OWN}{rust_name}"))
    }

    /// Returns the name, with a number if another schema has it.
    fn free_name(&self, name: &str) -> String {
        let is_free = |name: &String| {
            !self.written.contains_key(name) && !self.names.values().any(|taken| taken == name)
        };
        let numbered = (2..).map(|n| format!("{name}{n}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(is_free).unwrap_or_default()
    }

    /// Writes a struct or an enum with this name, if the schema is one.
    fn write(&mut self, hint: &str, schema: &Value) -> Option<String> {
        let is_named = self.names.values().any(|name| name == hint);
        let name = match is_named {
            true => hint.to_owned(),
            false => self.free_name(hint),
        };
        let is_struct = schema.get("type").is_some_and(|ty| ty == "object")
            && schema.get("properties").is_some();
        // The name is taken while the types of the fields are written.
        self.written.insert(name.clone(), Lines::default());
        let lines = match is_struct {
            true => Some(self.write_struct(&name, schema)),
            false => self.write_enum(&name, schema),
        };
        match lines {
            Some(lines) => self.written.insert(name.clone(), lines),
            None => self.written.remove(&name),
        };
        let is_written = self.written.contains_key(&name);
        is_written.then(|| format!("{OWN}{name}"))
    }

    fn write_struct(&mut self, name: &str, schema: &Value) -> Lines {
        let mut lines = Lines::default();
        lines.doc(1, doc(schema, &format!("The type `{name}` of the API.")));
        // All fields are optional, as in most queries.
        let has_default = required(schema).next().is_none();
        let default = if has_default { " Default," } else { "" };
        lines.push(
            1,
            format!("#[derive(Debug, Clone,{default} PartialEq, Serialize, Deserialize)]"),
        );
        lines.push(1, format!("pub struct {name} {{"));
        self.write_fields(&mut lines, 2, name, schema, "pub ");
        lines.push(1, "}".to_owned());
        lines
    }

    fn write_fields(
        &mut self,
        lines: &mut Lines,
        depth: usize,
        name: &str,
        schema: &Value,
        visible: &str,
    ) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let required: BTreeSet<&str> = required(schema).collect();
        let mut taken = BTreeSet::new();
        for (key, property) in properties.into_iter().flatten() {
            let (mut field, is_renamed) = field_name(key);
            while !taken.insert(field.clone()) {
                field.push('_');
            }
            let mut ty = self.of(property, &format!("{name}{}", camel(key)));
            if self.is_recursive(name, property) {
                ty = match ty
                    .strip_prefix("Option<")
                    .and_then(|ty| ty.strip_suffix('>'))
                {
                    Some(inner) => format!("Option<Box<{inner}>>"),
                    None => format!("Box<{ty}>"),
                };
            }
            let is_optional = !required.contains(key.as_str());
            if is_optional && !ty.starts_with("Option<") {
                ty = format!("Option<{ty}>");
            }
            lines.doc(
                depth,
                doc(
                    property,
                    &format!("The property `{}`.", key.replace('`', "'")),
                ),
            );
            if is_renamed || field.trim_start_matches("r#") != key {
                lines.push(depth, format!("#[serde(rename = {key:?})]"));
            }
            if is_optional {
                let default = "#[serde(default, skip_serializing_if = \"Option::is_none\")]";
                lines.push(depth, default.to_owned());
            }
            lines.push(depth, format!("{visible}{field}: {ty},"));
        }
        if let Some(others @ Value::Object(_)) = schema.get("additionalProperties") {
            let ty = self.of(others, &format!("{name}Other"));
            lines.doc(depth, "The other properties.".to_owned());
            lines.push(depth, "#[serde(flatten)]".to_owned());
            lines.push(
                depth,
                format!("{visible}other_properties: BTreeMap<String, {ty}>,"),
            );
        }
    }

    /// Returns whether a property contains the type itself, not within a list or a map.
    fn is_recursive(&self, name: &str, property: &Value) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = direct_references(property);
        while let Some(schema) = todo.pop() {
            if self.names.get(&schema).is_some_and(|known| known == name) {
                return true;
            }
            if seen.insert(schema.clone())
                && !self.imported.contains_key(&schema)
                && let Some(schema) = self.schemas.get(&schema)
            {
                todo.extend(direct_references(schema));
            }
        }
        false
    }

    fn write_enum(&mut self, name: &str, schema: &Value) -> Option<Lines> {
        let (tag, variants) = variants(schema)?;
        let is_plain = variants
            .iter()
            .all(|variant| matches!(variant.content, Content::Nothing));
        let mut lines = Lines::default();
        lines.doc(1, doc(schema, &format!("The type `{name}` of the API.")));
        lines.push(
            1,
            "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]".to_owned(),
        );
        if let Some(tag) = &tag {
            lines.push(1, format!("#[serde(tag = {tag:?})]"));
        }
        lines.push(1, "#[non_exhaustive]".to_owned());
        lines.push(1, format!("pub enum {name} {{"));
        let mut taken = BTreeSet::from(["Unknown".to_owned()]);
        for Variant {
            value,
            content,
            doc,
        } in variants
        {
            let mut variant = camel(&value);
            while !taken.insert(variant.clone()) {
                variant.push('_');
            }
            let default = format!("The value `{}`.", value.replace('`', "'"));
            lines.doc(2, if doc.is_empty() { default } else { doc });
            if variant != value {
                lines.push(2, format!("#[serde(rename = {value:?})]"));
            }
            match content {
                Content::Nothing => lines.push(2, format!("{variant},")),
                Content::Type(inner) => {
                    let mut ty = self.of(&inner, &format!("{name}{variant}"));
                    if self.is_recursive(name, &inner) {
                        ty = format!("Box<{ty}>");
                    }
                    lines.push(2, format!("{variant}({ty}),"));
                }
                Content::Fields(inner) => {
                    lines.push(2, format!("{variant} {{"));
                    self.write_fields(&mut lines, 3, &format!("{name}{variant}"), &inner, "");
                    lines.push(2, "},".to_owned());
                }
            }
        }
        lines.doc(
            2,
            "Any other value, such as one that was added to the API later.".to_owned(),
        );
        lines.push(2, "#[serde(untagged)]".to_owned());
        let unknown = if is_plain && tag.is_none() {
            "String"
        } else {
            "serde_json::Value"
        };
        lines.push(2, format!("Unknown({unknown}),"));
        lines.push(1, "}".to_owned());
        Some(lines)
    }
}

/// Returns the names of the schemas that a value contains, not within a list or a map.
fn direct_references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let entries = map
                .iter()
                .filter(|(key, _)| *key != "items" && *key != "additionalProperties");
            let found = entries.flat_map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => reference_name(reference)
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                _ => direct_references(value),
            });
            found.collect()
        }
        Value::Array(items) => items.iter().flat_map(direct_references).collect(),
        _ => Vec::new(),
    }
}

/// Returns the schema of the values other than null, if null is allowed.
fn without_null(map: &Map<String, Value>) -> Option<Value> {
    let mut rest = map.clone();
    if let Some(Value::Array(types)) = rest.get_mut("type") {
        types.retain(|ty| ty != "null");
        let [ty] = &types[..] else { return None };
        let ty = ty.clone();
        rest.insert("type".to_owned(), ty);
        if let Some(Value::Array(values)) = rest.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        return Some(Value::Object(rest));
    }
    let options = map.get("anyOf")?.as_array()?;
    let is_null = |option: &&Value| option.get("type").is_some_and(|ty| ty == "null");
    match options.iter().partition::<Vec<_>, _>(is_null) {
        (nulls, others) if nulls.len() == 1 && others.len() == 1 => Some(others[0].clone()),
        _ => None,
    }
}

fn number(map: &Map<String, Value>) -> &'static str {
    match map.get("format").and_then(Value::as_str) {
        Some("float") => "f32",
        _ => "f64",
    }
}

fn integer(map: &Map<String, Value>) -> &'static str {
    match map.get("format").and_then(Value::as_str) {
        Some("uint8") => "u8",
        Some("uint16") => "u16",
        Some("uint32") => "u32",
        Some("uint64" | "uint") => "u64",
        Some("uint128") => "u128",
        Some("int8") => "i8",
        Some("int16") => "i16",
        Some("int32") => "i32",
        Some("int128") => "i128",
        _ => "i64",
    }
}
