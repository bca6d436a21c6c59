//! Headers that have a browser do less.

use std::{mem::ManuallyDrop, sync::OnceLock};

use highball_macros::middleware;
use http::{HeaderName, HeaderValue};

use crate::{
    chain::Next,
    const_text::{equal, refuse},
    request::Context,
    response::Response,
};

/// How many headers there can be.
const MOST: usize = 16;

/// Adds the headers that a browser takes as orders to do less with an answer.
///
/// The defaults suit a service that answers with data, by the
/// [OWASP cheat sheets](https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html):
///
/// | Header | Value |
/// |---|---|
/// | `content-security-policy` | `default-src 'none'; frame-ancestors 'none'` |
/// | `cross-origin-opener-policy` | `same-origin` |
/// | `cross-origin-resource-policy` | `same-origin` |
/// | `referrer-policy` | `no-referrer` |
/// | `x-content-type-options` | `nosniff` |
/// | `x-frame-options` | `DENY` |
///
/// A service of pages sets a content security policy of its own. `strict-transport-security` is left
/// to the app, since a browser holds on to it: `.set("strict-transport-security", "max-age=63072000")`.
/// A header that the handler has set stays.
///
/// # Examples
/// ```
/// use highball::{middleware::SecurityHeaders, prelude::*};
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(
///     app,
///     with(SecurityHeaders::new().set("permissions-policy", "geolocation=()").without("x-frame-options"))
/// )]
/// struct Api(home);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/").send().await;
/// assert_eq!(response.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
/// assert!(!response.headers().contains_key(header::X_FRAME_OPTIONS));
/// # });
/// ```
#[derive(Debug)]
#[must_use]
pub struct SecurityHeaders {
    /// Those with an empty name are free.
    list: [(&'static str, &'static str); MOST],
    made: OnceLock<Vec<(HeaderName, HeaderValue)>>,
}

impl SecurityHeaders {
    /// Takes the defaults.
    pub const fn new() -> Self {
        Self::none()
            .set(
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            )
            .set("cross-origin-opener-policy", "same-origin")
            .set("cross-origin-resource-policy", "same-origin")
            .set("referrer-policy", "no-referrer")
            .set("x-content-type-options", "nosniff")
            .set("x-frame-options", "DENY")
    }

    const fn none() -> Self {
        Self {
            list: [("", ""); MOST],
            made: OnceLock::new(),
        }
    }

    /// Adds a header, or gives another value to one; the name is written in small letters.
    ///
    /// # Panics
    /// Where that is no header, or the seventeenth; in `with(..)` that is a compile error.
    pub const fn set(mut self, name: &'static str, value: &'static str) -> Self {
        let mut at = 0;
        while at < name.len() {
            if name.as_bytes()[at].is_ascii_uppercase() {
                refuse(name, "is no header's name here: write it in small letters");
            }
            at += 1;
        }
        // What else is no header is found here.
        let _ = ManuallyDrop::new(HeaderName::from_static(name));
        let _ = ManuallyDrop::new(HeaderValue::from_static(value));
        let at = match self.position(name) {
            Some(at) => Some(at),
            None => self.position(""),
        };
        match at {
            Some(at) => self.list[at] = (name, value),
            None => refuse(name, "is one too many: there is room for 16 headers"),
        }
        self
    }

    /// Leaves a header out.
    ///
    /// # Panics
    /// Where it is not there; in `with(..)` that is a compile error.
    pub const fn without(mut self, name: &'static str) -> Self {
        match self.position(name) {
            Some(at) => self.list[at] = ("", ""),
            None => refuse(
                name,
                "is not among the headers: name one of them, in small letters",
            ),
        }
        self
    }

    const fn position(&self, name: &str) -> Option<usize> {
        let mut at = 0;
        while at < MOST {
            if equal(self.list[at].0, name) {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    fn made(&self) -> &[(HeaderName, HeaderValue)] {
        self.made.get_or_init(|| {
            let given = self.list.iter().filter(|(name, _)| !name.is_empty());
            let made = given.map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            made.collect()
        })
    }
}

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

#[middleware(crate = crate)]
impl SecurityHeaders {
    async fn headers(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let mut response = next.run(cx).await;
        for (name, value) in self.made() {
            let headers = response.headers_mut();
            headers.entry(name).or_insert_with(|| value.clone());
        }
        response
    }
}
