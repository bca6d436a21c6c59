//! Which pages of other origins may use an app (the CORS protocol of the Fetch standard).

use std::{sync::OnceLock, time::Duration};

use highball_macros::middleware;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::{
    chain::Next,
    const_text::refuse,
    error::{Error, Result},
    header_value,
    request::{Context, Origin, State, covers},
    response::{IntoResponse, Rejection, Response},
};

mod origin;

/// Which pages of other origins may use an app: the
/// [CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// A preflight is answered with 204 before any guard, with the methods of the path whose routes have the
/// same parts around them; from an origin that is not allowed it is refused with 403. Any other request
/// passes, and its answer has the headers that let the page read it if the origin is allowed. `Vary`
/// says that they depend on it.
///
/// By default a page may send `Content-Type` (and what a browser always lets it), no cookies, and a
/// browser keeps a preflight's answer for twelve hours. Put it outermost, on the app.
///
/// On a group or on a route it is for the routes there: a preflight runs the chain of the route whose
/// method it names, unless a route of the path answers OPTIONS (`#[options]`, `#[any]`) itself. Where
/// one `Cors` is inside another, the inner one may allow more origins, and cannot take any away.
///
/// A mistake is a compile error: what is no origin, and cookies for every origin. Where the origins are
/// known only at start, put a `Cors` of [`from_origins`](Self::from_origins) into the app state and
/// [`cors`] on the app.
///
/// # Examples
/// ```
/// use highball::{middleware::Cors, prelude::*};
///
/// #[post("/orders")]
/// async fn order() {}
///
/// #[routes(
///     app,
///     with(Cors::origins(&["https://shop.example", "https://*.shop.example"])
///         .headers(&["content-type", "x-cart"])
///         .credentials())
/// )]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let preflight = Api.test().options("/orders")
///     .header(header::ORIGIN, "https://shop.example")
///     .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
/// let response = preflight.send().await;
/// assert_eq!(response.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "https://shop.example");
/// # });
/// ```
#[derive(Debug)]
#[must_use]
pub struct Cors {
    origins: Origins,
    headers: Headers,
    expose: &'static [&'static str],
    credentials: bool,
    max_age: Duration,
    made: OnceLock<StaticHeaders>,
}

#[derive(Debug)]
enum Origins {
    Any,
    Listed(&'static [&'static str]),
    Owned(Vec<String>),
}

/// Which headers a page may send.
#[derive(Debug, Clone, Copy)]
enum Headers {
    /// Whichever it asks for.
    Any,
    Listed(&'static [&'static str]),
}

/// What is the same in every answer.
#[derive(Debug)]
struct StaticHeaders {
    headers: Option<HeaderValue>,
    expose: Option<HeaderValue>,
    max_age: HeaderValue,
}

impl Cors {
    /// Allows these origins: `https://shop.example`, with a port where it is not the scheme's own, or
    /// `https://*.shop.example` for every host below one.
    ///
    /// # Panics
    /// Where one is no origin; in `with(..)` that is a compile error.
    pub const fn origins(origins: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < origins.len() {
            if let Some(wrong) = origin::mistake(origins[at]) {
                refuse(origins[at], wrong);
            }
            at += 1;
        }
        Self::of(Origins::Listed(origins))
    }

    /// Allows every origin, for an app that tells nobody anything that is not public.
    pub const fn any() -> Self {
        Self::of(Origins::Any)
    }

    /// Allows these origins, which are known only at start.
    ///
    /// # Errors
    /// Where one is no origin.
    pub fn from_origins(origins: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        for text in &origins {
            if let Some(wrong) = origin::mistake(text) {
                return Err(Error::new(format!("`{text}` {wrong}")));
            }
        }
        Ok(Self::of(Origins::Owned(origins)))
    }

    const fn of(origins: Origins) -> Self {
        Self {
            origins,
            headers: Headers::Listed(&["content-type"]),
            expose: &[],
            credentials: false,
            max_age: Duration::from_secs(12 * 60 * 60),
            made: OnceLock::new(),
        }
    }

