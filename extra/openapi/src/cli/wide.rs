//! Ids that JavaScript would round.

use std::collections::BTreeSet;

use serde_json::Value;

/// Returns a note for each id in a 64-bit integer: a property or a parameter with the name `id`, `.._id` or `..Id`. A
/// parameter is noted once, by its first operation.
pub(super) fn notes(document: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    let schemas = document.pointer("/components/schemas");
    for (name, schema) in entries(schemas) {
        for (property, schema) in entries(schema.get("properties")) {
            if is_id(property) && is_wide(schema) {
                notes.push(note(&format!("`{property}` of `{name}`")));
            }
        }
    }
    let mut names = BTreeSet::new();
    for (path, item) in entries(document.get("paths")) {
        for (method, operation) in entries(Some(item)) {
            let parameters = operation.get("parameters").and_then(Value::as_array);
            for parameter in parameters.into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default();
                if is_id(name) && is_wide(&parameter["schema"]) && names.insert(name) {
                    let method = method.to_uppercase();
                    notes.push(note(&format!(
                        "the parameter `{name}` of `{method} {path}`"
                    )));
                }
            }
        }
    }
    notes
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn is_id(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || name.ends_with("Id")
}

/// Returns whether a schema is that of an integer which can be larger than 2^53.
fn is_wide(schema: &Value) -> bool {
    let format = schema["format"].as_str().unwrap_or_default();
    matches!(format, "int64" | "uint64" | "int128" | "uint128")
}

fn note(id: &str) -> String {
    format!(
        "note: {id} is a 64-bit integer: JavaScript rounds numbers over 2^53; with `#[schemars(with = \"String\")]` and a serializer to match it is a text\n"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::notes;

    #[test]
    fn wide_ids_are_noted_and_other_integers_are_not() {
        let wide = json!({ "type": "integer", "format": "uint64" });
        let narrow = json!({ "type": "integer", "format": "uint32" });
        let optional = json!({ "type": ["integer", "null"], "format": "int64" });
        let text = json!({ "type": "string" });
        let document = json!({
            "components": { "schemas": {
                "Order": { "properties": { "id": wide, "user_id": optional, "count": wide, "sizeId": narrow } },
                "Book": { "properties": { "id": text } },
            } },
            "paths": { "/orders/{id}": { "get": { "parameters": [
                { "name": "id", "in": "path", "schema": wide },
                { "name": "page", "in": "query", "schema": wide },
            ] } } },
        });
        let notes = notes(&document);
        let found: Vec<_> = notes
            .iter()
            .filter_map(|note| note.split_once(" is a"))
            .map(|(id, _)| id)
            .collect();
        assert_eq!(
            found,
            [
                "note: `id` of `Order`",
                "note: `user_id` of `Order`",
                "note: the parameter `id` of `GET /orders/{id}`",
            ]
        );
    }
}
