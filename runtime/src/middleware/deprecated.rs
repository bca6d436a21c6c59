//! `Deprecated`, which announces the end of routes in headers.

use std::time::{Duration, UNIX_EPOCH};

use highball_macros::middleware;
use http::{HeaderName, HeaderValue, header};
use httpdate::fmt_http_date;

use crate::{chain::Next, extract::Facts, request::Context, response::Response, routes::Answers};

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// A middleware that announces in headers that routes are deprecated, for clients and the tools of their authors.
///
/// It adds `Deprecation` (RFC 9745) and, if they are set, `Sunset` (RFC 8594) and a `Link` to a page about it. The
/// routes are marked as deprecated in an OpenAPI document. A date that does not exist is a compile error.
///
/// # Examples
/// ```
/// use highball::{middleware::Deprecated, prelude::*};
///
/// #[get("/orders")]
/// async fn orders() -> &'static str {
///     "orders"
/// }
///
/// const V1_ENDS: Deprecated =
///     Deprecated::since("2026-11-01").sunset("2027-05-01").link("https://shop.example/v2");
///
/// #[routes("/v1", with(Deprecated::since("2026-11-01").sunset("2027-05-01")))]
/// struct V1(orders);
///
/// #[routes(app)]
/// struct Api(V1);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/v1/orders").send().await;
/// assert_eq!(response.header("deprecation"), "@1793491200");
/// assert_eq!(response.header("sunset"), "Sat, 01 May 2027 00:00:00 GMT");
/// # let _ = V1_ENDS;
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Deprecated {
    /// In seconds since 1970.
    since: u64,
    sunset: Option<u64>,
    link: Option<&'static str>,
}

impl Deprecated {
    /// Sets the day since which the routes are deprecated, `2026-11-01`. It may be in the future.
    ///
    /// # Panics
    /// Panics if the text is not a day after 1969. In `with(..)` and in a constant that is a compile error.
    pub const fn since(day: &'static str) -> Self {
        Self {
            since: seconds(day),
            sunset: None,
            link: None,
        }
    }

    /// Sets the day on which the routes are expected to end.
    ///
    /// # Panics
    /// Panics like [`since`](Self::since).
    pub const fn sunset(mut self, day: &'static str) -> Self {
        self.sunset = Some(seconds(day));
        self
    }

    /// Sets the URL of a page about the deprecation.
    pub const fn link(mut self, url: &'static str) -> Self {
        self.link = Some(url);
        self
    }
}

#[middleware(facts = Facts::NONE, answers = Answers::NONE, crate = crate)]
impl Deprecated {
    async fn announce(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let mut response = next.run(cx).await;
        response.set_header(DEPRECATION, format!("@{}", self.since));
        if let Some(sunset) = self.sunset {
            let date = UNIX_EPOCH + Duration::from_secs(sunset);
            response.set_header(SUNSET, fmt_http_date(date));
        }
        if let Some(link) = self.link
            && let Ok(value) = HeaderValue::try_from(format!("<{link}>; rel=\"deprecation\""))
        {
            response.append_header(header::LINK, value);
        }
        response
    }
}

/// Returns the seconds from 1970 to the start of a day, `2026-11-01`, in UTC.
const fn seconds(day: &str) -> u64 {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = day.as_bytes() else {
        panic!("write the day as `2026-11-01`");
    };
    let year = number(&[*y0, *y1, *y2, *y3]);
    let (month, day) = (number(&[*m0, *m1]), number(&[*d0, *d1]));
    assert!(year >= 1970, "write a day after 1969");
    assert!(month >= 1 && month <= 12, "write a month from 01 to 12");
    assert!(
        day >= 1 && day <= days_of(year, month),
        "the month does not have this day"
    );
    let (mut days, mut other) = (day - 1, 1970);
    while other < year {
        days += if is_leap(other) { 366 } else { 365 };
        other += 1;
    }
    let mut earlier = 1;
    while earlier < month {
        days += days_of(year, earlier);
        earlier += 1;
    }
    days * 24 * 60 * 60
}

const fn number(digits: &[u8]) -> u64 {
    let (mut number, mut rest) = (0, digits);
    while let [digit, others @ ..] = rest {
        assert!(digit.is_ascii_digit(), "write the day as `2026-11-01`");
        number = number * 10 + (*digit - b'0') as u64;
        rest = others;
    }
    number
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_http_dates() {
        for (day, date) in [
            ("1970-01-01", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("2000-02-29", "Tue, 29 Feb 2000 00:00:00 GMT"),
            ("2024-12-31", "Tue, 31 Dec 2024 00:00:00 GMT"),
            ("2100-03-01", "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds(day));
            assert_eq!(fmt_http_date(time), date);
        }
    }

    #[test]
    fn days_that_do_not_exist_are_rejected() {
        for day in [
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-10",
            "1969-12-31",
            "26-1-1",
            "2026-11-0x",
        ] {
            assert!(std::panic::catch_unwind(|| seconds(day)).is_err(), "{day}");
        }
    }
}
