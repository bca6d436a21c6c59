//! What a body says that it is.

use http::{HeaderMap, HeaderValue, header};

/// Returns the body's media type without its parameters, or nothing.
pub(crate) fn essence(headers: &HeaderMap) -> &[u8] {
    let value = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let essence = value.and_then(|value| value.split(|byte| *byte == b';').next());
    essence.unwrap_or_default().trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_space_are_left_out() {
        for (value, expected) in [
            ("application/json", "application/json"),
            ("Application/JSON; charset=utf-8", "Application/JSON"),
            ("application/json ;v=1", "application/json"),
            ("", ""),
            (";", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().expect("a value"));
            assert_eq!(essence(&headers), expected.as_bytes(), "{value}");
        }
        assert_eq!(essence(&HeaderMap::new()), b"");
    }
}
