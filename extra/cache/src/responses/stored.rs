//! A response in a cache, and the responses that are made from it.

use std::hash::{DefaultHasher, Hash, Hasher};

use highball::{
    Body, Response,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
};

use super::{etag, policy::Times};

/// Headers of one connection, which are not stored (RFC 9111 §3.1).
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A response whose body is in memory.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    status: StatusCode,
    headers: HeaderMap,
    body: highball::Bytes,
    /// The seconds that it was stored elsewhere before.
    pub(crate) age: u64,
    /// How long it is used. All are zero if it is not stored.
    pub(crate) times: Times,
}

impl Stored {
    /// Creates the stored form. An `ETag` is added to a 200 that has none.
    pub(crate) fn new(
        status: StatusCode,
        mut headers: HeaderMap,
        body: highball::Bytes,
        age: u64,
    ) -> Self {
        remove_connection_headers(&mut headers);
        headers.remove(header::AGE);
        headers.remove(header::CONTENT_LENGTH);
        if status == StatusCode::OK && !headers.contains_key(header::ETAG) {
            headers.insert(header::ETAG, tag_of(&body));
        }
        Self {
            status,
            headers,
            body,
            age,
            times: Times::NONE,
        }
    }

    /// Returns a response that was stored elsewhere.
    #[cfg(feature = "redis")]
    pub(crate) fn read(
        status: StatusCode,
        headers: HeaderMap,
        body: highball::Bytes,
        age: u64,
        times: Times,
    ) -> Self {
        Self {
            status,
            headers,
            body,
            age,
            times,
        }
    }

    #[cfg(feature = "redis")]
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    #[cfg(feature = "redis")]
    pub(crate) fn body(&self) -> &highball::Bytes {
        &self.body
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// Returns about how many bytes of memory its text needs.
    pub(crate) fn weight(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        headers + self.body.len()
    }

    /// Returns the response to a request: the stored one, or a 304 if the client has it.
    pub(crate) fn answer(&self, method: &Method, request: &HeaderMap) -> Response {
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        if is_read && self.status == StatusCode::OK && etag::is_known(request, &self.headers) {
            return self.not_modified();
        }
        let mut response = Response::new(Body::from(self.body.clone()));
        response.set_status(self.status);
        response.headers_mut().clone_from(&self.headers);
        response
    }

    /// Returns a 304, without the headers that describe the body (RFC 9110 §15.4.5).
    fn not_modified(&self) -> Response {
        let mut response = Response::empty(StatusCode::NOT_MODIFIED);
        let kept = |name: &HeaderName| {
            !name.as_str().starts_with("content-") || *name == header::CONTENT_LOCATION
        };
        for (name, value) in self.headers.iter().filter(|(name, _)| kept(name)) {
            response.headers_mut().append(name, value.clone());
        }
        response
    }
}

fn remove_connection_headers(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named.iter().map(String::as_str).chain(HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Returns a weak tag, because a middleware around the cache may compress the body.
fn tag_of(body: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let text = format!("W/\"{:x}-{:016x}\"", body.len(), hasher.finish());
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("W/\"\""))
}
