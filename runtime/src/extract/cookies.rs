//! Cookies (RFC 6265), by the `cookie` crate: as they are, signed, and encrypted.

use std::fmt;

use http::{HeaderMap, HeaderValue, header};

use crate::{
    extract::{Extract, Input},
    header_value,
    request::Context,
    response::Rejection,
};

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
mod secret;

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
pub use cookie::Key;
pub use cookie::{Cookie, SameSite};
#[cfg(feature = "private-cookies")]
pub use secret::PrivateCookies;
#[cfg(feature = "signed-cookies")]
pub use secret::SignedCookies;

/// The cookies that a request brings; [`Context::set_cookie`] sets one.
///
/// A client can write into a cookie what it likes: what must be the app's own is signed
/// ([`SignedCookies`](crate::SignedCookies)) or encrypted ([`PrivateCookies`](crate::PrivateCookies)).
///
/// # Examples
/// ```
/// use highball::{Cookie, Cookies, prelude::*};
///
/// #[get("/theme")]
/// async fn theme(cookies: Cookies<'_>, cx: &mut Context<'_>) -> String {
///     let theme = cookies.get("theme");
///     cx.set_cookie(Cookie::new("theme", "dark"));
///     theme.map_or("light".to_owned(), |cookie| cookie.value().to_owned())
/// }
///
/// #[routes(app)]
/// struct Api(theme);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/theme").header(header::COOKIE, "theme=blue").send().await;
/// assert_eq!(response.text(), "blue");
/// assert_eq!(
///     response.header(header::SET_COOKIE),
///     "theme=dark; HttpOnly; SameSite=Lax; Secure; Path=/"
/// );
/// # });
/// ```
#[derive(Clone, Copy)]
pub struct Cookies<'r> {
    headers: &'r HeaderMap,
}

impl<'r> Cookies<'r> {
    /// Returns the cookie of this name, its value percent-decoded if it is valid percent-encoded UTF-8; of
    /// several the first.
    pub fn get(&self, name: &str) -> Option<Cookie<'r>> {
        self.iter().find(|cookie| cookie.name() == name)
    }

    /// Returns all of them. A pair that is no cookie or not UTF-8 is left out, and the others stay.
    pub fn iter(&self) -> impl Iterator<Item = Cookie<'r>> + use<'r> {
        // A quotation mark has no meaning between cookies, so `header_value::split` is not for them.
        header_value::lines(self.headers, header::COOKIE)
            .flat_map(|line| line.split(|byte| *byte == b';'))
            .filter_map(|pair| parse(std::str::from_utf8(pair).ok()?))
    }
}

/// Reads one cookie.
fn parse(pair: &str) -> Option<Cookie<'_>> {
    let raw = Cookie::parse(pair).ok()?;
    match Cookie::parse_encoded(pair) {
        // A browser protects the prefix as it is written: an escape must not make one of another name.
        Ok(cookie) if has_prefix(cookie.name()) == has_prefix(raw.name()) => Some(cookie),
        _ => Some(raw),
    }
}

/// Returns whether browsers restrict who can set a cookie of this name (RFC 6265bis §4.1.3).
fn has_prefix(name: &str) -> bool {
    let begins_with = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    begins_with("__Host-") || begins_with("__Secure-")
}

impl fmt::Debug for Cookies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be secrets.
        let names = self.iter().map(|cookie| cookie.name().to_owned());
        f.debug_list().entries(names).finish()
    }
}

impl<'r> Extract<'r> for Cookies<'r> {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let headers = input.headers();
        Ok(Self { headers })
    }
}

impl Context<'_> {
    /// Sets a cookie, whatever the handler returns.
    ///
    /// What it does not say is what is safe: it is kept from scripts (`HttpOnly`), sent over TLS only
    /// (`Secure`, which browsers waive for `localhost`), not with requests of other sites but links
    /// (`SameSite=Lax`), and for every path. A value that a header cannot hold is percent-encoded.
    pub fn set_cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) {
        let text = with_defaults(cookie.into()).encoded().to_string();
        if let Ok(value) = HeaderValue::try_from(text) {
            self.out().added.append(header::SET_COOKIE, value);
        }
    }

    /// Has the client forget a cookie; the path and the domain are those that it was set with.
    pub fn remove_cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) {
        let mut cookie = cookie.into();
        cookie.make_removal();
        self.set_cookie(cookie);
    }
}

fn with_defaults(mut cookie: Cookie<'_>) -> Cookie<'_> {
    if cookie.http_only().is_none() {
        cookie.set_http_only(true);
    }
    if cookie.secure().is_none() {
        cookie.set_secure(true);
    }
    if cookie.same_site().is_none() {
        cookie.set_same_site(SameSite::Lax);
    }
    if cookie.path().is_none() {
        cookie.set_path("/");
    }
    cookie
}
