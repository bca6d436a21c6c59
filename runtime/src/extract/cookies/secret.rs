//! Signed and encrypted cookies.

use std::fmt;

use cookie::{Cookie, CookieJar, Key};

use super::Cookies;
use crate::{
    extract::{Answers, Extract, Facts, Input, Inputs},
    request::State,
    response::Rejection,
};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $feature:literal, $read:ident, $write:ident) => {
        $(#[$doc])*
        #[cfg(feature = $feature)]
        #[derive(Clone)]
        pub struct $name<'r> {
            cookies: Cookies<'r>,
            key: State<Key>,
        }

        #[cfg(feature = $feature)]
        impl<'r> $name<'r> {
            /// Returns the cookie of this name with its verified value, or `None` if the app has not created one.
            ///
            /// Other cookies of the same name are skipped, because a page of a subdomain can set one.
            pub fn get(&self, name: &str) -> Option<Cookie<'static>> {
                let mut named = self.cookies.iter().filter(|cookie| cookie.name() == name);
                named.find_map(|cookie| {
                    let mut jar = CookieJar::new();
                    jar.add_original(cookie.into_owned());
                    jar.$read(&self.key).get(name)
                })
            }

            /// Signs or encrypts the value of a cookie for
            /// [`Context::set_cookie`](crate::Context::set_cookie).
            pub fn seal(&self, cookie: impl Into<Cookie<'static>>) -> Cookie<'static> {
                let cookie = cookie.into();
                let name = cookie.name().to_owned();
                let mut jar = CookieJar::new();
                jar.$write(&self.key).add(cookie.clone());
                jar.get(&name).cloned().unwrap_or(cookie)
            }
        }

        #[cfg(feature = $feature)]
        impl<'r> Extract<'r> for $name<'r> {
            type State = Key;
            const FACTS: Facts = Facts::COOKIE_LOGIN.and(crate::routes::header_facts!("cookie"));
            const INPUTS: Inputs = Inputs::NONE;
            const ANSWERS: Answers = Answers::NONE;

            fn extract(input: Input<'r, Key>) -> Result<Self, Rejection> {
                let headers = input.headers();
                Ok(Self {
                    cookies: Cookies { headers },
                    key: input.share_state(),
                })
            }
        }

        #[cfg(feature = $feature)]
        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.cookies.fmt(f)
            }
        }
    };
}

secret! {
    /// An extractor for cookies that the app has signed (HMAC with SHA-256).
    ///
    /// A client can read them, but a changed one is ignored. The [`Key`](crate::cookie::Key) is a field of the app state. A
    /// new key invalidates all cookies.
    ///
    /// # Examples
    /// ```
    /// use highball::{cookie::{Cookie, Key, SignedCookies}, prelude::*};
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     key: Key,
    /// }
    ///
    /// #[get("/visit")]
    /// async fn visit(cookies: SignedCookies<'_>, cx: &mut Context<'_>) -> String {
    ///     let visits = cookies.get("visits").and_then(|cookie| cookie.value().parse().ok());
    ///     let visits = visits.unwrap_or(0_u32) + 1;
    ///     cx.set_cookie(cookies.seal(Cookie::new("visits", visits.to_string())));
    ///     visits.to_string()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(visit);
    ///
    /// # fn main() -> highball::Result {
    /// # let secret = "64 bytes at least, ".repeat(4);
    /// # /*
    /// let secret = std::env::var("COOKIE_SECRET")?; // from `openssl rand -base64 64`
    /// # */
    /// // `Key::from` panics if the secret has less than 64 bytes.
    /// let state = AppState { key: Key::try_from(secret.as_bytes())? };
    /// let _ = highball::serve(Api).state(state);
    /// # Ok(())
    /// # }
    /// ```
    SignedCookies, "signed-cookies", signed, signed_mut
}

secret! {
    /// An extractor for cookies that the app has encrypted (AES-256 in GCM mode).
    ///
    /// A client cannot read them, and a changed one is ignored. The [`Key`](crate::cookie::Key) is a field of the app state. A
    /// new key invalidates all cookies.
    ///
    /// # Examples
    /// ```
    /// use highball::{cookie::{Cookie, Key, PrivateCookies}, prelude::*};
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     key: Key,
    /// }
    ///
    /// #[get("/cart")]
    /// async fn cart(cookies: PrivateCookies<'_>, cx: &mut Context<'_>) -> String {
    ///     match cookies.get("cart") {
    ///         Some(cookie) => cookie.value().to_owned(),
    ///         None => {
    ///             cx.set_cookie(cookies.seal(Cookie::new("cart", "tea")));
    ///             "empty".to_owned()
    ///         }
    ///     }
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(cart);
    ///
    /// # highball::block_on(async {
    /// let session = Api.test().state(AppState { key: Key::generate() }).start().keep_cookies();
    /// assert_eq!(session.get("/cart").send().await.text(), "empty");
    /// assert_eq!(session.get("/cart").send().await.text(), "tea");
    /// # });
    /// ```
    PrivateCookies, "private-cookies", private, private_mut
}
