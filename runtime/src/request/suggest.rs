//! The 404 for a path without a route. In debug builds it suggests the pattern that may have been meant.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::{request::context::Context, response::Rejection, routes::Route};

pub(crate) fn missing(cx: &Context<'_>) -> Rejection {
    let mut detail = format!("no route matches `{}`", cx.path());
    if cfg!(debug_assertions) {
        // Patterns are written without escapes, so the path is compared without them.
        let path = percent_decode_str(cx.path()).decode_utf8_lossy();
        if let Some(meant) = nearest(&path, cx.method(), cx.head().routes) {
            detail.push_str(&format!("; did you mean `{meant}`?"));
        }
    }
    Rejection::new(StatusCode::NOT_FOUND, detail)
}

/// Returns the pattern that is nearest to the path, if one is near. If it does not allow the request's method, a
/// method of its route is before it.
fn nearest(path: &str, method: &Method, routes: &[Route]) -> Option<String> {
    let patterns = routes.iter().map(|route| {
        let allows = allows(route.methods(), method);
        (route.path(), allows)
    });
    let (pattern, allows) = best(path, patterns)?;
    if allows {
        return Some(pattern.to_owned());
    }
    let mut others = routes.iter().filter(|route| route.path() == pattern);
    let other = others.find_map(|route| route.methods().next())?;
    Some(format!("{other} {pattern}"))
}

/// Returns whether a route with these methods allows this one. A route without methods allows all.
fn allows(methods: impl Iterator<Item = &'static str>, method: &Method) -> bool {
    let mut methods = methods.peekable();
    methods.peek().is_none()
        || methods.any(|own| own == method.as_str() || own == "GET" && method == Method::HEAD)
}

/// Returns the nearest of the patterns. Each has a flag, whether it allows the method.
fn best(
    path: &str,
    patterns: impl Iterator<Item = (&'static str, bool)>,
) -> Option<(&'static str, bool)> {
    let near = patterns.filter_map(|(pattern, allows)| {
        let slip = Slip::between(path, pattern)?;
        Some(((slip, !allows), pattern, allows))
    });
    let (_, pattern, allows) = near.min_by_key(|(rank, ..)| *rank)?;
    Some((pattern, allows))
}

/// A mistake in a path, the most likely one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slip {
    /// There is a slash too many or too few.
    Slash,
    /// Letters have another case.
    Case,
    /// The prefix of a group is missing. The number is that of its segments.
    NoPrefix(usize),
    /// The path is misspelled. The number is the distance.
    Spelling(usize),
    /// There are segments too many at the start. The number is that of the segments.
    Prefix(usize),
}

impl Slip {
    /// Returns the mistake that turns the pattern into the path, if it is a likely one.
    fn between(path: &str, pattern: &str) -> Option<Self> {
        let mut buffers = [[""; MOST_SEGMENTS]; 2];
        let [parts, wanted] = &mut buffers;
        let (parts, wanted) = (segments(path, parts)?, segments(pattern, wanted)?);
        if fit(parts, wanted, str::eq) {
            return Some(Self::Slash);
        }
        if fit(parts, wanted, str::eq_ignore_ascii_case) {
            return Some(Self::Case);
        }
        if let Some(more) = wanted.len().checked_sub(parts.len())
            && more > 0
            && is_tail(parts, &wanted[more..])
        {
            return Some(Self::NoPrefix(more));
        }
        let cost = distance(parts, wanted);
        if cost <= 2 + path.len() / 8 {
            return Some(Self::Spelling(cost));
        }
        let more = parts.len().checked_sub(wanted.len())?;
        is_tail(&parts[more..], wanted).then_some(Self::Prefix(more))
    }
}

/// The most segments of a path that are compared.
const MOST_SEGMENTS: usize = 32;

/// Returns the segments of a path or a pattern without the empty ones. Returns `None` if there are too many: the
/// client chooses the path, so the work must have a limit.
fn segments<'p, 'r>(
    path: &'p str,
    buffer: &'r mut [&'p str; MOST_SEGMENTS],
) -> Option<&'r [&'p str]> {
    let mut len = 0;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        *buffer.get_mut(len)? = part;
        len += 1;
    }
    buffer.get(..len)
}

/// Returns whether each segment of a path matches the pattern's, with this comparison of text.
fn fit(parts: &[&str], wanted: &[&str], same: fn(&str, &str) -> bool) -> bool {
    match wanted.split_first() {
        None => parts.is_empty(),
        Some((first, _)) if first.starts_with("{*") => !parts.is_empty(),
        Some((first, wanted)) => parts
            .split_first()
            .is_some_and(|(part, parts)| takes(first, part, same) && fit(parts, wanted, same)),
    }
}

/// Returns whether the segments match the end of a pattern that has text there. A match with parameters alone means
/// nothing, because they match any segment.
fn is_tail(parts: &[&str], wanted: &[&str]) -> bool {
    let is_text = |segment: &&str| !segment.contains('{');
    wanted.iter().any(is_text) && fit(parts, wanted, str::eq_ignore_ascii_case)
}

