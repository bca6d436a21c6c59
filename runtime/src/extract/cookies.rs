//! Plain, signed and encrypted cookies (RFC 6265), implemented with the `cookie` crate.

use std::fmt;

use http::{HeaderMap, HeaderValue, header};

use crate::{
    extract::{Answers, Extract, Facts, Input, Inputs},
    header_value,
    request::Context,
    response::Rejection,
};

#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
mod secret;

/// A cookie, to read from a request or to set in a response.
///
/// [`Context::set_cookie`](crate::Context::set_cookie) sets it.
///
/// # Examples
/// ```
/// use highball::cookie::{Cookie, SameSite};
///
/// let cookie = Cookie::build(("theme", "dark")).same_site(SameSite::Strict).build();
/// assert_eq!((cookie.name(), cookie.value()), ("theme", "dark"));
/// ```
pub use cookie::Cookie;
/// The secret key of signed and encrypted cookies, a field of the app state.
///
/// # Examples
/// ```
/// use highball::cookie::Key;
///
/// let secret = "x".repeat(64);
/// assert!(Key::try_from(secret.as_bytes()).is_ok());
/// assert!(Key::try_from(&b"too short"[..]).is_err());
/// ```
#[cfg(any(feature = "signed-cookies", feature = "private-cookies"))]
pub use cookie::Key;
/// The attribute `SameSite` of a cookie: the requests of other sites that contain the cookie.
///
/// # Examples
/// ```
/// use highball::cookie::{Cookie, SameSite};
///
/// let cookie = Cookie::build(("id", "7")).same_site(SameSite::None).build();
/// assert_eq!(cookie.same_site(), Some(SameSite::None));
/// ```
pub use cookie::SameSite;
#[cfg(feature = "private-cookies")]
pub use secret::PrivateCookies;
#[cfg(feature = "signed-cookies")]
pub use secret::SignedCookies;

/// An extractor for the cookies of a request. [`Context::set_cookie`] sets one in the response.
///
/// A client can change every cookie. To detect changes, use signed cookies
/// ([`SignedCookies`]). To hide the values too, use encrypted ones
/// ([`PrivateCookies`]).
///
/// # Examples
/// ```
/// use highball::{cookie::{Cookie, Cookies}, prelude::*};
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
    /// Returns the first cookie of this name. Its value is percent-decoded if it is valid percent-encoded UTF-8.
    pub fn get(&self, name: &str) -> Option<Cookie<'r>> {
        self.iter().find(|cookie| cookie.name() == name)
    }

    /// Returns all cookies, without those that are malformed or not UTF-8.
    pub fn iter(&self) -> impl Iterator<Item = Cookie<'r>> + use<'r> {
        // Not `header_value::split`: a quotation mark has no special meaning in this header.
        header_value::lines(self.headers, header::COOKIE)
            .flat_map(|line| line.split(|byte| *byte == b';'))
            .filter_map(|pair| parse(std::str::from_utf8(pair).ok()?))
    }
}

/// Parses one cookie, and decodes its name and value where that is safe.
fn parse(pair: &str) -> Option<Cookie<'_>> {
    let raw = Cookie::parse(pair).ok()?;
    match Cookie::parse_encoded(pair) {
        // A browser checks for the prefix in the encoded name, so decoding must not produce one: a page of a
        // subdomain could otherwise set `%5F_Host-id`.
        Ok(cookie) if has_prefix(cookie.name()) == has_prefix(raw.name()) => Some(cookie),
        _ => Some(raw),
    }
}

/// Returns whether a name has one of the prefixes that browsers protect (RFC 6265bis §4.1.3).
fn has_prefix(name: &str) -> bool {
    let begins_with = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    begins_with("__Host-") || begins_with("__Secure-")
}

impl fmt::Debug for Cookies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the names: the values may be secrets.
        let names = self.iter().map(|cookie| cookie.name().to_owned());
        f.debug_list().entries(names).finish()
    }
}

impl<'r> Extract<'r> for Cookies<'r> {
    type State = ();
    const FACTS: Facts = Facts::COOKIES.and(crate::routes::header_facts!("cookie"));
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let headers = input.headers();
        Ok(Self { headers })
    }
}

impl Context<'_> {
    /// Sets a cookie in the response, also if the handler returns an error.
    ///
    /// Attributes that the cookie does not set get safe defaults: `HttpOnly` hides it from scripts, `Secure` restricts
    /// it to TLS (browsers make an exception for `localhost`), `SameSite=Lax` excludes it from requests of other sites
    /// except links, and `Path=/` makes it valid for all paths. Characters that a header cannot contain are
    /// percent-encoded.
    ///
    /// # Examples
    /// ```
    /// use highball::{cookie::Cookie, prelude::*};
    ///
    /// #[post("/login")]
    /// async fn login(cx: &mut Context<'_>) {
    ///     cx.set_cookie(Cookie::new("user", "zoe"));
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(login);
    ///
    /// # highball::block_on(async {
    /// let response = Api.test().post("/login").send().await;
    /// let expected = "user=zoe; HttpOnly; SameSite=Lax; Secure; Path=/";
    /// assert_eq!(response.header(header::SET_COOKIE), expected);
    /// # });
    /// ```
    pub fn set_cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) {
        let text = with_defaults(cookie.into()).encoded().to_string();
        if let Ok(value) = HeaderValue::try_from(text) {
            self.out().added.append(header::SET_COOKIE, value);
        }
    }

    /// Removes a cookie from the client.
    ///
    /// The path and the domain must be those that the cookie was set with.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/logout")]
    /// async fn logout(cx: &mut Context<'_>) {
    ///     cx.remove_cookie("user");
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(logout);
    ///
    /// # highball::block_on(async {
    /// let response = Api.test().post("/logout").send().await;
    /// assert!(response.header(header::SET_COOKIE).starts_with("user=;"));
    /// assert!(response.header(header::SET_COOKIE).contains("Max-Age=0"));
    /// # });
    /// ```
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
