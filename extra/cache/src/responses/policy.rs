//! The rules of RFC 9111 and RFC 5861 about a response.

use std::time::{Duration, SystemTime};

use highball::http::{HeaderMap, HeaderName, StatusCode, header};

use crate::entry::Terms;

/// The use of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is stored for this time, and returned to all that wait for it.
    Store(Times),
    /// It is returned to all that wait for it, and not stored.
    Share,
    /// It is a failure: those that wait get an older response, or this one.
    Failed,
    /// It is for the one request that it was computed for.
    Own,
}

/// How long a response is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) fresh: Duration,
    pub(crate) stale: Duration,
    pub(crate) on_error: Duration,
}

impl Times {
    pub(crate) const NONE: Self = Self {
        fresh: Duration::ZERO,
        stale: Duration::ZERO,
        on_error: Duration::ZERO,
    };
}

impl From<Times> for Terms {
    fn from(times: Times) -> Self {
        Self {
            fresh: times.fresh,
            stale: times.stale,
            on_error: times.on_error,
        }
    }
}

/// The options of a route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy<'a> {
    pub(crate) times: Times,
    /// How long a 404 or a 410 is fresh.
    pub(crate) missing: Duration,
    /// Whether the key has the client.
    pub(crate) is_keyed: bool,
    /// The headers in the key, in lower case.
    pub(crate) headers: &'a [HeaderName],
}

impl Policy<'_> {
    /// Decides about a response. `now` is the time to compare `Expires` with, if it has no `Date`.
    pub(crate) fn judge(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        now: SystemTime,
    ) -> Verdict {
        let control = CacheControl::of(headers);
        if status.is_informational() || self.is_own(status, headers, &control) {
            return Verdict::Own;
        }
        if status.is_server_error() {
            return Verdict::Failed;
        }
        let explicit = control.lifetime(headers, now, self.is_keyed);
        let usual = match status.as_u16() {
            200 | 203 | 204 | 300 | 301 | 308 => Some(self.times.fresh),
            404 | 410 => Some(self.missing),
            _ => None,
        };
        let fresh = match (explicit, usual) {
            // It has expired already.
            (Some(Duration::ZERO), _) => return Verdict::Own,
            (Some(explicit), Some(usual)) => explicit.min(usual),
            (Some(explicit), None) => explicit.min(self.times.fresh),
            (None, Some(usual)) => usual,
            (None, None) => return Verdict::Share,
        };
        let fresh = fresh.saturating_sub(Duration::from_secs(age(headers)));
        if fresh.is_zero() {
            return Verdict::Share;
        }
        let (stale, on_error) = match control.must_revalidate {
            true => (Duration::ZERO, Duration::ZERO),
            false => (
                control.stale_while_revalidate.unwrap_or(self.times.stale),
                control.stale_if_error.unwrap_or(self.times.on_error),
            ),
        };
        Verdict::Store(Times {
            fresh,
            stale,
            on_error: on_error.max(stale),
        })
    }

    /// Returns whether a response is for one request only.
    fn is_own(&self, status: StatusCode, headers: &HeaderMap, control: &CacheControl) -> bool {
        control.no_store
            || control.no_cache
            || (control.private && !self.is_keyed)
            || headers.contains_key(header::SET_COOKIE)
            || headers.contains_key(header::CONTENT_RANGE)
            || matches!(status.as_u16(), 206 | 304)
            || !self.has_headers_of_vary(headers)
    }

    /// Returns whether the key has each header that `Vary` names (RFC 9111 §4.1).
    fn has_headers_of_vary(&self, headers: &HeaderMap) -> bool {
        headers.get_all(header::VARY).iter().all(|value| {
            let Ok(value) = value.to_str() else {
                return false;
            };
            let names = value
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            names.into_iter().all(|name| {
                self.headers
                    .iter()
                    .any(|own| own.as_str().eq_ignore_ascii_case(name))
            })
        })
    }
}

/// Returns the value of `Age` in seconds (RFC 9111 §5.1).
pub(crate) fn age(headers: &HeaderMap) -> u64 {
    let value = headers
        .get(header::AGE)
        .and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(0)
}