/// Returns whether a segment of a pattern matches one of a path.
fn takes(wanted: &str, part: &str, same: fn(&str, &str) -> bool) -> bool {
    let Some((before, after)) = affixes(wanted) else {
        return same(wanted, part);
    };
    let end = part.len().saturating_sub(after.len());
    let (Some(start), Some(rest)) = (part.get(..before.len()), part.get(end..)) else {
        return false;
    };
    part.len() > before.len() + after.len() && same(before, start) && same(after, rest)
}

/// Returns the text around the parameter of a pattern's segment, if it has one.
fn affixes(wanted: &str) -> Option<(&str, &str)> {
    let (before, rest) = wanted.split_once('{')?;
    let (_, after) = rest.split_once('}')?;
    Some((before, after))
}

/// Returns the distance of the path from the pattern: the sum over the segments. A parameter matches any segment.
fn distance(parts: &[&str], wanted: &[&str]) -> usize {
    let (mut parts, mut wanted) = (parts.iter(), wanted.iter());
    let mut sum = 0;
    loop {
        sum += match (parts.next(), wanted.next()) {
            (None, None) => return sum,
            (Some(_), Some(wanted)) if wanted.starts_with("{*") => return sum,
            (Some(part), Some(wanted)) if takes(wanted, part, str::eq) => 0,
            (Some(part), Some(wanted)) => match edits(part, wanted) {
                // Segments that have nothing in common are not a misspelling.
                all if all == part.len().max(wanted.len()) => 2 + all,
                some => some,
            },
            // A segment too many or too few is worse than any mistake inside one.
            (Some(part), None) => 2 + part.len().min(8),
            (None, Some(wanted)) if wanted.starts_with('{') => 2,
            (None, Some(wanted)) => 2 + wanted.len().min(8),
        };
    }
}

/// Returns the Levenshtein distance without regard to case. Only the first 64 bytes of both texts count: the client
/// chooses the path, so the work must have a limit.
fn edits(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (a, b) = (&a[..a.len().min(64)], &b[..b.len().min(64)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let same = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = same.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATTERNS: [(&str, bool); 14] = [
        ("/", true),
        ("/links/{code}", true),
        ("/links", true),
        ("/links", false),
        ("/users/{id}", true),
        ("/users", false),
        ("/ping", true),
        ("/files/{*rest}", true),
        ("/api/v1/orders", true),
        ("/api/v1/orders/{id}", true),
        ("/v{major}/status", true),
        ("/report/{name}.csv", true),
        ("/health", true),
        ("/hea1th", false),
    ];

    #[test]
    fn nearest_pattern_is_suggested() {
        for (path, expected) in [
            // A slash too many or too few.
            ("/links/", Some(("/links", true))),
            ("//links", Some(("/links", true))),
            ("/links//abc", Some(("/links/{code}", true))),
            ("/links/abc/", Some(("/links/{code}", true))),
            ("/ping/", Some(("/ping", true))),
            ("/users/", Some(("/users", false))),
            ("/v2/status/", Some(("/v{major}/status", true))),
            // Another case.
            ("/Links", Some(("/links", true))),
            ("/LINKS/abc", Some(("/links/{code}", true))),
            ("/V2/Status", Some(("/v{major}/status", true))),
            ("/report/may.CSV", Some(("/report/{name}.csv", true))),
            // The prefix of a group is missing, in part or as a whole.
            ("/orders", Some(("/api/v1/orders", true))),
            ("/v1/orders", Some(("/api/v1/orders", true))),
            ("/orders/7", Some(("/api/v1/orders/{id}", true))),
            ("/status", Some(("/v{major}/status", true))),
            // There are segments too many at the start.
            ("/api/links", Some(("/links", true))),
            ("/api/v9/links/abc", Some(("/links/{code}", true))),
            // Singular, plural and misspelled.
            ("/link", Some(("/links", true))),
            ("/link/abc", Some(("/links/{code}", true))),
            ("/user/42", Some(("/users/{id}", true))),
            ("/usres", Some(("/users", false))),
            ("/pings", Some(("/ping", true))),
            ("/pong", Some(("/ping", true))),
            ("/file/a/b", Some(("/files/{*rest}", true))),
            ("/api/v1/order/7", Some(("/api/v1/orders/{id}", true))),
            ("/api/v2/orders", Some(("/api/v1/orders", true))),
            // Of two at the same distance, the one that allows the method.
            ("/hea2th", Some(("/health", true))),
            // No pattern is near.
            ("/ws", None),
            ("/42", None),
            ("/entirely/other/things", None),
        ] {
            assert_eq!(best(path, PATTERNS.into_iter()), expected, "{path}");
        }
    }

    #[test]
    fn nothing_is_suggested_for_a_long_path() {
        let path = "/links".repeat(10_000);
        assert_eq!(best(&path, PATTERNS.into_iter()), None);
    }

    #[test]
    fn route_allows_its_methods_and_head_with_get() {
        let list = || ["GET", "POST"].into_iter();
        for (method, expected) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::POST, true),
            (Method::PUT, false),
        ] {
            assert_eq!(allows(list(), &method), expected, "{method}");
            assert!(allows([].into_iter(), &method), "{method}");
        }
    }
}
