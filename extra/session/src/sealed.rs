//! Slots in encrypted cookies, without a store.

use std::{fmt, sync::Arc, time::Duration};

use cookie::CookieJar;
use highball::{
    cookie::{Cookie, Key, SameSite},
    describe::{Answers, Inputs},
    extract::Facts,
    http::HeaderMap,
    prelude::*,
    serde_json,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    SessionData, SessionError,
    app::{millis_of, time_of},
    cookie::values,
    data::FactsOf,
    store::Millis,
};

/// The most that browsers store of a cookie: its name, its value and its attributes, in bytes.
const MOST: usize = 4096;

/// The keys of encrypted slots, and how long they last. It is a value of the app state.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_session::Seals;
///
/// # fn main() -> highball::Result {
/// // 64 bytes, for example of `openssl rand -hex 32`. To change the key, put the new one first, and remove the old one
/// // when the cookies that were made with it have ended.
/// # let (new, old) = ("n".repeat(64), "o".repeat(64));
/// # /*
/// let (new, old) = (std::env::var("SEAL")?, std::env::var("OLD_SEAL")?);
/// # */
/// let seals = Seals::new(&[new.as_bytes(), old.as_bytes()])?.lifetime(Duration::from_secs(3600));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Seals(Arc<SealsInner>);

#[derive(Clone)]
struct SealsInner {
    keys: Vec<Key>,
    lifetime: Duration,
}

impl Seals {
    /// Creates it with the first key for new cookies, and all of them for reading.
    ///
    /// # Errors
    /// Returns an error if there is no key, or if one is shorter than 64 bytes.
    pub fn new(keys: &[&[u8]]) -> highball::Result<Self> {
        let keys: Result<Vec<_>, _> = keys.iter().map(|key| Key::try_from(*key)).collect();
        let keys =
            keys.map_err(|_| highball::Error::new("a key of `Seals` has less than 64 bytes"))?;
        if keys.is_empty() {
            return Err(highball::Error::new("`Seals` needs at least one key"));
        }
        Ok(Self(Arc::new(SealsInner {
            keys,
            lifetime: Duration::from_secs(12 * 60 * 60),
        })))
    }

    /// Sets how long a cookie is valid after it was made. The default is 12 hours.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        Arc::make_mut(&mut self.0).lifetime = lifetime;
        self
    }
}

impl fmt::Debug for Seals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seals")
            .field("keys", &self.0.keys.len())
            .field("lifetime", &self.0.lifetime)
            .finish()
    }
}

/// A slot in an encrypted cookie of the client, as an argument. It needs neither a store nor a middleware.
///
/// It is a type other than [`Session`](crate::Session) because it can do less:
/// - **Replay.** A client can keep an old cookie and send it again until its lifetime ends. A log-out removes the
///   cookie from the browser, and a copy of it stays valid. So keep nothing in it that may be used once, and no login
///   that must end at once.
/// - **Lost changes.** Of two requests at the same time, the response that arrives last wins.
/// - **Size.** A browser drops a cookie of more than 4096 bytes. [`seal`](Self::seal) fails before that.
///
/// # Examples
/// ```
/// use highball::{middleware::Csrf, prelude::*};
/// use highball_session::{Sealed, Seals, SessionData, SessionError};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "theme")]
/// struct Theme {
///     name: String,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     seals: Seals,
/// }
///
/// #[get("/theme")]
/// async fn theme(theme: Sealed<Theme>) -> String {
///     theme.get().map_or("light", |theme| &theme.name).to_owned()
/// }
///
/// #[post("/theme/{name}")]
/// async fn set(name: String, theme: Sealed<Theme>, cx: &mut Context<'_>) -> Result<NoContent, SessionError> {
///     cx.set_cookie(theme.seal(&Theme { name })?);
///     Ok(NoContent)
/// }
///
/// #[routes(app, with(Csrf::new()))]
/// struct Api(theme, set);
///
/// # highball::block_on(async {
/// let seals = Seals::new(&["k".repeat(64).as_bytes()])?;
/// let client = Api.test().state(AppState { seals }).start().keep_cookies();
/// assert_eq!(client.get("/theme").send().await.text(), "light");
/// client.post("/theme/dark").send().await;
/// assert_eq!(client.get("/theme").send().await.text(), "dark");
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Sealed<T> {
    seals: Seals,
    value: Option<T>,
    now: Millis,
}

