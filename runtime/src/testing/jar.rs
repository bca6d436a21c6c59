//! The cookies that a session keeps.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};

/// The cookies of one origin.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    cookies: Vec<StoredCookie>,
}

#[derive(Debug)]
struct StoredCookie {
    name: Vec<u8>,
    value: Vec<u8>,
    path: Vec<u8>,
    ends: Option<SystemTime>,
}

impl Jar {
    /// Keeps what an answer to a request for `path` sets, and drops what it removes.
    pub(crate) fn keep(&mut self, path: &str, headers: &HeaderMap) {
        let now = SystemTime::now();
        for line in headers.get_all(header::SET_COOKIE) {
            let Some(cookie) = StoredCookie::read(line.as_bytes(), path.as_bytes(), now) else {
                continue;
            };
            self.cookies
                .retain(|kept| kept.name != cookie.name || kept.path != cookie.path);
            if cookie.lives(now) {
                self.cookies.push(cookie);
            }
        }
    }

    /// Adds the cookies for `path` to those that the request has; of one name, the request's own wins.
    pub(crate) fn give(&self, path: &str, headers: &mut HeaderMap) {
        let now = SystemTime::now();
        let own = headers
            .get(header::COOKIE)
            .map(|own| own.as_bytes().to_vec());
        let own = own.unwrap_or_default();
        let mut cookies: Vec<&StoredCookie> = self
            .cookies
            .iter()
            .filter(|kept| kept.lives(now) && within(path.as_bytes(), &kept.path))
            .filter(|kept| {
                !own.split(|&byte| byte == b';')
                    .any(|pair| split(pair, b'=').0 == kept.name)
            })
            .collect();
        // Longer paths come first, as in RFC 6265, 5.4.
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
    /// Reads a `Set-Cookie`, as RFC 6265, 5.2 and 5.3, has it.
    fn read(line: &[u8], path: &[u8], now: SystemTime) -> Option<Self> {
        let mut parts = line.split(|&byte| byte == b';');
        let (name, value) = split(parts.next()?, b'=');
        if name.is_empty() {
            return None;
        }
        let mut cookie = Self {
            name: name.to_vec(),
            value: value.to_vec(),
            path: folder(path).to_vec(),
            ends: None,
        };
        let mut age = None;
        for part in parts {
            let (name, value) = split(part, b'=');
            if name.eq_ignore_ascii_case(b"path") {
                let path = if value.starts_with(b"/") {
                    value
                } else {
                    folder(path)
                };
                cookie.path = path.to_vec();
            } else if name.eq_ignore_ascii_case(b"max-age") {
                age = ends_after(value, now).or(age);
            } else if name.eq_ignore_ascii_case(b"expires") {
                let date = std::str::from_utf8(value).ok();
                let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
                cookie.ends = date.or(cookie.ends);
            }
        }
        cookie.ends = age.or(cookie.ends);
        Some(cookie)
    }

    fn lives(&self, now: SystemTime) -> bool {
        self.ends.is_none_or(|ends| ends > now)
    }
}

/// Returns when a `Max-Age` ends, or nothing where it is no number.
fn ends_after(value: &[u8], now: SystemTime) -> Option<SystemTime> {
    let seconds = std::str::from_utf8(value).ok()?.parse::<i64>().ok()?;
    let seconds = u64::try_from(seconds).unwrap_or(0).min(400 * 24 * 60 * 60);
    now.checked_add(Duration::from_secs(seconds))
}

/// Splits at the first separator, and trims both sides.
fn split(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    let end = memchr::memchr(at, text).unwrap_or(text.len());
    let value = text.get(end + 1..).unwrap_or_default();
    (text[..end].trim_ascii(), value.trim_ascii())
}

/// Returns the path that a cookie without one gets: that of the request, up to its last `/`.
fn folder(path: &[u8]) -> &[u8] {
    match memchr::memrchr(b'/', path) {
        None | Some(0) => b"/",
        Some(end) => &path[..end],
    }
}

/// Tells whether a request's path is the cookie's or lies within it.
fn within(path: &[u8], cookie: &[u8]) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with(b"/") || rest.starts_with(b"/"))
}
