//! Cookies (RFC 6265), by the `cookie` crate: as they are, signed, and encrypted.

use std::fmt;

pub use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    context::Context,
    extract::{Extract, Input},
    rejection::Rejection,
};

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
mod secret;

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
pub use cookie::Key;
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
    /// Returns the cookie of this name, its value percent-decoded; of several the first.
    pub fn get(&self, name: &str) -> Option<Cookie<'r>> {
        self.iter().find(|cookie| cookie.name() == name)
    }

    /// Returns all of them; what is no cookie is left out.
    pub fn iter(&self) -> impl Iterator<Item = Cookie<'r>> + use<'r> {
        let values = self.headers.get_all(header::COOKIE).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        texts
            .flat_map(Cookie::split_parse_encoded)
            .filter_map(Result::ok)
    }
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
            self.out().headers.append(header::SET_COOKIE, value);
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