/// The content of a cookie.
#[derive(Serialize, Deserialize)]
struct Content<T> {
    /// The version of the type.
    schema: u32,
    /// When the cookie was made.
    made: Millis,
    data: T,
}

impl<T: SessionData> Sealed<T> {
    /// Returns the value, or `None` if there is no cookie, or one that has ended, that the app has not made, or whose
    /// data belongs to another version of the type.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Returns the cookie with this value, for [`Context::set_cookie`].
    ///
    /// # Errors
    /// Returns [`SessionError::TooLarge`] if a browser would drop it.
    pub fn seal(&self, value: &T) -> Result<Cookie<'static>, SessionError> {
        let content = Content {
            schema: T::VERSION,
            made: self.now,
            data: value,
        };
        let text = serde_json::to_string(&content).map_err(SessionError::Data)?;
        let mut cookie = bare::<T>(text);
        cookie.set_max_age(max_age(self.seals.0.lifetime));
        let mut jar = CookieJar::new();
        jar.private_mut(&self.seals.0.keys[0]).add(cookie);
        let sealed = jar.get(&name::<T>()).cloned();
        let fits = |cookie: &Cookie<'_>| cookie.encoded().to_string().len() <= MOST;
        sealed.filter(fits).ok_or(SessionError::TooLarge)
    }

    /// Returns the cookie that removes the value from the browser, for [`Context::set_cookie`].
    pub fn clear(&self) -> Cookie<'static> {
        let mut cookie = bare::<T>(String::new());
        cookie.set_max_age(max_age(Duration::ZERO));
        cookie
    }

    /// Opens a cookie with one of the keys.
    fn open(seals: &Seals, headers: &HeaderMap, now: Millis) -> Option<T> {
        let (name, SealsInner { keys, lifetime }) = (name::<T>(), &*seals.0);
        // The name is compared as it was sent: an escape would turn a cookie of another host into `__Host-`.
        let mut named = values(headers, &name);
        let text = named.find_map(|value| {
            let cookie = Cookie::parse_encoded(format!("{name}={value}")).ok()?;
            let mut opened = keys.iter().map(|key| {
                let mut jar = CookieJar::new();
                jar.add_original(cookie.clone());
                jar.private(key).get(&name)
            });
            opened.find_map(|cookie| Some(cookie?.value().to_owned()))
        })?;
        // The data of another version may not fit the type, so it is not read with the rest.
        let content: Content<IgnoredAny> = serde_json::from_str(&text).ok()?;
        let is_valid =
            content.schema == T::VERSION && now.saturating_sub(content.made) < millis_of(*lifetime);
        let content: Option<Content<T>> = is_valid.then(|| serde_json::from_str(&text).ok())?;
        content.map(|content| content.data)
    }
}

fn name<T: SessionData>() -> String {
    // `__Host-session` is the cookie of the sessions.
    format!("__Host-slot-{}", T::KEY)
}

fn bare<T: SessionData>(value: String) -> Cookie<'static> {
    Cookie::build((name::<T>(), value))
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .path("/")
        .build()
}

fn max_age(time: Duration) -> Option<cookie::time::Duration> {
    time.try_into().ok()
}

impl<T: SessionData> ExtractAsync for Sealed<T> {
    type State = Seals;
    const FACTS: Facts = FactsOf::<T>::SEALED;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    async fn extract(cx: &mut Context<'_>, input: Input<'_, Seals>) -> Result<Self, Rejection> {
        let (seals, now) = (input.state().clone(), time_of(cx.clock()));
        let value = Self::open(&seals, input.headers(), now);
        Ok(Self { seals, value, now })
    }
}

impl<T: fmt::Debug> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
