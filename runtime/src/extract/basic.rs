//! HTTP Basic authentication (RFC 7617).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header};

use super::{
    Answers, Extract, Facts, Input, Inputs, LOGIN_ANSWERS, Login,
    auth::{authorization, constant_time_eq},
};
use crate::{header_value, response::Rejection};

/// An extractor for the user name and the password of `Authorization: Basic ..` (RFC 7617).
///
/// A request without them is rejected with 401. Each request contains the password unencrypted, so use TLS. If all
/// accounts are known at startup, use the guard [`BasicAuth`](crate::middleware::BasicAuth). To compare with password hashes, use
/// this extractor in your own guard.
///
/// # Examples
/// ```
/// use highball::{extract::Basic, prelude::*};
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
    /// The decoded credentials, `user:password`.
    text: String,
    /// The position of the colon between them.
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

    /// Returns whether the user name and the password are these, in constant time.
    ///
    /// The time does not depend on how many characters are right, so that a client cannot guess them one by one.
    pub fn is(&self, user: &str, password: &str) -> bool {
        // `&` and not `&&`: the password is compared even if the user name is wrong.
        constant_time_eq(self.user(), user) & constant_time_eq(self.password(), password)
    }

    /// Reads the credentials, or returns `None` if they are absent or malformed.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = header_value::text(authorization(headers)?)?;
        let (scheme, encoded) = text.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = STANDARD.decode(encoded.trim_start_matches(' ')).ok()?;
        let text = String::from_utf8(text).ok()?;
        let colon = text.find(':')?;
        // RFC 7617 §2: the user name and the password contain no control characters.
        (!text.contains(char::is_control)).then_some(Self { text, colon })
    }

    /// Creates the 401 for missing or wrong credentials.
    pub(crate) fn unauthorized(realm: &str) -> Rejection {
        let rejection = Rejection::new(
            StatusCode::UNAUTHORIZED,
            "a user name and a password are needed",
        );
        let challenge = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
        rejection.with_header(header::WWW_AUTHENTICATE, challenge)
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basic(..)") // The password is a secret.
    }
}

/// The realm in the challenge of the extractor, which cannot set one.
const REALM: &str = "restricted";

impl<'r> Extract<'r> for Basic {
    type State = ();
    const FACTS: Facts = Facts::BROWSER_LOGIN.and(crate::routes::header_facts!("authorization"));
    const INPUTS: Inputs = Inputs::login(Login::Basic);
    const ANSWERS: Answers = LOGIN_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::from_headers(input.headers()).ok_or_else(|| Self::unauthorized(REALM))
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        Self::from_headers(input.headers())
            .map(drop)
            .ok_or_else(|| Self::unauthorized(REALM))
    }
}
