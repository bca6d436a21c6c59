//! The schema of problem details (RFC 9457), as the framework renders rejections.

use serde_json::{Value, json};

/// The name of the schema.
pub(crate) const NAME: &str = "Problem";

/// The media type.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Returns the schema of problem details.
pub(crate) fn schema() -> Value {
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "Identifies the kind of problem."
            },
            "title": { "type": "string", "description": "The reason phrase of the status." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "A message about this request." },
            "errors": {
                "type": "array",
                "description": "The invalid inputs.",
                "items": {
                    "type": "object",
                    "properties": {
                        "in": { "type": "string", "enum": ["body", "header", "path", "query"] },
                        "name": {
                            "type": "string",
                            "description": "The name of the parameter, the key or the header. In a body that is not a form, a JSON pointer (RFC 6901)."
                        },
                        "expected": { "type": "string" },
                        "got": { "type": "string" },
                        "detail": { "type": "string", "description": "A message about this input." }
                    },
                    "required": ["in", "name", "detail"]
                }
            }
        },
        "required": ["type", "title", "status", "detail"]
    })
}