    /// Lets a page send these headers, in place of `content-type`.
    pub const fn headers(mut self, names: &'static [&'static str]) -> Self {
        self.headers = Headers::Listed(names);
        self
    }

    /// Lets a page send whichever headers it asks for.
    pub const fn any_header(mut self) -> Self {
        self.headers = Headers::Any;
        self
    }

    /// Lets a page read these headers of an answer, beside the few that it always can.
    pub const fn expose(mut self, names: &'static [&'static str]) -> Self {
        self.expose = names;
        self
    }

    /// Has a page's requests bring cookies and logins along.
    ///
    /// # Panics
    /// Where every origin is allowed: any page could act as its visitor. In `with(..)` that is a
    /// compile error.
    pub const fn credentials(mut self) -> Self {
        if matches!(self.origins, Origins::Any) {
            refuse(
                "Cors::any().credentials()",
                "lets any page act as its visitor: name the origins, `Cors::origins(&[..])`",
            );
        }
        self.credentials = true;
        self
    }

    /// Sets how long a browser keeps the answer to a preflight; browsers have limits of their own.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Returns whether a page of this origin may use the app: one that is allowed, or the request's own.
    fn allows(&self, cx: &Context<'_>, origin: &HeaderValue) -> bool {
        if matches!(self.origins, Origins::Any)
            || self.lists(|own| own.as_bytes() == origin.as_bytes())
        {
            return true;
        }
        let page = Origin::parse(origin.as_bytes());
        page.is_some_and(|page| self.lists(|own| covers(own, &page))) || !cx.is_cross_origin()
    }

    fn lists(&self, is: impl Fn(&str) -> bool) -> bool {
        match &self.origins {
            Origins::Any => false,
            Origins::Listed(list) => list.iter().any(|own| is(own)),
            Origins::Owned(list) => list.iter().any(|own| is(own)),
        }
    }

    fn made(&self) -> &StaticHeaders {
        self.made.get_or_init(|| {
            let list = |names: &[&str]| match names {
                [] => None,
                names => HeaderValue::from_str(&names.join(", ")).ok(),
            };
            StaticHeaders {
                headers: match self.headers {
                    Headers::Any => None,
                    Headers::Listed(names) => list(names),
                },
                expose: list(self.expose),
                max_age: HeaderValue::from(self.max_age.as_secs()),
            }
        })
    }

    /// Answers a preflight; `allow` has the methods that the path knows.
    fn preflight(&self, cx: &Context<'_>, origin: &HeaderValue, allow: HeaderValue) -> Response {
        if !self.allows(cx, origin) {
            let detail = "pages of this origin may not use this service";
            let mut response = Rejection::new(StatusCode::FORBIDDEN, detail).into_response();
            vary_by_origin(response.headers_mut(), &self.origins);
            return response;
        }
        let mut response = Response::empty(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        self.share(headers, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow);
        let made = self.made();
        let may_send = match self.headers {
            Headers::Any => asked_headers(cx.headers()),
            Headers::Listed(_) => made.headers.clone(),
        };
        if let Some(names) = may_send {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        if matches!(self.headers, Headers::Any) {
            headers.append(header::VARY, VARY_HEADERS);
        }
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, made.max_age.clone());
        response
    }

    /// Lets a page of this origin read the answer.
    fn share(&self, headers: &mut HeaderMap, origin: &HeaderValue) {
        let value = match self.origins {
            Origins::Any => HeaderValue::from_static("*"),
            _ => origin.clone(),
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        vary_by_origin(headers, &self.origins);
        if self.credentials {
            let value = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, value);
        }
    }

    async fn answer(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        // Two origins are none: it cannot be told which page has sent the request.
        let origin = header_value::only(cx.headers(), header::ORIGIN).cloned();
        let asked = cx
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if let Some(origin) = origin
            .as_ref()
            .filter(|_| asked && cx.method() == Method::OPTIONS)
        {
            // A handler for OPTIONS is not asked: the question is the browser's, not the page's.
            let allow = match cx.route() {
                Some(_) => None,
                None => {
                    let mut inner = next.run(cx).await;
                    let headers = inner.headers_mut();
                    if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
                        // A `Cors` further in allows it, on a route or an inner group.
                        return inner;
                    }
                    headers.remove(header::ALLOW)
                }
            };
            return self.preflight(cx, origin, allow.unwrap_or(METHODS));
        }
        let mut response = next.run(cx).await;
        let headers = response.headers_mut();
        let is_shared = headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        match origin.filter(|origin| !is_shared && self.allows(cx, origin)) {
            Some(origin) => {
                self.share(headers, &origin);
                if let Some(names) = &self.made().expose {
                    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, names.clone());
                }
            }
            None => vary_by_origin(headers, &self.origins),
        }
        response
    }
}

/// Returns the headers that a page wants to send.
fn asked_headers(headers: &HeaderMap) -> Option<HeaderValue> {
    let lines = header_value::lines(headers, header::ACCESS_CONTROL_REQUEST_HEADERS);
    HeaderValue::from_bytes(&header_value::joined(lines)?).ok()
}

/// The methods of a path that does not say its own.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

const VARY_HEADERS: HeaderValue = HeaderValue::from_static("access-control-request-headers");

/// Where the answer names the origin, a cache must not give it to another one.
fn vary_by_origin(headers: &mut HeaderMap, origins: &Origins) {
    if !matches!(origins, Origins::Any) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
}

#[middleware(crate = crate)]
impl Cors {
    async fn cors(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        self.answer(cx, next).await
    }
}

/// Does what the [`Cors`] in the app state says: for origins that are known only at start.
///
/// # Examples
/// ```
/// use highball::{middleware::{Cors, cors}, prelude::*};
///
/// #[derive(State)]
/// struct AppState {
///     cors: Cors,
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(cors))]
/// struct Api(home);
///
/// # fn main() -> highball::Result {
/// let origins = std::env::var("ORIGINS").unwrap_or_default();
/// let origins = origins.split_terminator(',');
/// let state = AppState { cors: Cors::from_origins(origins)?.credentials() };
/// let _ = highball::serve(Api).state(state);
/// # Ok(())
/// # }
/// ```
#[middleware(crate = crate)]
pub async fn cors(policy: State<Cors>, cx: &mut Context<'_>, next: impl Next) -> Response {
    policy.answer(cx, next).await
}
