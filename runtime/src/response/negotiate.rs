//! Content negotiation: the content type that a client prefers (RFC 9110 §12.5.1).

use http::{HeaderMap, StatusCode, header};

use super::{IntoResponse, Response};
use crate::{
    header_value::{Parameters, elements, joined, lines, quality},
    response::rejection::Rejection,
};

/// An extractor for the `Accept` header, which chooses among content types.
///
/// The weight of a content type is that of the most specific range that matches it. The offer with the highest weight
/// is chosen, and of equal weights the first offer. Without an `Accept` header the first offer is chosen. If no offer
/// is acceptable, the response is 406. The response has `Vary: accept`.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::{Accept, Html}};
///
/// #[get("/book")]
/// async fn book(accept: Accept) -> Response {
///     let title = "Rust";
///     accept
///         .offer("application/json", || Json(json!({ "title": title })))
///         .offer("text/html", || Html(format!("<h1>{title}</h1>")))
///         .answer()
/// }
///
/// #[routes(app)]
/// struct Api(book);
///
/// # highball::block_on(async {
/// let request = Api.test().get("/book").header(header::ACCEPT, "text/*, application/json;q=0.5");
/// assert_eq!(request.send().await.text(), "<h1>Rust</h1>");
/// let request = Api.test().get("/book").header(header::ACCEPT, "image/png");
/// assert_eq!(request.send().await.status(), 406);
/// # });
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Accept {
    ranges: Vec<Range>,
}

/// The number of ranges that are read. A client could send many, and each costs work for each offer.
const MAX_RANGES: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    /// In lower case, or `*` for every type.
    kind: String,
    subtype: String,
    /// The weight, in thousandths.
    weight: u16,
}

impl Accept {
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let value = joined(lines(headers, header::ACCEPT)).unwrap_or_default();
        let ranges = elements(&value).filter_map(Range::parse);
        Self {
            ranges: ranges.take(MAX_RANGES).collect(),
        }
    }

    /// Offers a response with this content type. The closure runs only if the offer is chosen.
    pub fn offer<R: IntoResponse>(
        self,
        content_type: &str,
        make: impl FnOnce() -> R,
    ) -> Offers<impl FnOnce() -> Response> {
        let offers = Offers {
            weight: 0,
            accept: self,
            chosen: None::<fn() -> Response>,
        };
        offers.offer(content_type, make)
    }

    /// Returns the weight of a type in thousandths. 0 means that it is not acceptable.
    fn weight(&self, content_type: &str) -> u16 {
        if self.ranges.is_empty() {
            return 1000;
        }
        let (kind, subtype) = content_type.split_once('/').unwrap_or((content_type, ""));
        let matching = self
            .ranges
            .iter()
            .filter(|range| range.matches(kind, subtype));
        // `max_by_key` returns the last of equally specific ranges. Reversed, that is the first.
        let best = matching.rev().max_by_key(|range| range.specificity());
        best.map_or(0, |range| range.weight)
    }
}

impl Range {
    fn parse(element: &[u8]) -> Option<Self> {
        let (range, parameters) = Parameters::parse(element);
        let (kind, subtype) = std::str::from_utf8(range).ok()?.split_once('/')?;
        let weight = match parameters.get("q") {
            Some(weight) => quality(&weight)?,
            None => 1000,
        };
        Some(Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            weight,
        })
    }

    fn matches(&self, kind: &str, subtype: &str) -> bool {
        let is = |range: &str, own: &str| range == "*" || range.eq_ignore_ascii_case(own);
        is(&self.kind, kind) && is(&self.subtype, subtype)
    }

    fn specificity(&self) -> u8 {
        u8::from(self.kind != "*") + u8::from(self.subtype != "*")
    }
}

