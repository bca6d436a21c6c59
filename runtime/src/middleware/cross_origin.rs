//! CORS: allows pages of other origins to use an app (the Fetch standard).

use std::{sync::OnceLock, time::Duration};

use highball_macros::middleware;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::{
    chain::Next,
    const_text::refuse,
    error::{Error, Result},
    extract::Facts,
    header_value,
    request::{Context, Origin, State, covers},
    response::{IntoResponse, Rejection, Response},
    routes::Answers,
};

pub(super) mod origin;

/// A middleware for [CORS](https://fetch.spec.whatwg.org/#http-cors-protocol): it allows pages of other origins to use
/// an app.
///
/// The response to a preflight is a 204 before any guard runs. It lists the methods of the path whose routes have the
/// same middleware. A preflight from an origin that is not allowed is rejected with 403. Any other request passes. If
/// its origin is allowed, its response gets the headers that let the page read it. `Vary` has `origin`, unless every
/// origin is allowed.
///
/// By default a page may send `Content-Type` besides the headers that browsers always allow, and no cookies, and a
/// browser caches the response to a preflight for twelve hours. Put the middleware outermost, on the app.
///
/// On a group or a route it applies to the routes there. A preflight runs the chain of the route whose method it
/// names, unless a route of the path handles OPTIONS itself (`#[options]`, `#[any]`). If one `Cors` is inside another,
/// the inner one can allow more origins but not fewer.
///
/// An invalid origin, or cookies for every origin, is a compile error. If the origins are known only at start, put a
/// `Cors` of [`from_origins`](Self::from_origins) into the app state and [`cors`](fn@cors) on the app.
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
    /// The headers that are the same in every response. The first request makes them.
    fixed: OnceLock<FixedHeaders>,
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
    /// All that the preflight requests.
    Any,
    Listed(&'static [&'static str]),
}

/// The values of headers that are the same in every response.
#[derive(Debug)]
struct FixedHeaders {
    headers: Option<HeaderValue>,
    expose: Option<HeaderValue>,
    max_age: HeaderValue,
}

impl Cors {
    const FACTS: Facts = crate::routes::header_facts!(
        "origin",
        "host",
        "access-control-request-method",
        "access-control-request-headers"
    );

