//! The head of a request: everything but its body, with the values that the route captured.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use http::{HeaderMap, Method, Uri, Version, header};
use percent_encoding::percent_decode_str;

use crate::{
    decode::bad_param_encoding,
    request::proxies::hop::Hop,
    response::Rejection,
    routes::Route,
    table::{Captures, has_percent},
};

/// The head of a request, with its connection's data and its route.
#[derive(Debug, Default)]
pub struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: Option<SocketAddr>,
    /// Whether the connection is encrypted.
    pub(crate) is_secure: bool,
    /// The client's certificate, in DER.
    pub(crate) certificate: Option<Arc<[u8]>>,
    /// The client's hop, as trusted proxies forward it. `None` if the peer is not trusted.
    pub(crate) client: Option<Hop>,
    pub(crate) route: Option<&'static Route>,
    /// The routes of the app.
    pub(crate) routes: &'static [Route],
    /// The ranges of the captured values, in `decoded` if that is not empty, otherwise in the path.
    pub(crate) captures: Captures,
    /// The captured values, percent-decoded and concatenated. Empty if the path has no escape.
    decoded: String,
}

impl Head {
    /// Returns the client's address: the one that trusted proxies forward, or the peer's.
    pub(crate) fn client_ip(&self) -> Option<IpAddr> {
        match self.client {
            Some(hop) => Some(hop.ip),
            None => self.peer.map(|peer| peer.ip().to_canonical()),
        }
    }

    /// Returns a copy of the head with other headers.
    pub(crate) fn with_headers(&self, headers: HeaderMap) -> Self {
        Self {
            method: self.method.clone(),
            uri: self.uri.clone(),
            version: self.version,
            headers,
            peer: self.peer,
            is_secure: self.is_secure,
            certificate: self.certificate.clone(),
            client: self.client,
            route: self.route,
            routes: self.routes,
            captures: self.captures,
            decoded: self.decoded.clone(),
        }
    }

    /// Returns a copy of the head as that of a GET for the whole resource, without a body and without conditions, and
    /// with this query.
    pub(crate) fn plain_get(&self, query: &str) -> Self {
        let mut headers = self.headers.clone();
        for name in [
            header::CONTENT_LENGTH,
            header::CONTENT_TYPE,
            header::EXPECT,
            header::IF_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::IF_UNMODIFIED_SINCE,
            header::RANGE,
            header::TRANSFER_ENCODING,
        ] {
            headers.remove(name);
        }
        let mut head = self.with_headers(headers);
        head.method = Method::GET;
        if query != head.uri.query().unwrap_or_default() {
            head.uri = with_query(&head.uri, query);
        }
        head
    }

    /// Returns the captured value with this number, counted from the end.
    ///
    /// A handler's macro sees the handler's own pattern, but not how many parameters the prefixes before it have.
    pub fn param_from_end(&self, back: usize) -> &str {
        match self.captures.len().checked_sub(back + 1) {
            Some(idx) => self.param(idx),
            None => "",
        }
    }

    /// Returns the name of the parameter with this number, counted from the end.
    pub(crate) fn param_name_from_end(&self, back: usize) -> &'static str {
        let idx = self.captures.len().checked_sub(back + 1);
        let name = idx.and_then(|idx| self.route?.params().nth(idx));
        name.unwrap_or_default()
    }

    /// Returns the captured value of this name.
    pub fn param_named(&self, name: &str) -> Option<&str> {
        let mut names = self.route?.params();
        Some(self.param(names.position(|own| own == name)?))
    }

    fn param(&self, idx: usize) -> &str {
        let text = if self.decoded.is_empty() {
            self.uri.path()
        } else {
            &self.decoded
        };
        self.captures.value(idx, text).unwrap_or_default()
    }

    /// Percent-decodes the captured values. `+` stays, and `%2F` does not separate segments.
    ///
    /// # Errors
    /// Returns a 400 if a value is not valid percent-encoded UTF-8.
    pub(crate) fn decode(&mut self, route: &Route) -> Result<(), Rejection> {
        let path = self.uri.path();
        if !has_percent(path.as_bytes()) {
            return Ok(());
        }
        let mut decoded = Captures::default();
        // The buffer of the previous request is reused, so that this allocates nothing in most requests.
        let mut bytes = std::mem::take(&mut self.decoded).into_bytes();
        for idx in 0..self.captures.len() {
            let raw = self.captures.value(idx, path).unwrap_or_default();
            let start = bytes.len();
            bytes.extend(percent_decode_str(raw));
            if !escapes_are_whole(raw) || std::str::from_utf8(&bytes[start..]).is_err() {
                let name = route.params().nth(idx).unwrap_or_default();
                return Err(bad_param_encoding(name, raw));
            }
            decoded.push(start, bytes.len());
        }
        // A concatenation of valid texts is valid, so this cannot fail.
        self.decoded = String::from_utf8(bytes).unwrap_or_default();
        self.captures = decoded;
        Ok(())
    }

    /// Removes the request's data. Returns the header map, so that it can be reused.
    pub(crate) fn clear(&mut self) -> HeaderMap {
        self.method = Method::GET;
        self.uri = Uri::default();
        self.peer = None;
        self.client = None;
        self.route = None;
        self.captures = Captures::default();
        self.decoded.clear();
        std::mem::take(&mut self.headers)
    }
}

/// Returns the URI with another query, which is part of a query of a request.
fn with_query(uri: &Uri, query: &str) -> Uri {
    let mut parts = uri.clone().into_parts();
    let path = uri.path();
    let target = match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{query}"),
    };
    if let Ok(target) = target.parse() {
        parts.path_and_query = Some(target);
    }
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

/// Returns whether every `%` begins an escape. The decoder itself accepts a `%` without digits.
fn escapes_are_whole(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    (0..bytes.len()).all(|at| bytes[at] != b'%' || digit(at + 1) && digit(at + 2))
}