/// The offers of a negotiation, with the best one so far. [`Accept::offer`] returns it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::{Accept, Offers}};
///
/// /// Offers JSON and text.
/// fn formats(accept: Accept) -> Offers<impl FnOnce() -> Response> {
///     let offers = accept.offer("application/json", || Json(json!({ "up": true })));
///     offers.offer("text/plain", || "up")
/// }
///
/// #[get("/status")]
/// async fn status(accept: Accept) -> Response {
///     formats(accept).answer()
/// }
///
/// #[routes(app)]
/// struct Api(status);
///
/// # highball::block_on(async {
/// let request = Api.test().get("/status").header(header::ACCEPT, "text/plain");
/// assert_eq!(request.send().await.text(), "up");
/// # });
/// ```
#[must_use]
pub struct Offers<F> {
    accept: Accept,
    weight: u16,
    chosen: Option<F>,
}

impl<F: FnOnce() -> Response> Offers<F> {
    /// Offers a response with this content type. The closure runs only if the offer is chosen.
    pub fn offer<R: IntoResponse>(
        self,
        content_type: &str,
        make: impl FnOnce() -> R,
    ) -> Offers<impl FnOnce() -> Response> {
        let weight = self.accept.weight(content_type);
        let is_better = weight > self.weight;
        let (earlier, later) = match is_better {
            true => (None, Some(make)),
            false => (self.chosen, None),
        };
        let has_any = earlier.is_some() || later.is_some();
        let chosen = move || match (earlier, later) {
            (_, Some(make)) => make().into_response(),
            (Some(earlier), None) => earlier(),
            (None, None) => not_acceptable(),
        };
        Offers {
            accept: self.accept,
            weight: self.weight.max(weight),
            chosen: has_any.then_some(chosen),
        }
    }

    /// Returns the response that the client prefers, or 406.
    pub fn answer(self) -> Response {
        let mut response = match self.chosen {
            Some(make) => make(),
            None => not_acceptable(),
        };
        let vary = http::HeaderValue::from_static("accept");
        response.headers_mut().append(header::VARY, vary);
        response
    }
}

fn not_acceptable() -> Response {
    let detail = "none of the available content types is acceptable";
    Rejection::new(StatusCode::NOT_ACCEPTABLE, detail).into_response()
}

impl<F> std::fmt::Debug for Offers<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offers")
            .field("accept", &self.accept)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: &str) {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, accept.parse().expect("a value"));
        }
        let response = Accept::from_headers(&headers)
            .offer("application/json", || "json")
            .offer("text/html", || "html")
            .offer("text/plain", || "plain")
            .answer();
        let body = response.body().whole().unwrap_or_default().to_vec();
        let got = match response.status().as_u16() {
            406 => "406",
            _ => std::str::from_utf8(&body).expect("text"),
        };
        assert_eq!(got, expected, "{accept}");
    }

    #[test]
    fn highest_weight_wins_then_the_first_offer() {
        check("", "json");
        check("*/*", "json");
        check("text/html", "html");
        check("TEXT/HTML", "html");
        check("text/*", "html");
        check("text/plain, text/html", "html");
        check("text/plain, text/html;q=0.9", "plain");
        check("application/json;q=0.5, text/*;q=0.7", "html");
        check("text/*, text/html;q=0.1", "plain");
        check("*/*;q=0.1, text/plain;q=0.2", "plain");
        check("*/*, application/json;q=0", "html");
        check("application/json;q=0", "406");
        check("image/png", "406");
        check("text/html;level=1;q=0.3, application/json;q=0.2", "html");
        check("text/html;q=2, application/json;q=0.1", "json");
        check("text/html;q=0.0001, application/json;q=0.1", "json");
        check("text/html;q=x", "json");
        check("nonsense", "json");
        check("text/html;q=1.000, application/json;q=0.999", "html");
        check(
            "text/html;x=\"a, text/plain;q=0.1\", application/json;q=0.5",
            "html",
        );
        check("image/\u{f6}, text/html", "html");
        check("text/html;x=\u{f6}, application/json;q=0.5", "html");
    }
}
