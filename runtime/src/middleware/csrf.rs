//! CSRF: rejects requests that a page of another origin sends with the credentials of the browser.

use highball_macros::guard;
use http::header;

use crate::{
    const_text::refuse,
    extract::{Extract, SameOrigin, is_same_origin},
    header_value,
    middleware::cross_origin::origin,
    request::{Context, Origin, covers},
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

    /// Allows requests from pages of these origins too, for example `https://shop.example`, or `https://*.shop.example`
    /// for every subdomain.
    ///
    /// # Panics
    /// Panics if a text is not an origin that a browser sends. In `with(..)` that is a compile error.
    pub const fn allow(mut self, origins: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < origins.len() {
            if let Some(wrong) = origin::mistake(origins[at]) {
                refuse(origins[at], wrong);
            }
            at += 1;
        }
        self.origins = origins;
        self
    }

    fn allows(&self, cx: &Context<'_>) -> bool {
        let page = header_value::only(cx.headers(), header::ORIGIN);
        let page = page.and_then(|page| Origin::parse(page.as_bytes()));
        let mut allowed = self.origins.iter();
        page.is_some_and(|page| allowed.any(|allowed| covers(allowed, &page)))
    }
}

#[guard(facts = SameOrigin::FACTS, answers = SameOrigin::ANSWERS, crate = crate)]
impl Csrf {
    fn check(&self, cx: &Context<'_>) -> Result<(), Rejection> {
        match is_same_origin(cx.head()) || self.allows(cx) {
            true => Ok(()),
            false => Err(SameOrigin::rejection()),
        }
    }
}
