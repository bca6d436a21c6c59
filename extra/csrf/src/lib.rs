#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

use highball::{
    Context, Rejection, guard,
    http::{Method, StatusCode, header},
    serve::Origin,
};

/// A guard against cross-site request forgery: rejects requests from pages of other origins with 403.
///
/// The guard needs no tokens:
/// - GET, HEAD, OPTIONS and TRACE requests pass, because their handlers must not change anything.
/// - Any other request passes if its `Sec-Fetch-Site` is `same-origin` or `none`. Browsers send this header, and
///   a page cannot change it.
/// - A request without `Sec-Fetch-Site` passes if its `Origin` is the origin that the client sent the request to
///   ([`Context::origin`](highball::Context::origin)), also behind trusted proxies.
/// - Clients other than browsers send neither header, and their requests pass.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_csrf::Csrf;
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
    /// If an origin has no scheme, or has a path. In `with(..)` that is a compile error.
    pub const fn allow(mut self, origins: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < origins.len() {
            assert!(
                is_origin(origins[at].as_bytes()),
                "an origin is a scheme and a host, and maybe a port: `https://shop.example`"
            );
            at += 1;
        }
        self.origins = origins;
        self
    }

    fn allows(&self, cx: &Context<'_>) -> bool {
        let page = cx.headers().get_all(header::ORIGIN).iter();
        let mut pages = page.map(|page| page.to_str().ok()?.parse::<Origin>().ok());
        let (Some(Some(page)), None) = (pages.next(), pages.next()) else {
            return false;
        };
        let mut own = self.origins.iter().filter_map(|own| own.parse().ok());
        own.any(|own: Origin| own == page)
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

#[guard]
impl Csrf {
    fn check(&self, cx: &Context<'_>) -> Result<(), Rejection> {
        if matches!(
            *cx.method(),
            Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
        ) || self.allows(cx)
        {
            return Ok(());
        }
        let sites = cx.headers().get_all("sec-fetch-site");
        let is_own = match sites.iter().next() {
            Some(_) => sites
                .iter()
                .all(|site| site == "same-origin" || site == "none"),
            None => !cx.is_cross_origin(),
        };
        match is_own {
            true => Ok(()),
            false => Err(Rejection::new(
                StatusCode::FORBIDDEN,
                "pages of this origin may not send such a request",
            )),
        }
    }
}
