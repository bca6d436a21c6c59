//! CSRF: rejects requests that a page of another origin sends with the credentials of the browser.

use highball_macros::guard;
use http::header;

use crate::{
    const_text::refuse,
    extract::{Extract, SameOrigin, is_same_origin},
    header_value,
    request::{Context, Origin},
    response::Rejection,
};

/// A guard against cross-site request forgery: rejects requests from pages of other origins with 403.
///
/// Put it on an app whose routes read a login from a cookie, or from `Authorization: Basic`. The compiler requires it
/// there: a POST, PUT, PATCH or DELETE whose chain is known to read such credentials does not compile without it, or
/// [`SameOrigin`], around its handler. `csrf = off("reason")` on the route is the exception.
///
/// The guard needs no tokens:
/// - GET, HEAD, OPTIONS, TRACE and QUERY requests pass, because their handlers must not change anything.
/// - Any other request passes if its `Sec-Fetch-Site` is `same-origin` or `none`. Browsers send this header, and
///   a page cannot change it.
/// - A request without `Sec-Fetch-Site` passes if its `Origin` is the origin that the client sent the request to
///   ([`Context::origin`]), also behind trusted proxies.
/// - Clients other than browsers send neither header, and their requests pass.
///
/// It protects a login form as well, because it does not depend on a session.
///
/// # Examples
/// ```
/// use highball::{middleware::Csrf, prelude::*};
///
/// #[post("/orders")]
/// async fn order() {}
///
/// #[routes(app, with(Csrf::new().allow(&["https://shop.example"])))]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let order = || Api.test().post("/orders").header(header::HOST, "api.example");
/// assert_eq!(order().send().await.status(), 200);
/// let request = order().header(header::ORIGIN, "https://evil.example");
/// assert_eq!(request.send().await.status(), 403);
/// let request = order().header(header::ORIGIN, "https://shop.example");
/// assert_eq!(request.send().await.status(), 200);
/// # });
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use]
pub struct Csrf {
    origins: &'static [&'static str],
}

impl Csrf {
    /// Rejects requests from pages of all other origins.
    pub const fn new() -> Self {
        Self { origins: &[] }
    }

    /// Allows requests from pages of these origins too, for example `https://shop.example`.
    ///
    /// # Panics
    /// Panics if an origin has no scheme, or has a path. In `with(..)` that is a compile error.
    pub const fn allow(mut self, origins: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < origins.len() {
            if !is_origin(origins[at].as_bytes()) {
                refuse(
                    origins[at],
                    "is not an origin: write a scheme and a host, and a port if it is not the default one, `https://shop.example`",
                );
            }
            at += 1;
        }
        self.origins = origins;
        self
    }

    fn allows(&self, cx: &Context<'_>) -> bool {
        let page = header_value::only(cx.headers(), header::ORIGIN);
        let page = page.and_then(|page| Origin::parse(page.as_bytes()));
        let mut own = self.origins.iter();
        page.is_some_and(|page| {
            own.any(|own| Origin::parse(own.as_bytes()).as_ref() == Some(&page))
        })
    }
}

/// Returns whether the text is a scheme, `://`, and a non-empty rest without `/`, `?`, `#` and `*`.
const fn is_origin(text: &[u8]) -> bool {
    let mut at = 1;
    while at + 2 < text.len() && text[at] != b':' {
        at += 1;
    }
    if at + 3 >= text.len() || text[at + 1] != b'/' || text[at + 2] != b'/' {
        return false;
    }
    at += 3;
    while at < text.len() {
        if matches!(text[at], b'/' | b'?' | b'#' | b'*') {
            return false;
        }
        at += 1;
    }
    true
}

#[guard(facts = SameOrigin::FACTS, crate = crate)]
impl Csrf {
    fn check(&self, cx: &Context<'_>) -> Result<(), Rejection> {
        match is_same_origin(cx.head()) || self.allows(cx) {
            true => Ok(()),
            false => Err(SameOrigin::rejection()),
        }
    }
}
