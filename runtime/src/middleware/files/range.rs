//! The range of a file that a request has (RFC 9110 §14).

use http::{HeaderMap, header};

use crate::header_value::{elements, lines};

/// The meaning of a `Range` header for a file of a certain length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestedRange {
    /// The whole file.
    Whole,
    /// The bytes from the first to the last, inclusive.
    Part { first: u64, last: u64 },
    /// No byte of the file: 416.
    Nothing,
}

/// Parses the `Range` header of a GET.
///
/// A header with an unknown unit or invalid syntax is ignored, and so is every `Range` of an empty file (§14.2). If
/// several ranges are requested, the whole file is sent, as §14.2 allows: it costs no more than
/// `multipart/byteranges`, and every client can read it.
pub(crate) fn requested_range(headers: &HeaderMap, len: u64) -> RequestedRange {
    let mut lines = lines(headers, header::RANGE);
    match (lines.next(), lines.next()) {
        (Some(value), None) if len > 0 => parse(value, len).unwrap_or(RequestedRange::Whole),
        _ => RequestedRange::Whole,
    }
}

fn parse(value: &[u8], len: u64) -> Option<RequestedRange> {
    let equals = value.iter().position(|byte| *byte == b'=')?;
    let (unit, set) = (&value[..equals], &value[equals + 1..]);
    if !unit.eq_ignore_ascii_case(b"bytes") {
        return None;
    }
    let (mut specs, mut parts) = (0, Vec::new());
    for spec in elements(set) {
        specs += 1;
        parts.extend(part(spec, len)?);
    }
    match (specs, &parts[..]) {
        (0, _) => None,
        (_, []) => Some(RequestedRange::Nothing),
        (_, &[(first, last)]) => Some(RequestedRange::Part { first, last }),
        _ => Some(RequestedRange::Whole),
    }
}

/// Parses one range. Returns `None` if it is not valid, and `Some(None)` if it is outside the file.
fn part(spec: &[u8], len: u64) -> Option<Option<(u64, u64)>> {
    let dash = spec.iter().position(|byte| *byte == b'-')?;
    let (first, last) = (&spec[..dash], &spec[dash + 1..]);
    if first.is_empty() {
        let suffix = number(last)?;
        return Some((suffix > 0).then(|| (len.saturating_sub(suffix), len - 1)));
    }
    let first = number(first)?;
    let last = match last {
        [] => u64::MAX,
        digits => number(digits)?,
    };
    if last < first {
        return None;
    }
    Some((first < len).then(|| (first, last.min(len - 1))))
}

/// Parses digits. A number that is too large for `u64` is larger than every file.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(digits).ok()?;
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn range_is_inside_the_file(value in "bytes=[-0-9, ]{0,12}", len in 0u64..40) {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, value.parse().expect("it is ASCII"));
            match requested_range(&headers, len) {
                RequestedRange::Part { first, last } => prop_assert!(first <= last && last < len),
                RequestedRange::Nothing => prop_assert!(len > 0),
                RequestedRange::Whole => {}
            }
        }
    }
}
