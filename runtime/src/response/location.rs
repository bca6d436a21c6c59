//! The value of the header `Location`.

use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The ASCII characters that a URI cannot have (RFC 3986 §2). `%` is handled separately.
///
/// Browsers read a backslash as a slash, so without the escape `/\evil.example` would lead to another host.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Percent-encodes a path or URL for `Location`. Existing escapes stay.
pub(crate) fn location(target: &str) -> HeaderValue {
    let mut text = String::with_capacity(target.len());
    for (idx, piece) in target.split('%').enumerate() {
        if idx > 0 {
            text += if begins_with_digits(piece) {
                "%"
            } else {
                "%25"
            };
        }
        text.extend(utf8_percent_encode(piece, ESCAPED));
    }
    // The text is printable ASCII, so this cannot fail.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("/"))
}

fn begins_with_digits(text: &str) -> bool {
    let digits = text.as_bytes().get(..2);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invalid_characters_are_escaped_once() {
        for (target, expected) in [
            ("/", "/"),
            ("", ""),
            ("/caf\u{e9} x", "/caf%C3%A9%20x"),
            ("/caf%C3%A9%20x", "/caf%C3%A9%20x"),
            ("/a%2fb%2Fc", "/a%2fb%2Fc"),
            ("/100%", "/100%25"),
            ("/100%/%zz%4", "/100%25/%25zz%254"),
            ("/%\u{e9}", "/%25%C3%A9"),
            (
                "/a?q=x y&r=\u{3c0}+1#part 2",
                "/a?q=x%20y&r=%CF%80+1#part%202",
            ),
            ("/a?next=/b?c=[d]", "/a?next=/b?c=[d]"),
            ("/;a=1,2:3@4!$&'()*+-._~", "/;a=1,2:3@4!$&'()*+-._~"),
            ("/a\r\nset-cookie: b=1", "/a%0D%0Aset-cookie:%20b=1"),
            ("/\\evil.example", "/%5Cevil.example"),
            ("/\t/evil.example", "/%09/evil.example"),
            (
                "/a\"b<c>d^e`f{g|h}i\u{7f}",
                "/a%22b%3Cc%3Ed%5Ee%60f%7Bg%7Ch%7Di%7F",
            ),
            ("https://a.example:8443/x", "https://a.example:8443/x"),
            ("http://[::1]/x", "http://[::1]/x"),
            ("https://caf\u{e9}.example/", "https://caf%C3%A9.example/"),
            ("?page=2", "?page=2"),
        ] {
            assert_eq!(location(target), expected, "{target:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_location_and_a_location_stays(target in any::<String>()) {
            let once = location(&target);
            let text = once.to_str().expect("ASCII").to_owned();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(location(&text), once);
            let decoded = percent_encoding::percent_decode_str(&text).collect::<Vec<_>>();
            let expected = percent_encoding::percent_decode_str(&target).collect::<Vec<_>>();
            prop_assert_eq!(decoded, expected);
        }
    }
}
