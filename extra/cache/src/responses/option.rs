//! The option of routes `cached(..)`.

use std::{fmt, marker::PhantomData, time::Duration};

use highball::{
    describe::{Answer, Answers, Inputs},
    extract::{Fact, FactList, Facts, LocalType},
    prelude::*,
};

use super::{
    ResponseCache,
    names::{Names, fill},
    plan::Param,
    policy::Times,
    serve::serve,
};

/// An option of routes that stores their responses: `#[get("/products/{id}", cached(ttl = mins(1)))]`.
///
/// Requests with the same key get one response, which the handler has computed once. The compiler derives the key from
/// the types of the handler: the parameters of the path, the fields of its `Query<T>`, and the headers that it and the
/// parts inside of the cache take. `Vary` has the same headers. Other parameters of the query are not in the key, and
/// the handler does not get them.
///
/// The response is computed in a separate task. A client that leaves or a timeout around the route changes nothing,
/// and a thousand clients that wait cause one computation. All that wait get an error, which is not stored.
///
/// | Option | |
/// |---|---|
/// | `ttl = mins(1)` | how long a response is fresh; required |
/// | `stale = mins(10)` | how long after that it is sent while it is computed again in the background; none by default |
/// | `on_error = hours(1)` | how long after `ttl` it is sent if computing it fails with a 5xx; `stale` by default |
/// | `soft = millis(200)` | if computing takes longer, an older response within `on_error` is sent |
/// | `missing = secs(5)` | how long a 404 or a 410 is fresh; `ttl`, and at most 10 seconds, by default |
/// | `tags = ["product:{id}"]` | what the response shows, for [`invalidates`](struct@super::invalidates); at most four, with parameters of the path |
/// | `client = secs(30)` | how long clients may use it without a new request; none by default, so that an invalidation reaches them |
/// | `by::<User>(\|user\| &user.id)` | the response is for one client: the key has this text, and the response is `private` |
/// | `vary = ["accept-language"]` | the headers that code reads which does not state it; also none, `vary = []` |
/// | `unchecked = "reason"` | turns the checks of the compiler off |
///
/// **Checks.** A route does not compile if what is inside of the cache reads credentials, the address of the client or
/// the body, takes a local of a guard outside, changes something, or may read any header. Guards in a group around the
/// route run for each request, also if the response is stored.
///
/// **What is not stored**: a response with `Set-Cookie`, `Cache-Control: no-store`, `no-cache` or `private`, a `Vary`
/// with a header that is not in the key, a 206, a 304, a 5xx, and a stream. A `max-age`, `s-maxage` or `Expires` of the
/// handler shortens `ttl` (RFC 9111).
///
/// **What is answered**: GET and HEAD, a 304 to a client that has the response, `Age` and `Cache-Status` (RFC 9211).
/// `Cache-Control` and `Range` of a request are ignored.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_cache::responses::{ResponseCache, cached, invalidates};
///
/// #[derive(State)]
/// struct AppState {
///     responses: ResponseCache,
/// }
///
/// #[get("/products/{id}", cached(ttl = mins(1), stale = mins(10), tags = ["product:{id}"]))]
/// async fn product(id: u64) -> String {
///     format!("product {id}") // A slow query.
/// }
///
/// #[put("/products/{id}", invalidates(tags = ["product:{id}"]))]
/// async fn edit(id: u64) {}
///
/// #[routes(app)]
/// struct Api(product, edit);
///
/// # highball::block_on(async {
/// let client = Api.test().state(AppState { responses: ResponseCache::new() }).start();
/// client.get("/products/17").send().await;
/// let again = client.get("/products/17").send().await;
/// assert!(again.header("cache-status").starts_with("highball; hit; ttl="));
/// client.put("/products/17").send().await;
/// let changed = client.get("/products/17").send().await;
/// assert_eq!(changed.header("cache-status"), "highball; fwd=uri-miss; stored");
/// # });
/// ```
#[allow(non_camel_case_types)]
pub struct cached<K = Shared> {
    times: Times,
    on_error: Option<Duration>,
    missing: Option<Duration>,
    soft: Option<Duration>,
    client: Option<Duration>,
    tags: Names,
    vary: Option<Names>,
    unchecked: Option<&'static str>,
    by: Option<fn(&K) -> &dyn fmt::Display>,
}

/// The default client of [`cached`]: all clients get the same response. [`cached::by`] replaces it with a local.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_cache::responses::{Shared, cached};
///
/// const OPTION: cached<Shared> = cached::<Shared>::new().ttl(Duration::from_secs(60));
/// # let _ = OPTION;
/// ```
#[derive(Debug)]
pub struct Shared(PhantomData<()>);

