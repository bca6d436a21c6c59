//! Request ids and traces.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::BuildHasher,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use highball_macros::{Local, middleware};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{chain::Next, header_value, request::Context, response::Response, routes::Answers};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The maximum length of an id that is taken from the request.
const MAX_ID_LEN: usize = 128;

/// A middleware that gives each request an id and a trace.
///
/// It provides a [`Trace`] as a local, adds the notes `request_id` and `trace_id` for the log, and sets `X-Request-Id`
/// on the response.
///
/// An `X-Request-Id` of the request is kept if it has up to 128 letters, digits and `-_.:/+=@`. Otherwise the id is
/// that of the trace. A valid `traceparent` ([W3C Trace Context](https://www.w3.org/TR/trace-context/)) is continued
/// with a new span. Otherwise the request begins a new trace. Ids are unique but not secret, so never use one for
/// authorization.
///
/// # Examples
/// ```
/// use highball::{middleware::{Trace, request_id}, prelude::*};
///
/// #[get("/")]
/// async fn home(trace: Local<'_, Trace>) -> String {
///     // For calls to other services: `.header("traceparent", trace.parent())`
///     format!("your request is {}", trace.id())
/// }
///
/// #[routes(app, with(request_id))]
/// struct Api(home);
///
/// # highball::block_on(async {
/// let id = header::HeaderName::from_static("x-request-id");
/// let response = Api.test().get("/").header(id.clone(), "abc-7").send().await;
/// assert_eq!(response.header(id), "abc-7");
/// # });
/// ```
#[middleware(facts = crate::routes::header_facts!("x-request-id", "traceparent"), answers = Answers::NONE, crate = crate)]
pub async fn request_id(cx: &mut Context<'_>, next: impl Next<Trace>) -> Response {
    let trace = Trace::from_headers(cx.headers());
    if trace.id.is_some() {
        cx.note("request_id", trace.id());
    }
    cx.note("trace_id", trace.trace_id());
    let id = HeaderValue::from_str(trace.id());
    let mut response = next.with(trace).run(cx).await;
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The trace and the id of a request. [`request_id`](fn@request_id) provides it as a local.
///
/// # Examples
/// ```
/// use highball::{middleware::{Trace, request_id}, prelude::*};
///
/// #[get("/")]
/// async fn home(trace: Local<'_, Trace>) -> String {
///     format!("{} in {}", trace.span_id(), trace.trace_id())
/// }
///
/// #[routes(app, with(request_id))]
/// struct Api(home);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/").send().await.text().len(), 16 + 4 + 32);
/// # });
/// ```
#[derive(Debug, Clone, Local)]
#[local(provided_by = "highball::middleware::request_id")]
#[highball(crate = crate)]
pub struct Trace {
    /// The id from the request, if it has a valid one.
    id: Option<Box<str>>,
    trace: Hex<32>,
    span: Hex<16>,
    flags: u8,
}

/// The hexadecimal digits of a number.
#[derive(Clone, Copy)]
struct Hex<const N: usize>([u8; N]);

impl Trace {
    fn from_headers(headers: &HeaderMap) -> Self {
        let parent = only(headers, &TRACEPARENT).and_then(parse_traceparent);
        let (trace, flags) = parent.unwrap_or_else(|| (Hex::random(), 0));
        let id = only(headers, &REQUEST_ID).filter(|id| is_id(id));
        Self {
            id: id.map(Box::from),
            trace,
            span: Hex::random(),
            flags,
        }
    }

    /// Returns the id of the request: the one that it came with, or the id of its trace.
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(self.trace_id())
    }

    /// Returns the id of the trace, 32 hexadecimal digits.
    pub fn trace_id(&self) -> &str {
        self.trace.text()
    }

    /// Returns the id of this request's span, 16 hexadecimal digits.
    pub fn span_id(&self) -> &str {
        self.span.text()
    }

    /// Returns whether the caller records the trace.
    pub fn is_sampled(&self) -> bool {
        self.flags & 1 == 1
    }

    /// Returns the value of `traceparent` for requests to other services.
    pub fn parent(&self) -> HeaderValue {
        let (trace, span) = (self.trace_id(), self.span_id());
        let text = format!("00-{trace}-{span}-{:02x}", self.flags);
        // The text has only digits and dashes, so this cannot fail.
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl<const N: usize> Hex<N> {
    /// Parses digits. All zeros are not valid.
    fn parse(text: &str) -> Option<Self> {
        let digits: [u8; N] = text.as_bytes().try_into().ok()?;
        let known = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        let is_some = digits.iter().any(|digit| *digit != b'0');
        (digits.iter().all(known) && is_some).then_some(Self(digits))
    }

    /// Returns a number that no other request has.
    fn random() -> Self {
        let mut digits = [b'0'; N];
        for chunk in digits.chunks_mut(16) {
            let mut number = random();
            for digit in chunk.iter_mut().rev() {
                *digit = b"0123456789abcdef"[(number & 15) as usize];
                number >>= 4;
            }
        }
        // All zeros are not a valid id. They occur once in 2^64 numbers.
        digits[N - 1] = digits[N - 1].max(b'1');
        Self(digits)
    }

    fn text(&self) -> &str {
        // Digits are ASCII, so this cannot fail.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Returns a number that cannot be predicted from earlier ones: a SipHash with a random key of the process.
fn random() -> u64 {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let key = KEY.get_or_init(RandomState::new);
    key.hash_one(COUNT.fetch_add(1, Relaxed))
}

/// Returns the value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    header_value::text(header_value::only(headers, name)?)
}

/// Parses a `traceparent` (W3C Trace Context §3.2). Additions of later versions are ignored.
fn parse_traceparent(text: &str) -> Option<(Hex<32>, u8)> {
    let mut fields = text.split('-');
    let version = fields.next().filter(|version| is_hex_pair(version))?;
    let trace = Hex::parse(fields.next()?)?;
    let _span: Hex<16> = Hex::parse(fields.next()?)?;
    let flags = fields.next().filter(|flags| is_hex_pair(flags))?;
    let well_formed = match version {
        "ff" => false,
        "00" => fields.next().is_none(),
        _ => true,
    };
    let flags = u8::from_str_radix(flags, 16).ok()?;
    // Version 0 has one flag. Flags of later versions must not be sent.
    well_formed.then_some((trace, flags & 1))
}

fn is_hex_pair(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_id(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
    (1..=MAX_ID_LEN).contains(&text.len()) && text.bytes().all(known)
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn check(text: &str, expected: Option<(&str, u8)>) {
        let got = parse_traceparent(text);
        let got = got.as_ref().map(|(trace, flags)| (trace.text(), *flags));
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn only_valid_traceparent_is_continued() {
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        check(&format!("00-{trace}-{span}-01"), Some((trace, 1)));
        check(&format!("00-{trace}-{span}-00"), Some((trace, 0)));
        check(&format!("00-{trace}-{span}-03"), Some((trace, 1)));
        check(&format!("cc-{trace}-{span}-01-later"), Some((trace, 1)));
        check(&format!("00-{trace}-{span}-01-later"), None);
        check(&format!("ff-{trace}-{span}-01"), None);
        check(&format!("0-{trace}-{span}-01"), None);
        check(&format!("00-{trace}-{span}"), None);
        check(&format!("00-{trace}-{span}-1"), None);
        check(&format!("00-{}-{span}-01", trace.to_uppercase()), None);
        check(&format!("00-{}-{span}-01", "0".repeat(32)), None);
        check(&format!("00-{trace}-{}-01", "0".repeat(16)), None);
        check(&format!("00-{}-{span}-01", &trace[1..]), None);
        check("", None);
    }

    #[test]
    fn ids_are_unique() {
        let ids: HashSet<_> = (0..10_000).map(|_| Hex::<32>::random().0).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.iter().all(u8::is_ascii_hexdigit)));
    }
}
