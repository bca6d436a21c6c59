//! The parameters of a query: the properties of its type.

use serde_json::{Value, json};

use crate::{
    model::Parameter,
    schemas::{Schemas, reference_name},
};

/// Returns the parameters of a query with this schema.
///
/// A query whose type is not an object with properties, such as an enum, is one parameter with all of them.
pub(crate) fn parameters(schema: &Value, schemas: &Schemas, required: bool) -> Vec<Parameter> {
    let mut list = Vec::new();
    match collect(schema, schemas, required, &mut list) {
        true => list,
        false => vec![Parameter {
            name: "query".to_owned(),
            place: "query",
            description: String::new(),
            required,
            allows_empty: false,
            schema: schema.clone(),
            example: None,
        }],
    }
}

/// Adds the properties of an object. Returns false if the schema is not an object that is known in full.
fn collect(schema: &Value, schemas: &Schemas, required: bool, list: &mut Vec<Parameter>) -> bool {
    let Some(map) = resolve(schema, schemas).and_then(Value::as_object) else {
        return false;
    };
    if map.contains_key("oneOf") || map.contains_key("anyOf") {
        return false;
    }
    // Flattened structs.
    if let Some(Value::Array(parts)) = map.get("allOf") {
        let mut parts = parts.iter();
        if !parts.all(|part| collect(part, schemas, required, list)) {
            return false;
        }
    }
    let needed = map.get("required").and_then(Value::as_array);
    for (name, property) in map
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let is_needed = needed.is_some_and(|names| names.iter().any(|needed| needed == name));
        let (description, schema) = without_description(property);
        let is_nullable = schema != without_null(schema.clone());
        list.push(Parameter {
            name: name.clone(),
            place: "query",
            description,
            required: required && is_needed,
            // `?limit=` is `None`, as long as the type cannot be parsed from an empty text.
            allows_empty: is_nullable && !is_text(&schema),
            schema: without_null(schema),
            example: None,
        });
    }
    map.get("type").is_some_and(|ty| ty == "object") || map.contains_key("allOf")
}

/// Follows a reference.
pub(crate) fn resolve<'a>(schema: &'a Value, schemas: &'a Schemas) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => schemas.named(reference_name(reference)?),
        None => Some(schema),
    }
}

/// Returns whether the schema is that of a text, which may be empty.
fn is_text(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|ty| ty == "string"),
        ty => ty.is_some_and(|ty| ty == "string"),
    }
}

/// Moves the description of a property to its parameter.
fn without_description(property: &Value) -> (String, Value) {
    let mut schema = property.clone();
    let description = schema
        .as_object_mut()
        .and_then(|map| map.remove("description"));
    let text = description.and_then(|text| text.as_str().map(str::to_owned));
    (text.unwrap_or_default(), schema)
}

/// Removes `null`, which a query cannot contain: an optional value is left out.
fn without_null(mut schema: Value) -> Value {
    let Some(map) = schema.as_object_mut() else {
        return schema;
    };
    if map.get("default").is_some_and(Value::is_null) {
        map.remove("default");
    }
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|ty| ty != "null");
        if let [ty] = &types[..] {
            let ty = ty.clone();
            map.insert("type".to_owned(), ty);
        }
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(options)) = map.get_mut("anyOf") {
        options.retain(|option| *option != json!({ "type": "null" }));
        if let [option] = &options[..] {
            let option = option.clone();
            map.remove("anyOf");
            match option {
                Value::Object(option) => map.extend(option),
                other => return other,
            }
        }
    }
    schema
}
