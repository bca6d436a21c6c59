//! The media type of a body.

use http::{HeaderMap, header};

use crate::header_value::{Parameters, only};

/// Returns the media type of the body without its parameters, or `b""` if there is none.
///
/// A request with two content types has none, because a proxy in front of the app may have used the other one.
pub(crate) fn essence(headers: &HeaderMap) -> &[u8] {
    match only(headers, header::CONTENT_TYPE) {
        Some(value) => Parameters::parse(value.as_bytes()).0,
        None => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn essence_has_no_parameters_and_no_spaces() {
        for (value, expected) in [
            ("application/json", "application/json"),
            ("Application/JSON; charset=utf-8", "Application/JSON"),
            ("application/json ;v=1", "application/json"),
            ("application/json;v=\"a;b\"", "application/json"),
            ("application/json; v=\u{e4}", "application/json"),
            ("", ""),
            (";", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().expect("a value"));
            assert_eq!(essence(&headers), expected.as_bytes(), "{value}");
        }
        let mut headers = HeaderMap::new();
        assert_eq!(essence(&headers), b"");
        for value in ["application/json", "text/plain"] {
            headers.append(header::CONTENT_TYPE, value.parse().expect("a value"));
        }
        assert_eq!(essence(&headers), b"");
    }
}
