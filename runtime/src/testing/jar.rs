//! The cookies that a test session stores.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};

/// The stored cookies of one origin.
///
/// It does not use the `cookie` crate, so that a session has cookies without the feature `cookies`.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    cookies: Vec<StoredCookie>,
}

#[derive(Debug)]
struct StoredCookie {
    name: Vec<u8>,
    value: Vec<u8>,
    path: Vec<u8>,
    /// When the cookie expires; without a time it lives as long as the session.
    expires: Option<SystemTime>,
}

impl Jar {
    /// Stores the cookies that a response to a request for `path` sets, and removes those that have expired.
    pub(crate) fn store(&mut self, path: &str, headers: &HeaderMap, now: SystemTime) {
        for line in headers.get_all(header::SET_COOKIE) {
            let Some(cookie) = StoredCookie::parse(line.as_bytes(), path.as_bytes(), now) else {
                continue;
            };
            self.cookies
                .retain(|kept| kept.name != cookie.name || kept.path != cookie.path);
            if cookie.is_alive(now) {
                self.cookies.push(cookie);
            }
        }
    }

    /// Adds the stored cookies for `path` to the headers of a request. A cookie of the request wins over a stored one
    /// of the same name.
    pub(crate) fn add_cookies(&self, path: &str, headers: &mut HeaderMap, now: SystemTime) {
        let own = headers
            .get(header::COOKIE)
            .map(|own| own.as_bytes().to_vec());
        let own = own.unwrap_or_default();
        let mut cookies: Vec<&StoredCookie> = self
            .cookies
            .iter()
            .filter(|kept| kept.is_alive(now) && path_matches(path.as_bytes(), &kept.path))
            .filter(|kept| {
                !own.split(|&byte| byte == b';')
                    .any(|pair| split(pair, b'=').0 == kept.name)
            })
            .collect();
        // Cookies with longer paths come first (RFC 6265 §5.4).
        cookies.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        let pairs = cookies
            .iter()
            .map(|kept| [&kept.name[..], b"=", &kept.value].concat());
        let own = (!own.is_empty()).then_some(own);
        let pairs: Vec<Vec<u8>> = own.into_iter().chain(pairs).collect();
        if let Ok(value) = HeaderValue::from_bytes(&pairs.join(&b"; "[..]))
            && !pairs.is_empty()
        {
            headers.insert(header::COOKIE, value);
        }
    }
}

impl StoredCookie {
    /// Parses the value of a `Set-Cookie` header (RFC 6265 §5.2, §5.3).
    fn parse(line: &[u8], path: &[u8], now: SystemTime) -> Option<Self> {
        let mut parts = line.split(|&byte| byte == b';');
        let (name, value) = split(parts.next()?, b'=');
        if name.is_empty() {
            return None;
        }
        let mut cookie = Self {
            name: name.to_vec(),
            value: value.to_vec(),
            path: default_path(path).to_vec(),
            expires: None,
        };
        // `Max-Age` has precedence over `Expires`, in either order.
        let mut max_age = None;
        for part in parts {
            let (name, value) = split(part, b'=');
            if name.eq_ignore_ascii_case(b"path") {
                let path = if value.starts_with(b"/") {
                    value
                } else {
                    default_path(path)
                };
                cookie.path = path.to_vec();
            } else if name.eq_ignore_ascii_case(b"max-age") {
                max_age = expiry_of_max_age(value, now).or(max_age);
            } else if name.eq_ignore_ascii_case(b"expires") {
                let date = std::str::from_utf8(value).ok();
                let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
                cookie.expires = date.or(cookie.expires);
            }
        }
        cookie.expires = max_age.or(cookie.expires);
        Some(cookie)
    }

    fn is_alive(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|expires| expires > now)
    }
}

/// Returns the time at which a cookie with this `Max-Age` expires, or `None` if the value is not a number.
///
/// The age is capped at 400 days, as in browsers, so that a large one does not overflow the clock.
fn expiry_of_max_age(value: &[u8], now: SystemTime) -> Option<SystemTime> {
    let seconds = std::str::from_utf8(value).ok()?.parse::<i64>().ok()?;
    let seconds = u64::try_from(seconds).unwrap_or(0).min(400 * 24 * 60 * 60);
    now.checked_add(Duration::from_secs(seconds))
}

/// Splits a text at the first separator and trims both parts. Without a separator the second part is empty.
fn split(text: &[u8], separator: u8) -> (&[u8], &[u8]) {
    let end = memchr::memchr(separator, text).unwrap_or(text.len());
    let value = text.get(end + 1..).unwrap_or_default();
    (text[..end].trim_ascii(), value.trim_ascii())
}

/// Returns the path of a cookie that sets none: the path of the request up to its last `/` (RFC 6265 §5.1.4).
fn default_path(path: &[u8]) -> &[u8] {
    match memchr::memrchr(b'/', path) {
        None | Some(0) => b"/",
        Some(end) => &path[..end],
    }
}

/// Returns whether a cookie with this path is sent with a request for `path` (RFC 6265 §5.1.4).
fn path_matches(path: &[u8], cookie: &[u8]) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with(b"/") || rest.starts_with(b"/"))
}
