//! The content type of a file, by the extension of its name.

use http::HeaderValue;

/// Returns the content type. Text has `charset=utf-8`, because with `nosniff` a browser does not guess the charset.
pub(crate) fn content_type(name: &str) -> HeaderValue {
    let guess = mime_guess::from_path(name).first_raw();
    let guess = guess.unwrap_or("application/octet-stream");
    if !is_text(guess) {
        return HeaderValue::from_static(guess);
    }
    let text = format!("{guess}; charset=utf-8");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(guess))
}

/// Returns whether a content type has a charset.
///
/// XML declares its charset in its first line. SVG is the exception, because every tool writes it as UTF-8. JSON has
/// no charset (RFC 8259 §11).
fn is_text(kind: &str) -> bool {
    match kind {
        "text/xml" => false,
        "application/javascript" | "image/svg+xml" => true,
        _ => kind.starts_with("text/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_charset() {
        for (name, expected) in [
            ("a.txt", "text/plain; charset=utf-8"),
            ("a.md", "text/markdown; charset=utf-8"),
            ("a.csv", "text/csv; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.mjs", "application/javascript; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.svg", "image/svg+xml; charset=utf-8"),
            ("a.HTML", "text/html; charset=utf-8"),
            ("a.json", "application/json"),
            ("a.xml", "text/xml"),
            ("a.wasm", "application/wasm"),
            ("a.png", "image/png"),
            ("a.tar.gz", "application/gzip"),
            ("a.unknown-ending", "application/octet-stream"),
            ("README", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }
}
