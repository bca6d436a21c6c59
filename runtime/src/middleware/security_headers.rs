//! Headers that restrict what a browser does with a response.

use std::{mem::ManuallyDrop, sync::OnceLock};

use highball_macros::middleware;
use http::{HeaderName, HeaderValue};

use crate::{
    chain::Next,
    const_text::{equal, refuse},
    extract::Facts,
    request::Context,
    response::Response,
    routes::Answers,
};

/// The maximum number of headers.
const MAX_HEADERS: usize = 16;

/// A middleware that adds headers which restrict what a browser does with a response.
///
/// The defaults are for a service that responds with data, as in the
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
/// A service with HTML pages needs its own content security policy. `strict-transport-security` is not a default,
/// because browsers remember it: `.set("strict-transport-security", "max-age=63072000")` adds it. A header that the
/// handler has set stays.
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
    /// The names and values. An empty name is a free place.
    list: [(&'static str, &'static str); MAX_HEADERS],
    /// The list as header values. The first request makes them.
    values: OnceLock<Vec<(HeaderName, HeaderValue)>>,
}

impl SecurityHeaders {
    /// Returns the default headers.
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
            list: [("", ""); MAX_HEADERS],
            values: OnceLock::new(),
        }
    }

    /// Adds a header, or replaces its value. The name must be in lower case.
    ///
    /// # Panics
    /// Panics if the name or the value is not valid, or if there would be more than 16 headers. In `with(..)` that is a
    /// compile error.
    pub const fn set(mut self, name: &'static str, value: &'static str) -> Self {
        let mut at = 0;
        while at < name.len() {
            if name.as_bytes()[at].is_ascii_uppercase() {
                refuse(name, "is no header's name here: write it in small letters");
            }
            at += 1;
        }
        // These panic if the name or the value is not valid in another way.
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

    /// Removes a header.
    ///
    /// # Panics
    /// Panics if there is no such header. In `with(..)` that is a compile error.
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
        while at < MAX_HEADERS {
            if equal(self.list[at].0, name) {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    fn values(&self) -> &[(HeaderName, HeaderValue)] {
        self.values.get_or_init(|| {
            let used = self.list.iter().filter(|(name, _)| !name.is_empty());
            let values = used.map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            values.collect()
        })
    }
}

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

#[middleware(facts = Facts::NONE, answers = Answers::NONE, crate = crate)]
impl SecurityHeaders {
    async fn headers(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let mut response = next.run(cx).await;
        for (name, value) in self.values() {
            let headers = response.headers_mut();
            headers.entry(name).or_insert_with(|| value.clone());
        }
        response
    }
}
