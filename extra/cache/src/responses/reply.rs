//! The headers that a cache adds to its responses.

use std::time::Duration;

use highball::{
    Context, Response,
    http::{HeaderName, HeaderValue, StatusCode, header},
};

use super::{plan::Plan, stored::Stored};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// How long clients may use a response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outward {
    pub(crate) is_private: bool,
    pub(crate) client: Option<Duration>,
}

impl Outward {
    /// Adds `Vary`, and `Cache-Control` if the handler has set none.
    ///
    /// By default a client sends a request each time, and gets a 304. It would not see an invalidation otherwise.
    pub(crate) fn prepare(&self, stored: &mut Stored, plan: &Plan) {
        let is_cacheable = stored.status() != StatusCode::OK && stored.status().as_u16() >= 400;
        let headers = stored.headers_mut();
        if let Some(vary) = plan.vary() {
            headers.remove(header::VARY);
            headers.insert(header::VARY, vary.clone());
        }
        let is_set = headers.contains_key(header::CACHE_CONTROL);
        if self.is_private || (!is_set && !is_cacheable) {
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
        Found::Pass => "highball; fwd=bypass".to_owned(),
    };
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().append(CACHE_STATUS, value);
    }
}
