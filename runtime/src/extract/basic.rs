//! A user name and a password, as the browser's own dialogue sends them.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    Extract, Input,
    auth::{authorization, equal},
};
use crate::{header_value, response::Rejection};

/// The user name and the password of `Authorization: Basic ..` (RFC 7617); 401 without them.
///
/// They travel with each request, readable for whoever sees it: have TLS in front. Where all accounts
/// are known at start, [`BasicAuth`](crate::BasicAuth) is the guard; for passwords that are kept as hashes,
/// take this in a guard of your own.
///
/// # Examples
/// ```
/// use highball::{Basic, prelude::*};
///
/// #[guard]
/// fn operator(login: Basic) -> Result<(), StatusCode> {
///     match login.is("ops", "secret") {
///         true => Ok(()),
///         false => Err(StatusCode::FORBIDDEN),
///     }
/// }
///
/// #[get("/metrics", with(operator))]
/// async fn metrics() {}
/// # #[routes(app)] struct Api(metrics);
/// ```
#[derive(Clone)]
pub struct Basic {
    text: String,
    colon: usize,
}

impl Basic {
    /// Returns the user name.
    pub fn user(&self) -> &str {
        &self.text[..self.colon]
    }

    /// Returns the password.
    pub fn password(&self) -> &str {
        &self.text[self.colon + 1..]
    }

    /// Returns whether both are these, in a time that does not tell how much of them is right.
    pub fn is(&self, user: &str, password: &str) -> bool {
        equal(self.user(), user) & equal(self.password(), password)
    }

    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = header_value::text(authorization(headers)?)?;
        let (scheme, encoded) = text.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = STANDARD.decode(encoded.trim_start_matches(' ')).ok()?;
        let text = String::from_utf8(text).ok()?;
        let colon = text.find(':')?;
        // RFC 7617 §2: neither has control characters.
        (!text.contains(char::is_control)).then_some(Self { text, colon })
    }

    /// Refuses a request that has none, or not the right ones.
    pub(crate) fn missing(realm: &str) -> Rejection {
        let rejection = Rejection::new(
            StatusCode::UNAUTHORIZED,
            "a user name and a password are needed",
        );
        let challenge = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
        match HeaderValue::try_from(challenge) {
            Ok(challenge) => rejection.with_header(header::WWW_AUTHENTICATE, challenge),
            Err(_) => rejection,
        }
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basic(..)") // The password is a secret.
    }
}

/// The realm of an extractor, which has no name for what it guards.
const REALM: &str = "restricted";

impl<'r> Extract<'r> for Basic {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::of(input.headers()).ok_or_else(|| Self::missing(REALM))
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        Self::of(input.headers())
            .map(drop)
            .ok_or_else(|| Self::missing(REALM))
    }
}
