//! Who is asking, as the header `Authorization` says it.

use std::fmt;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use subtle::ConstantTimeEq;

use super::{Extract, Input};
use crate::{header_value, response::Rejection};

/// The token of `Authorization: Bearer ..` (RFC 6750); 401 without one.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/me")]
/// async fn me(token: Bearer) -> String {
///     format!("a token of {} characters", token.token().len())
/// }
/// # #[routes(app)] struct Api(me);
/// ```
#[derive(Clone)]
pub struct Bearer {
    value: HeaderValue,
    start: usize,
}

impl Bearer {
    /// Returns the token.
    pub fn token(&self) -> &str {
        // `of` has seen that the value is text.
        header_value::text(&self.value).map_or("", |text| &text[self.start..])
    }

    /// Reads it from the headers, for an extractor of your own.
    ///
    /// # Errors
    /// Answers 401 where there is none, more than one, or one that is not well formed.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Rejection> {
        authorization(headers).and_then(Self::of).ok_or_else(|| {
            Rejection::new(StatusCode::UNAUTHORIZED, "a bearer token is needed")
                .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        })
    }

    /// Returns whether this is the token, in a time that does not tell how much of it is right.
    ///
    /// Compare a token with `==` and its length and first letters can be found by trying. Of what is
    /// expected only the length can be told here.
    pub fn is(&self, expected: &str) -> bool {
        equal(self.token(), expected)
    }

    fn of(value: &HeaderValue) -> Option<Self> {
        let text = header_value::text(value)?;
        let (scheme, rest) = text.split_once(' ')?;
        let token = rest.trim_start_matches(' ');
        let well_formed = scheme.eq_ignore_ascii_case("bearer") && is_token68(token);
        well_formed.then(|| Self {
            value: value.clone(),
            start: text.len() - token.len(),
        })
    }
}

/// RFC 9110 §11.2: what a token may be made of.
fn is_token68(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(known)
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)") // The token is a secret.
    }
}

impl<'r> Extract<'r> for Bearer {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::from_headers(input.headers())
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        Self::from_headers(input.headers()).map(drop)
    }
}

/// Returns the header `Authorization`, which stands there once.
pub(crate) fn authorization(headers: &HeaderMap) -> Option<&HeaderValue> {
    header_value::only(headers, header::AUTHORIZATION)
}

/// Compares secrets in a time that depends on their lengths only.
pub(crate) fn equal(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
