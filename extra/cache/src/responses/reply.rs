//! The headers that a cache adds to its responses.

use std::time::Duration;

use highball::{
    Context, Response,
    http::{HeaderMap, HeaderName, HeaderValue, header},
};

use super::{plan::Plan, stored::Stored};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// How long clients may use a response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outward {
    /// Whether other caches must not store it.
    pub(crate) is_private: bool,
    /// Whether the key has the client.
    pub(crate) is_keyed: bool,
    pub(crate) client: Option<Duration>,
}

impl Outward {
    /// Adds `Vary`, and `Cache-Control` if the handler has set none.
    ///
    /// By default a client sends a request each time, and gets a 304. It would not see an invalidation otherwise.
    pub(crate) fn prepare(&self, headers: &mut HeaderMap, plan: &Plan) {
        if let Some(vary) = plan.vary() {
            add_vary(headers, vary);
        }
        let control = headers.get_all(header::CACHE_CONTROL).iter();
        let control: Vec<_> = control.filter_map(|value| value.to_str().ok()).collect();
        let control = control.join(", ").to_ascii_lowercase();
        let is_closed = ["private", "no-store"]
            .iter()
            .any(|word| control.contains(word));
        if control.is_empty() || (self.is_private && !is_closed) {
            headers.insert(header::CACHE_CONTROL, self.control(0));
        }
    }

    fn control(&self, age: u64) -> HeaderValue {
        let time = self.client.map(|time| time.as_secs().saturating_add(age));
        let text = match (self.is_private, time) {
            (false, None) => return HeaderValue::from_static("no-cache"),
            (true, None) => return HeaderValue::from_static("private, no-cache"),
            (false, Some(time)) => format!("max-age={time}"),
            (true, Some(time)) => format!("private, max-age={time}"),
        };
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("no-store"))
    }
}

/// Adds the headers of the key to `Vary`, unless it has them.
fn add_vary(headers: &mut HeaderMap, vary: &HeaderValue) {
    let own: Vec<_> = headers
        .get_all(header::VARY)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let own = own.join(",").to_ascii_lowercase();
    let has = |name: &str| own.split(',').any(|own| own.trim() == name);
    let names = vary.to_str().unwrap_or_default().split(", ");
    let missing: Vec<_> = names.filter(|name| !has(name) && !has("*")).collect();
    if let (false, Ok(value)) = (
        missing.is_empty(),
        HeaderValue::try_from(missing.join(", ")),
    ) {
        headers.append(header::VARY, value);
    }
}

/// How a response was found, for `Cache-Status` (RFC 9211).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    /// It was stored, has this age, and expires after this many seconds, which may be negative.
    Hit { age: u64, ttl: i64 },
    /// The handler has run.
    Miss { is_stored: bool },
    /// Another request has run the handler.
    Wait { is_stored: bool },
    /// The handler has run, because the response is not stored.
    Pass,
}

/// Returns the response to a request.
pub(crate) fn reply(stored: &Stored, outward: Outward, found: Found, cx: &Context<'_>) -> Response {
    let mut response = stored.answer(cx.method(), cx.headers());
    if let Found::Hit { age, .. } = found {
        let age = age.saturating_add(stored.age);
        let headers = response.headers_mut();
        headers.insert(header::AGE, HeaderValue::from(age));
        // The client counts its time from now, and subtracts `Age`.
        if outward.client.is_some()
            && headers.get(header::CACHE_CONTROL) == Some(&outward.control(0))
        {
            headers.insert(header::CACHE_CONTROL, outward.control(age));
        }
    } else if stored.age > 0 {
        response
            .headers_mut()
            .insert(header::AGE, HeaderValue::from(stored.age));
    }
    mark(&mut response, found);
    response
}

/// Adds `Cache-Status`. Another cache may have added its own.
pub(crate) fn mark(response: &mut Response, found: Found) {
    let text = match found {
        Found::Hit { ttl, .. } => format!("highball; hit; ttl={ttl}"),
        Found::Miss { is_stored: true } => "highball; fwd=uri-miss; stored".to_owned(),
        Found::Miss { is_stored: false } => "highball; fwd=uri-miss".to_owned(),
        Found::Wait { is_stored: true } => "highball; fwd=uri-miss; stored; collapsed".to_owned(),
        Found::Wait { is_stored: false } => "highball; fwd=uri-miss; collapsed".to_owned(),
        Found::Pass => "highball; fwd=miss".to_owned(),
    };
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().append(CACHE_STATUS, value);
    }
}
