//! JSON, read for extractors and the context.

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

use crate::{
    decode::{location, media_type::essence, serde_errors},
    response::Rejection,
};

/// Refuses a body that does not say it is JSON.
///
/// Besides being wrong, such a body may come from a form of another site, which a browser sends
/// without asking (a "simple request" of the Fetch standard).
pub(crate) fn content_type(headers: &HeaderMap) -> Result<(), Rejection> {
    if is_json(essence(headers)) {
        return Ok(());
    }
    Err(Rejection::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the body must be JSON, with `Content-Type: application/json`",
    ))
}

fn is_json(essence: &[u8]) -> bool {
    essence.eq_ignore_ascii_case(b"application/json")
        || essence.len() > 5
            && essence[..12.min(essence.len())].eq_ignore_ascii_case(b"application/")
            && essence[essence.len() - 5..].eq_ignore_ascii_case(b"+json")
}

/// Reads the whole text as one value.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => {
            let mut again = serde_json::Deserializer::from_slice(body);
            location::reject::<T, _>("JSON", &mut again, JsonText(body)).with_source(error)
        }
        _ => malformed(&error, body),
    })
}

/// Says where a text ceases to be JSON, and why.
fn malformed(error: &serde_json::Error, body: &[u8]) -> Rejection {
    let place = format!("at line {}, column {}", error.line(), error.column());
    let detail = match error.classify() {
        _ if body.is_empty() => "the JSON ends too early: the body is empty".to_owned(),
        Category::Eof => format!("the JSON ends too early, {place}"),
        _ => {
            let text = error.to_string();
            let reason = reason(serde_errors::without_position(&text));
            format!("the body is not JSON: {reason} {place}")
        }
    };
    Rejection::new(StatusCode::BAD_REQUEST, detail)
}

/// Puts a reason of serde_json's into our words.
fn reason(text: &str) -> &'static str {
    match text {
        "expected value" | "expected ident" => "a value is expected",
        "expected `:`" => "`:` is expected",
        "expected `,` or `]`" => "`,` or `]` is expected",
        "expected `,` or `}`" => "`,` or `}` is expected",
        "expected `\"`" => "`\"` is expected",
        "trailing comma" => "a comma is followed by nothing",
        "trailing characters" => "the value is followed by something else",
        "key must be a string" => "a key must be a string, in double quotes",
        "invalid escape" => "a string has an unknown escape",
        "invalid number" => "a number is not well formed",
        "number out of range" => "a number is out of range",
        "invalid unicode code point" => "a string is not valid UTF-8",
        "recursion limit exceeded" => "values are nested too deep",
        _ if text.starts_with("control character") => {
            "a string has a control character that is not escaped"
        }
        _ if text.contains("surrogate") || text.contains("hex escape") => {
            "a string has a `\\u` escape that is no character"
        }
        _ => "something else is expected",
    }
}

/// The text of a body, in which a value is looked for.
struct JsonText<'b>(&'b [u8]);

impl location::Locate for JsonText<'_> {
    /// Returns where the text is, if it is there once, and what is at the pointer is not it.
    fn locate(&self, below: &str, got: &str) -> Option<String> {
        let all: Value = serde_json::from_slice(self.0).ok()?;
        let root = all.pointer(below)?;
        if !root.is_object() || got == "map" {
            return None;
        }
        let (text, _) = serde_errors::shown(got);
        let mut found = Vec::new();
        find(root, &text, below, &mut found);
        match found.len() {
            1 => found.pop(),
            _ => None,
        }
    }
}

fn find(value: &Value, text: &str, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                find(
                    value,
                    text,
                    &format!("{at}/{}", location::escape(key)),
                    found,
                );
            }
        }
        Value::Array(list) => {
            for (idx, value) in list.iter().enumerate() {
                find(value, text, &format!("{at}/{idx}"), found);
            }
        }
        _ => {
            let spelled = value.to_string();
            if spelled == text {
                found.push(at.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_of_json_are_known() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON", true),
            ("application/problem+json", true),
            ("text/json", false),
            ("application/jsonp", false),
            ("+json", false),
            ("", false),
        ] {
            assert_eq!(is_json(value.as_bytes()), expected, "{value}");
        }
    }
}