    /// Allows these origins: `https://shop.example`, with a port if it is not the default one, or
    /// `https://*.shop.example` for all subdomains.
    ///
    /// # Panics
    /// Panics if a text is not an origin. In `with(..)` that is a compile error.
    pub const fn origins(origins: &'static [&'static str]) -> Self {
        let mut at = 0;
        while at < origins.len() {
            if let Some(wrong) = origin::mistake(origins[at]) {
                refuse(origins[at], wrong);
            }
            at += 1;
        }
        Self::with_origins(Origins::Listed(origins))
    }

    /// Allows every origin. It is for apps whose responses are all public.
    pub const fn any() -> Self {
        Self::with_origins(Origins::Any)
    }

    /// Allows these origins, which are known only at start.
    ///
    /// # Errors
    /// Returns an error if a text is not an origin.
    pub fn from_origins(origins: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        for text in &origins {
            if let Some(wrong) = origin::mistake(text) {
                return Err(Error::new(format!("`{text}` {wrong}")));
            }
        }
        Ok(Self::with_origins(Origins::Owned(origins)))
    }

    const fn with_origins(origins: Origins) -> Self {
        Self {
            origins,
            headers: Headers::Listed(&["content-type"]),
            expose: &[],
            credentials: false,
            max_age: Duration::from_secs(12 * 60 * 60),
            fixed: OnceLock::new(),
        }
    }

    /// Allows a page to send these headers, instead of `content-type`.
    pub const fn headers(mut self, names: &'static [&'static str]) -> Self {
        self.headers = Headers::Listed(names);
        self
    }

    /// Allows a page to send any headers.
    pub const fn any_header(mut self) -> Self {
        self.headers = Headers::Any;
        self
    }

    /// Allows a page to read these headers of a response, besides the few that browsers always allow.
    pub const fn expose(mut self, names: &'static [&'static str]) -> Self {
        self.expose = names;
        self
    }

    /// Allows requests of a page to have cookies and logins.
    ///
    /// # Panics
    /// Panics if every origin is allowed: any page could then act as its visitor. In `with(..)` that is a compile
    /// error.
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

    /// Sets how long a browser caches the response to a preflight. Browsers may have shorter limits.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Returns whether a page of this origin may use the app: an allowed origin, or the app's own.
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

    fn fixed(&self) -> &FixedHeaders {
        self.fixed.get_or_init(|| {
            let list = |names: &[&str]| match names {
                [] => None,
                names => HeaderValue::from_str(&names.join(", ")).ok(),
            };
            FixedHeaders {
                headers: match self.headers {
                    Headers::Any => None,
                    Headers::Listed(names) => list(names),
                },
                expose: list(self.expose),
                max_age: HeaderValue::from(self.max_age.as_secs()),
            }
        })
    }

    /// Returns the response to a preflight. `allow` has the methods of the path.
    fn preflight_response(
        &self,
        cx: &Context<'_>,
        origin: &HeaderValue,
        allow: HeaderValue,
    ) -> Response {
        if !self.allows(cx, origin) {
            let detail = "pages of this origin may not use this service";
            let mut response = Rejection::new(StatusCode::FORBIDDEN, detail).into_response();
            vary_by_origin(response.headers_mut(), &self.origins);
            return response;
        }
        let mut response = Response::empty(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        self.allow_origin(headers, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow);
        let fixed = self.fixed();
        let may_send = match self.headers {
            Headers::Any => requested_headers(cx.headers()),
            Headers::Listed(_) => fixed.headers.clone(),
        };
        if let Some(names) = may_send {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        if matches!(self.headers, Headers::Any) {
            headers.append(header::VARY, VARY_HEADERS);
        }
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, fixed.max_age.clone());
        response
    }

    /// Adds the headers that allow a page of this origin to read the response.
    fn allow_origin(&self, headers: &mut HeaderMap, origin: &HeaderValue) {
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

    async fn run(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        // Several origins count as none, because it is unclear which page has sent the request.
        let origin = header_value::only(cx.headers(), header::ORIGIN).cloned();
        let names_method = cx
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if let Some(origin) = origin
            .as_ref()
            .filter(|_| names_method && cx.method() == Method::OPTIONS)
        {
            // A handler for OPTIONS does not run, because a preflight is from the browser and not from the page.
            let allow = match cx.route() {
                Some(_) => None,
                None => {
                    let mut inner = next.run(cx).await;
                    let headers = inner.headers_mut();
                    if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
                        // An inner `Cors`, on a route or a group, has allowed it.
                        return inner;
                    }
                    headers.remove(header::ALLOW)
                }
            };
            return self.preflight_response(cx, origin, allow.unwrap_or(METHODS));
        }
        let mut response = next.run(cx).await;
        let headers = response.headers_mut();
        let is_allowed = headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        match origin.filter(|origin| !is_allowed && self.allows(cx, origin)) {
            Some(origin) => {
                self.allow_origin(headers, &origin);
                if let Some(names) = &self.fixed().expose {
                    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, names.clone());
                }
            }
            None => vary_by_origin(headers, &self.origins),
        }
        response
    }
}

/// Returns the headers that a preflight requests.
fn requested_headers(headers: &HeaderMap) -> Option<HeaderValue> {
    let lines = header_value::lines(headers, header::ACCESS_CONTROL_REQUEST_HEADERS);
    HeaderValue::from_bytes(&header_value::joined(lines)?).ok()
}

/// The methods of a preflight's response if the path has no `Allow`.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

const VARY_HEADERS: HeaderValue = HeaderValue::from_static("access-control-request-headers");

/// Adds `Vary`, so that a cache does not use a response that names one origin for another.
fn vary_by_origin(headers: &mut HeaderMap, origins: &Origins) {
    if !matches!(origins, Origins::Any) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
}

#[middleware(facts = Cors::FACTS, answers = Answers::NONE, crate = crate)]
impl Cors {
    async fn cors(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        self.run(cx, next).await
    }
}

/// A middleware that applies the [`Cors`] in the app state, for origins that are known only at start.
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
#[middleware(facts = Cors::FACTS, answers = Answers::NONE, crate = crate)]
pub async fn cors(policy: State<Cors>, cx: &mut Context<'_>, next: impl Next) -> Response {
    policy.run(cx, next).await
}
