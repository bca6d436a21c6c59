//! JSON as an argument.

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{Extract, Input, media::essence, place};
use crate::{rejection::Rejection, response::Json};

impl<'r, T: DeserializeOwned> Extract<'r> for Json<T> {
    type State = ();
    const BODY: bool = true;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        content_type(input.headers())?;
        parse(input.body()).map(Json)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        content_type(input.headers())
    }
}

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
    serde_json::from_slice(body).map_err(|error| {
        let (status, what) = match error.classify() {
            Category::Data => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "the JSON has not the right shape",
            ),
            Category::Eof => (StatusCode::BAD_REQUEST, "the JSON ends too early"),
            Category::Syntax | Category::Io => (StatusCode::BAD_REQUEST, "the body is not JSON"),
        };
        let text = place::plain(&error.to_string());
        let rejection = Rejection::new(status, format!("{what}: {text}"));
        match error.classify() {
            Category::Data => {
                let mut again = serde_json::Deserializer::from_slice(body);
                place::add(rejection, "body", place::of::<T, _>(&mut again))
            }
            _ => rejection,
        }
    })
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
