//! Whether a client has a response already (RFC 9110 §13).

use std::time::SystemTime;

use highball::http::{HeaderMap, header};

/// Returns whether the preconditions of a GET show that the client has the response with these headers.
pub(crate) fn is_known(request: &HeaderMap, response: &HeaderMap) -> bool {
    if request.contains_key(header::IF_NONE_MATCH) {
        let Some(tag) = response.get(header::ETAG) else {
            return false;
        };
        let values = request.get_all(header::IF_NONE_MATCH);
        return values
            .iter()
            .any(|value| names_tag(value.as_bytes(), tag.as_bytes()));
    }
    let time = |headers: &HeaderMap, name| -> Option<SystemTime> {
        httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
    };
    let since = time(request, header::IF_MODIFIED_SINCE);
    let modified = time(response, header::LAST_MODIFIED);
    matches!((since, modified), (Some(since), Some(modified)) if modified <= since)
}

/// Returns whether a list of tags contains one, by the weak comparison.
fn names_tag(list: &[u8], tag: &[u8]) -> bool {
    if list.trim_ascii() == b"*" {
        return true;
    }
    let tag = opaque(tag);
    let mut rest = list;
    loop {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        let quoted = rest.strip_prefix(b"W/").unwrap_or(rest);
        let Some(inner) = quoted.strip_prefix(b"\"") else {
            return false;
        };
        let Some(end) = inner.iter().position(|byte| *byte == b'"') else {
            return false;
        };
        if &inner[..end] == tag {
            return true;
        }
        rest = &inner[end + 1..];
    }
}

/// Returns the text of a tag without its quotes and its mark.
fn opaque(tag: &[u8]) -> &[u8] {
    let tag = tag.strip_prefix(b"W/").unwrap_or(tag);
    let tag = tag.strip_prefix(b"\"").unwrap_or(tag);
    tag.strip_suffix(b"\"").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        for (list, tag, expected) in [
            ("\"a\"", "\"a\"", true),
            ("W/\"a\"", "\"a\"", true),
            ("\"a\"", "W/\"a\"", true),
            ("\"b\", \"a\"", "\"a\"", true),
            ("\"b,a\"", "\"a\"", false),
            ("\"b\" , W/\"a,c\"", "\"a,c\"", true),
            ("*", "\"a\"", true),
            ("", "\"a\"", false),
            ("a", "\"a\"", false),
            ("\"a", "\"a\"", false),
            (",,\"a\"", "\"a\"", false),
        ] {
            assert_eq!(
                names_tag(list.as_bytes(), tag.as_bytes()),
                expected,
                "{list}"
            );
        }
    }
}
