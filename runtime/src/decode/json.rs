//! JSON bodies, for the extractors and the context.

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

use crate::{
    decode::{location, media_type::essence, serde_errors},
    response::Rejection,
};

/// Rejects a body whose content type is not JSON.
///
/// This also protects against forms of other sites: a browser sends them with the cookies of the user and without a
/// preflight, but it cannot give them this content type (a "simple request" of the Fetch standard).
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

/// Deserializes the whole body as one value.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => {
            // Deserialized a second time to find the JSON pointer; only rejected requests pay for that.
            let mut again = serde_json::Deserializer::from_slice(body);
            location::located_rejection::<T, _>("JSON", &mut again, JsonText(body))
                .with_source(error)
        }
        _ => malformed(&error, body),
    })
}

/// Creates the rejection of a body that is not JSON, with the position and the reason.
fn malformed(error: &serde_json::Error, body: &[u8]) -> Rejection {
    let place = format!("at line {}, column {}", error.line(), error.column());
    let detail = match error.classify() {
        _ if body.is_empty() => "the JSON ends too early: the body is empty".to_owned(),
        Category::Eof => format!("the JSON ends too early, {place}"),
        _ => {
            let text = error.to_string();
            let reason = describe_syntax_error(serde_errors::without_position(&text));
            format!("the body is not JSON: {reason} {place}")
        }
    };
    Rejection::new(StatusCode::BAD_REQUEST, detail)
}

/// Translates an error message of serde_json, so that clients do not depend on the crate.
fn describe_syntax_error(text: &str) -> &'static str {
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
        "invalid number" => "a number is malformed",
        "number out of range" => "a number is out of range",
        "invalid unicode code point" => "a string is not valid UTF-8",
        "recursion limit exceeded" => "values are nested too deep",
        _ if text.starts_with("control character") => {
            "a string has a control character that is not escaped"
        }
        _ if text.contains("surrogate") || text.contains("hex escape") => {
            "a string has a `\\u` escape that is not a valid character"
        }
        _ => "there is a syntax error",
    }
}

/// The text of a JSON body, to find a value in it.
struct JsonText<'b>(&'b [u8]);

impl location::Locate for JsonText<'_> {
    /// Returns the pointer of the value with this text, if exactly one exists below `below`.
    ///
    /// It returns `None` if the value at `below` is itself the rejected one.
    fn locate(&self, below: &str, got: &str) -> Option<String> {
        let all: Value = serde_json::from_slice(self.0).ok()?;
        let root = all.pointer(below)?;
        if !root.is_object() || got == "map" {
            return None;
        }
        let (text, _) = serde_errors::displayed(got);
        let mut found = Vec::new();
        find_value(root, &text, below, &mut found);
        match found.len() {
            1 => found.pop(),
            _ => None,
        }
    }
}

fn find_value(value: &Value, text: &str, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                find_value(
                    value,
                    text,
                    &format!("{at}/{}", location::escape(key)),
                    found,
                );
            }
        }
        Value::Array(list) => {
            for (idx, value) in list.iter().enumerate() {
                find_value(value, text, &format!("{at}/{idx}"), found);
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