impl<K> cached<K> {
    /// Returns the option without a time. The macro calls the other methods.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            times: Times {
                fresh: Duration::ZERO,
                stale: Duration::ZERO,
                on_error: Duration::ZERO,
            },
            on_error: None,
            missing: None,
            soft: None,
            client: None,
            tags: Names::NONE,
            vary: None,
            unchecked: None,
            by: None,
        }
    }

    /// Sets how long a response is fresh. A random part of up to 10 % is taken off.
    #[must_use]
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.times.fresh = ttl;
        self
    }

    /// Sets how long a response is sent after that, while it is computed again.
    #[must_use]
    pub const fn stale(mut self, stale: Duration) -> Self {
        self.times.stale = stale;
        self
    }

    /// Sets how long a response is sent after `ttl` if computing it fails.
    #[must_use]
    pub const fn on_error(mut self, on_error: Duration) -> Self {
        self.on_error = Some(on_error);
        self
    }

    /// Sets the time after which an older response is sent if computing takes longer.
    #[must_use]
    pub const fn soft(mut self, soft: Duration) -> Self {
        self.soft = Some(soft);
        self
    }

    /// Sets how long a 404 or a 410 is fresh.
    #[must_use]
    pub const fn missing(mut self, missing: Duration) -> Self {
        self.missing = Some(missing);
        self
    }

    /// Sets how long clients may use a response without a new request.
    #[must_use]
    pub const fn client(mut self, client: Duration) -> Self {
        self.client = Some(client);
        self
    }

    /// Sets the tags, such as `product:{id}`.
    #[must_use]
    pub const fn tags<const N: usize>(mut self, tags: [&'static str; N]) -> Self {
        self.tags = Names::of(tags);
        self
    }

    /// Names the headers that code inside of the cache reads and does not state. They are in lower case.
    #[must_use]
    pub const fn vary<const N: usize>(mut self, headers: [&'static str; N]) -> Self {
        self.vary = Some(Names::of(headers));
        self
    }

    /// Turns the checks of the compiler off, for this reason.
    #[must_use]
    pub const fn unchecked(mut self, reason: &'static str) -> Self {
        self.unchecked = Some(reason);
        self
    }

    /// Stores a response for each client, which a text of a local identifies.
    ///
    /// A guard around the cache provides the local. The text must be different for two clients: the id of an account,
    /// not a name that two of them may have.
    #[must_use]
    pub const fn by<T: LocalType>(self, client: fn(&T) -> &dyn fmt::Display) -> cached<T> {
        cached {
            times: self.times,
            on_error: self.on_error,
            missing: self.missing,
            soft: self.soft,
            client: self.client,
            tags: self.tags,
            vary: self.vary,
            unchecked: self.unchecked,
            by: Some(client),
        }
    }

    /// Returns the facts that depend on the options.
    const fn facts(&self) -> FactList {
        let mut facts = self.tags.add_tags(FactList::NONE, false);
        if self.times.fresh.is_zero() {
            facts = facts.mistake("`cached(..)` has no time: write `cached(ttl = mins(1))`");
        }
        if let Some(vary) = &self.vary {
            facts = facts.with(Fact::new("vary", ""));
            if vary.has_upper_case() {
                facts = facts.mistake(
                    "the name of a header is in lower case: write `vary = [\"accept-language\"]`",
                );
            }
            if vary.has_more() {
                facts = facts.mistake("`vary` has at most four headers");
            }
            let mut rest = vary.as_slice();
            while let [name, others @ ..] = rest {
                facts = facts.with(Fact::new("vary", name));
                rest = others;
            }
        }
        match self.unchecked {
            Some(reason) => facts.with(Fact::new("unchecked cache", reason)),
            None => facts,
        }
    }

    pub(crate) fn times(&self) -> Times {
        Times {
            on_error: self.on_error.unwrap_or(self.times.stale),
            ..self.times
        }
    }

    pub(crate) fn time_of_missing(&self) -> Duration {
        let usual = Duration::from_secs(10).min(self.times.fresh);
        self.missing.unwrap_or(usual)
    }

    pub(crate) fn soft_timeout(&self) -> Option<Duration> {
        self.soft
    }

    pub(crate) fn time_of_client(&self) -> Option<Duration> {
        self.client
    }

    pub(crate) fn named_headers(&self) -> Option<&[&'static str]> {
        self.vary.as_ref().map(Names::as_slice)
    }

    /// Returns the tags of the response to a request.
    pub(crate) fn tags_of(&self, cx: &Context<'_>, params: &[Param]) -> Vec<crate::Tag> {
        let tags = self.tags.as_slice().iter();
        tags.map(|tag| fill(tag, params, cx).into()).collect()
    }
}

impl<K> Default for cached<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> fmt::Debug for cached<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("cached")
            .field("times", &self.times())
            .field("tags", &self.tags.as_slice())
            .finish_non_exhaustive()
    }
}

const ANSWERS: Answers = Answers::list(&[
    Answer::empty(304)
        .about("the client has the current response already")
        .headers(&["etag"]),
    Answer::problem(503)
        .about("the response is not ready")
        .headers(&["retry-after"]),
]);

#[highball::middleware(
    facts = Facts::CACHES,
    value_facts = Self::facts,
    inputs = Inputs::NONE,
    answers = ANSWERS
)]
impl cached<Shared> {
    async fn run(
        &self,
        responses: State<ResponseCache>,
        cx: &mut Context<'_>,
        next: impl Next,
    ) -> Response {
        serve(self, &responses, cx, None, next).await
    }
}

#[highball::middleware(
    facts = Facts::CACHES,
    value_facts = Self::facts,
    inputs = Inputs::NONE,
    answers = ANSWERS
)]
impl<K: LocalType + Clone> cached<K> {
    async fn run(
        &self,
        responses: State<ResponseCache>,
        client: Local<'_, K>,
        cx: &mut Context<'_>,
        next: impl Next<K>,
    ) -> Response {
        let next = next.with(K::clone(&client));
        match self.by.map(|by| by(&client).to_string()) {
            Some(text) => serve(self, &responses, cx, Some(text), next).await,
            None => next.run(cx).await,
        }
    }
}
