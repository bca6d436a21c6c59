//! Bearer tokens, and the header `Authorization` in general.

use std::fmt;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use subtle::ConstantTimeEq;

use super::{Answers, Extract, Facts, Input, Inputs, LOGIN_ANSWERS, Login};
use crate::{header_value, response::Rejection};

/// An extractor for the token of `Authorization: Bearer ..` (RFC 6750). A request without one is rejected with 401.
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
    /// Where the token starts in the value.
    start: usize,
}

impl Bearer {
    /// Returns the token.
    pub fn token(&self) -> &str {
        // `parse` has checked that the value is text.
        header_value::text(&self.value).map_or("", |text| &text[self.start..])
    }

    /// Reads the token from headers. Use it in your own extractor or guard.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::Bearer, http::HeaderMap};
    ///
    /// let mut headers = HeaderMap::new();
    /// assert_eq!(Bearer::from_headers(&headers).unwrap_err().status(), 401);
    /// headers.insert("authorization", "Bearer secret".parse().unwrap());
    /// assert_eq!(Bearer::from_headers(&headers).unwrap().token(), "secret");
    /// ```
    ///
    /// # Errors
    /// Returns a 401 if there is no token, more than one, or a malformed one.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Rejection> {
        authorization(headers)
            .and_then(Self::parse)
            .ok_or_else(Self::rejection)
    }

    pub(crate) fn rejection() -> Rejection {
        Rejection::new(StatusCode::UNAUTHORIZED, "a bearer token is needed")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// Returns whether the token is the expected one, in constant time.
    ///
    /// The time of `==` depends on how many characters are right, so that a client could guess a secret one
    /// character at a time. The time of this method depends only on the lengths.
    pub fn is(&self, expected: &str) -> bool {
        constant_time_eq(self.token(), expected)
    }

    fn parse(value: &HeaderValue) -> Option<Self> {
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

/// Returns whether the text has the syntax of a token (`token68`, RFC 9110 §11.2).
fn is_token68(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(is_allowed)
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)") // The token is a secret.
    }
}

impl<'r> Extract<'r> for Bearer {
    type State = ();
    const FACTS: Facts = Facts::HEADER_LOGIN.and(crate::routes::header_facts!("authorization"));
    const INPUTS: Inputs = Inputs::login(Login::Bearer { format: "" });
    const ANSWERS: Answers = LOGIN_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::from_headers(input.headers())
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        Self::from_headers(input.headers()).map(drop)
    }
}

/// Returns the header `Authorization`, or `None` if it is absent or occurs more than once.
pub(crate) fn authorization(headers: &HeaderMap) -> Option<&HeaderValue> {
    header_value::only(headers, header::AUTHORIZATION)
}

/// Compares secrets in a time that depends only on their lengths.
pub(crate) fn constant_time_eq(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