/// The directives of `Cache-Control` that matter to a shared cache (RFC 9111 §5.2.2).
#[derive(Debug, Default)]
struct CacheControl {
    no_store: bool,
    no_cache: bool,
    private: bool,
    must_revalidate: bool,
    max_age: Option<Duration>,
    s_maxage: Option<Duration>,
    stale_while_revalidate: Option<Duration>,
    stale_if_error: Option<Duration>,
}

impl CacheControl {
    fn of(headers: &HeaderMap) -> Self {
        let mut all = Self::default();
        for value in headers.get_all(header::CACHE_CONTROL) {
            match value.to_str() {
                Ok(value) => directives(value).for_each(|(name, value)| all.add(name, value)),
                // A line that cannot be read may forbid to store it.
                Err(_) => all.no_store = true,
            }
        }
        all
    }

    fn add(&mut self, name: &str, value: Option<&str>) {
        match name.to_ascii_lowercase().as_str() {
            "no-store" => self.no_store = true,
            "no-cache" => self.no_cache = true,
            "private" => self.private = true,
            "must-revalidate" | "proxy-revalidate" => self.must_revalidate = true,
            "max-age" => add_time(&mut self.max_age, value),
            "s-maxage" => {
                add_time(&mut self.s_maxage, value);
                // RFC 9111 §5.2.2.10.
                self.must_revalidate = true;
            }
            "stale-while-revalidate" => add_time(&mut self.stale_while_revalidate, value),
            "stale-if-error" => add_time(&mut self.stale_if_error, value),
            _ => {}
        }
    }

    /// Returns the lifetime that the response states (RFC 9111 §4.2.1).
    fn lifetime(&self, headers: &HeaderMap, now: SystemTime, is_keyed: bool) -> Option<Duration> {
        let shared = self.s_maxage.filter(|_| !is_keyed);
        if let Some(time) = shared.or(self.max_age) {
            return Some(time);
        }
        if !headers.contains_key(header::EXPIRES) {
            return None;
        }
        let date = |name| {
            let value = headers.get(name)?.to_str().ok()?;
            httpdate::parse_http_date(value).ok()
        };
        // An invalid date means that it has expired (RFC 9111 §5.3).
        let Some(expires) = date(header::EXPIRES) else {
            return Some(Duration::ZERO);
        };
        let from = date(header::DATE).unwrap_or(now);
        Some(expires.duration_since(from).unwrap_or_default())
    }
}

/// Keeps the shortest time, if a directive is there twice. An invalid one is zero (RFC 9111 §4.2.1).
fn add_time(time: &mut Option<Duration>, value: Option<&str>) {
    let new = seconds(value.unwrap_or_default());
    *time = Some(time.map_or(new, |old| old.min(new)));
}

/// Returns a number of seconds. One that is too large is the largest (RFC 9111 §1.2.2), and an invalid one is zero.
fn seconds(text: &str) -> Duration {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let most = 1 << 31;
    Duration::from_secs(match is_number {
        true => text.parse().unwrap_or(most).min(most),
        false => 0,
    })
}

/// Returns the directives of a `Cache-Control` and their values, without quotes.
fn directives(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return None;
        }
        let mut is_quoted = false;
        let end = rest.find(|letter| {
            is_quoted ^= letter == '"';
            letter == ',' && !is_quoted
        });
        let (one, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        let (name, value) = match one.split_once('=') {
            Some((name, value)) => (name, Some(value.trim().trim_matches('"'))),
            None => (one, None),
        };
        Some((name.trim(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read() {
        let all = |text| directives(text).collect::<Vec<_>>();
        assert_eq!(
            all(" public , max-age=\"60\",private=\"a, b\",, no-store"),
            [
                ("public", None),
                ("max-age", Some("60")),
                ("private", Some("a, b")),
                ("no-store", None)
            ]
        );
        assert!(all("").is_empty());
    }

    #[test]
    fn invalid_times_are_zero_and_large_ones_stay_large() {
        for invalid in ["", "-1", "1.5", "60s", "+1", " 1"] {
            assert_eq!(seconds(invalid), Duration::ZERO, "{invalid}");
        }
        assert_eq!(
            seconds("99999999999999999999"),
            Duration::from_secs(1 << 31)
        );
    }
}
