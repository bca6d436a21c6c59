//! The preconditions of a request for a file (RFC 9110 §13).

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, header};

use super::validators::Validators;
use crate::header_value::{EntityTag, EntityTags, lines};

/// The result of the preconditions of a GET or a HEAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Proceed,
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// Evaluates the preconditions, in the order of §13.2.2.
pub(crate) fn check_preconditions(headers: &HeaderMap, current: &Validators) -> Verdict {
    let tags = |name| EntityTags::from_lines(lines(headers, name));
    let own = current.tag();
    let fits = |tags: &EntityTags<'_>, same: fn(&EntityTag<'_>, &EntityTag<'_>) -> bool| {
        tags.is_any() || own.is_some_and(|own| tags.iter().any(|tag| same(&own, &tag)))
    };
    if let Some(tags) = tags(header::IF_MATCH) {
        if !fits(&tags, |own, tag| own.matches_strongly(tag)) {
            return Verdict::Failed;
        }
    } else if let Some(since) = date(headers, header::IF_UNMODIFIED_SINCE)
        && current.modified().is_some_and(|modified| modified > since)
    {
        return Verdict::Failed;
    }
    if let Some(tags) = tags(header::IF_NONE_MATCH) {
        if fits(&tags, |own, tag| own.matches_weakly(tag)) {
            return Verdict::NotModified;
        }
    } else if let Some(since) = date(headers, header::IF_MODIFIED_SINCE)
        && current.modified().is_some_and(|modified| modified <= since)
    {
        return Verdict::NotModified;
    }
    Verdict::Proceed
}

/// Returns whether a range may be sent: there is no `If-Range`, or it has this version (§13.1.5).
pub(crate) fn allows_range(headers: &HeaderMap, current: &Validators) -> bool {
    let mut lines = lines(headers, header::IF_RANGE);
    let Some(value) = lines.next() else {
        return true;
    };
    if lines.next().is_some() {
        return false;
    }
    if let Some(tag) = EntityTag::parse(value) {
        return current.tag().is_some_and(|own| own.matches_strongly(&tag));
    }
    let date = parse_date(value);
    date.is_some() && date == current.strong_date()
}

/// Returns the date of a header. A date that is not valid, or is there twice, is ignored (§13.1.3).
fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    let mut lines = lines(headers, name);
    let value = lines.next()?;
    if lines.next().is_some() {
        return None;
    }
    parse_date(value)
}

fn parse_date(value: &[u8]) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(value).ok()?).ok()
}
