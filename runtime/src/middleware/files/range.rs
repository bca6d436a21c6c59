//! Which part of a file is asked for (RFC 9110 §14).

use http::{HeaderMap, header};

use crate::header_value::{elements, lines};

/// What a `Range` header comes to for a file of some length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestedRange {
    Whole,
    /// The octets from the first to the last, both included.
    Part {
        first: u64,
        last: u64,
    },
    /// None of the file's octets: 416.
    Nothing,
}

/// Reads the `Range` header of a GET.
///
/// A header of an unknown unit, or one that breaks the grammar, is ignored, and so is each one for an empty
/// file, which has no part (§14.2). Several parts of a file are answered with the whole, as §14.2 allows:
/// that costs no more than `multipart/byteranges` would, and every client reads it.
pub(crate) fn asked(headers: &HeaderMap, len: u64) -> RequestedRange {
    let mut lines = lines(headers, header::RANGE);
    match (lines.next(), lines.next()) {
        (Some(value), None) if len > 0 => read(value, len).unwrap_or(RequestedRange::Whole),
        _ => RequestedRange::Whole,
    }
}

fn read(value: &[u8], len: u64) -> Option<RequestedRange> {
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

/// Reads one range: `None` if it is none, and `Some(None)` if the file has nothing of it.
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

/// Reads digits; what is too large for a number is larger than every file.
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
        fn a_part_is_inside_the_file(value in "bytes=[-0-9, ]{0,12}", len in 0u64..40) {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, value.parse().expect("it is ASCII"));
            match asked(&headers, len) {
                RequestedRange::Part { first, last } => prop_assert!(first <= last && last < len),
                RequestedRange::Nothing => prop_assert!(len > 0),
                RequestedRange::Whole => {}
            }
        }
    }
}
