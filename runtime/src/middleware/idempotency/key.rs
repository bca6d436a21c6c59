//! The key of a request, and the hashes under which it is stored.

use std::fmt;

use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use sha2::{Digest as _, Sha256};

use crate::{header_value, request::Context, response::Rejection};

const NAME: HeaderName = HeaderName::from_static("idempotency-key");

/// The length of the longest key, as in most APIs.
const MOST: usize = 255;

/// Returns the key of a request, or `None` if it has none.
///
/// The draft has a string in quotation marks, and most clients send the text without them. Both are the same key.
pub(super) fn read(headers: &HeaderMap) -> Result<Option<Vec<u8>>, Rejection> {
    if !headers.contains_key(NAME) {
        return Ok(None);
    }
    let value = header_value::only(headers, NAME).ok_or_else(malformed)?;
    let key = header_value::unquoted(header_value::trim(value.as_bytes()));
    let key = key.filter(|key| {
        let is_visible = key.iter().all(|byte| matches!(byte, b'!'..=b'~'));
        is_visible && (1..=MOST).contains(&key.len())
    });
    key.map(|key| Some(key.into_owned())).ok_or_else(malformed)
}

fn malformed() -> Rejection {
    let reason = "must be one value of 1 to 255 visible ASCII characters";
    Rejection::new(
        StatusCode::BAD_REQUEST,
        format!("the header `{NAME}` {reason}"),
    )
    .with_fault("header", NAME.as_str().to_owned(), reason)
}

pub(super) fn missing() -> Rejection {
    let detail = "this request needs an `Idempotency-Key`: send a random value, and the same value in each retry";
    let rejection = Rejection::new(StatusCode::BAD_REQUEST, detail);
    rejection.with_fault("header", NAME.as_str().to_owned(), "is missing")
}

pub(super) fn mismatch() -> Rejection {
    let detail = "this `Idempotency-Key` belongs to another request: send a new value with a new request, and repeat a retry without changes";
    let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    rejection.with_fault(
        "header",
        NAME.as_str().to_owned(),
        "belongs to another request",
    )
}

/// A hash of several parts. A store contains hashes only, because credentials must not be in it.
///
/// Each part has its length before it, so that two lists of parts never are the same bytes.
pub(super) struct Digest(Sha256);

impl Digest {
    pub(super) fn new(kind: &str) -> Self {
        Self(Sha256::new()).part(kind.as_bytes())
    }

    /// Returns the hash of the credentials of a request.
    pub(super) fn of_credentials(cx: &Context<'_>) -> Self {
        let digest = Self::new("credentials").lines(cx.headers(), header::AUTHORIZATION);
        #[cfg(feature = "tls")]
        let digest = digest.part(cx.client_certificate().unwrap_or_default());
        digest
    }

    pub(super) fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(super) fn text(self, text: &dyn fmt::Display) -> Self {
        self.part(text.to_string().as_bytes())
    }

    pub(super) fn route(self, method: &Method, pattern: &str) -> Self {
        self.part(method.as_str().as_bytes())
            .part(pattern.as_bytes())
    }

    /// Adds the lines of a header.
    pub(super) fn lines(mut self, headers: &HeaderMap, name: HeaderName) -> Self {
        let mut count = 0_u64;
        for line in header_value::lines(headers, name) {
            self = self.part(line);
            count += 1;
        }
        self.part(&count.to_le_bytes())
    }

    /// Returns the hash in hexadecimal digits.
    pub(super) fn hex(self) -> String {
        use fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_key_is_visible_text_with_or_without_quotes() {
        let check = |lines: &[&str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for line in lines {
                let value = HeaderValue::from_str(line).expect("it is a value");
                headers.append(NAME, value);
            }
            let key = read(&headers).ok().flatten();
            assert_eq!(key.as_deref(), expected.map(str::as_bytes), "{lines:?}");
        };
        let (longest, too_long) = ("x".repeat(255), "x".repeat(256));
        check(&["8e03978e-40d5"], Some("8e03978e-40d5"));
        check(&["\"8e03978e-40d5\""], Some("8e03978e-40d5"));
        check(&["  a  "], Some("a"));
        check(&["\"a\\\"b\""], Some("a\"b"));
        check(&[&longest], Some(&longest));
        check(&[&too_long], None);
        check(&[""], None);
        check(&["\"\""], None);
        check(&["\"a"], None);
        check(&["\"a\" b"], None);
        check(&["a b"], None);
        check(&["a", "a"], None);
    }

    #[test]
    fn lists_of_parts_are_distinct() {
        let digest = |parts: &[&str]| {
            let start = Digest::new("");
            let parts = parts.iter();
            parts
                .fold(start, |all, part| all.part(part.as_bytes()))
                .hex()
        };
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["a", ""]), digest(&["a"]));
        assert_eq!(digest(&["a"]).len(), 64);
    }
}
