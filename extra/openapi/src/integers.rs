//! The bounds of integers. schemars states them only for the smallest types.

use serde_json::{Map, Value, json};

/// Adds the bounds of an integer to its schema, unless it has narrower ones.
pub(crate) fn add_bounds(schema: &mut Map<String, Value>) {
    let is_integer = match schema.get("type") {
        Some(Value::String(ty)) => ty == "integer",
        Some(Value::Array(types)) => types.iter().any(|ty| ty == "integer"),
        _ => false,
    };
    let format = schema.get("format").and_then(Value::as_str);
    let Some((minimum, maximum)) = format.filter(|_| is_integer).and_then(bounds) else {
        return;
    };
    if !schema.contains_key("exclusiveMinimum") {
        schema.entry("minimum").or_insert(minimum);
    }
    if !schema.contains_key("exclusiveMaximum") {
        schema.entry("maximum").or_insert(maximum);
    }
}

/// Returns the bounds of an integer of this format. Those of 128 bits are not numbers of JSON.
pub(crate) fn bounds(format: &str) -> Option<(Value, Value)> {
    let bounds = match format {
        "uint8" => (json!(0), json!(u8::MAX)),
        "uint16" => (json!(0), json!(u16::MAX)),
        "uint32" => (json!(0), json!(u32::MAX)),
        "uint64" | "uint" => (json!(0), json!(u64::MAX)),
        "int8" => (json!(i8::MIN), json!(i8::MAX)),
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "int64" | "int" => (json!(i64::MIN), json!(i64::MAX)),
        _ => return None,
    };
    Some(bounds)
}
