//! The schemas of path parameters. Their types implement `FromStr`, which does not describe the text.

use serde_json::{Value, json};

/// The texts that a `SafePath` accepts: segments without control characters and backslashes, which do not begin with a
/// dot.
const SAFE_PATH: &str = r"^(?![A-Za-z]:)[^./\\\x00-\x1f\x7f-\x9f][^/\\\x00-\x1f\x7f-\x9f]*(/[^./\\\x00-\x1f\x7f-\x9f][^/\\\x00-\x1f\x7f-\x9f]*)*/?$";

/// Returns the schema of a path parameter of this type, as `std::any::type_name` writes it.
pub(crate) fn param(ty: &str) -> Value {
    let name = ty.rsplit("::").next().unwrap_or(ty);
    if let Some(inner) = ty.strip_prefix("core::num::nonzero::NonZero<") {
        return non_zero(inner.trim_end_matches('>'));
    }
    match name {
        "u8" | "u16" | "u32" | "u64" => integer(&format!("uint{}", &name[1..])),
        "i8" | "i16" | "i32" | "i64" => integer(&format!("int{}", &name[1..])),
        "usize" => integer("uint64"),
        "isize" => integer("int64"),
        "u128" => json!({ "type": "integer", "format": "uint128", "minimum": 0 }),
        "i128" => json!({ "type": "integer", "format": "int128" }),
        "f32" => json!({ "type": "number", "format": "float" }),
        "f64" => json!({ "type": "number", "format": "double" }),
        "bool" => json!({ "type": "boolean" }),
        "char" => json!({ "type": "string", "minLength": 1, "maxLength": 1 }),
        "SafePath" => json!({ "type": "string", "minLength": 1, "pattern": SAFE_PATH }),
        "Uuid" => json!({ "type": "string", "format": "uuid" }),
        "Ipv4Addr" => json!({ "type": "string", "format": "ipv4" }),
        "Ipv6Addr" => json!({ "type": "string", "format": "ipv6" }),
        "NaiveDate" => json!({ "type": "string", "format": "date" }),
        // A parameter is at least one character.
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}

/// Returns the schema of an integer. Its bounds are added later.
fn integer(format: &str) -> Value {
    json!({ "type": "integer", "format": format })
}

fn non_zero(inner: &str) -> Value {
    let mut schema = param(inner);
    let is_unsigned = inner.starts_with('u');
    if let Some(map) = schema.as_object_mut() {
        match is_unsigned {
            true => map.insert("minimum".to_owned(), json!(1)),
            false => map.insert("not".to_owned(), json!({ "const": 0 })),
        };
    }
    schema
}
