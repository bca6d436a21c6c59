//! Reads the values of header fields, for everything that reads one.
//!
//! Values are octets: a byte that is not ASCII does not make the rest of a value unreadable. A list
//! that is sent in several lines is the same list as one in a single line (RFC 9110 §5.3). The lines
//! come from an iterator, so that these functions do not depend on how a head is stored.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, header::AsHeaderName};

mod entity_tag;
mod from_right;
mod parameters;

pub(crate) use entity_tag::{EntityTag, EntityTags};
pub(crate) use from_right::from_right;
pub(crate) use parameters::{Parameters, quality};

/// Returns the lines of a header field, in order.
pub(crate) fn lines(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &[u8]> {
    headers.get_all(name).iter().map(HeaderValue::as_bytes)
}

/// Returns the value of a field that has one line, or `None` without it or with more than one.
pub(crate) fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// Returns the value as text if it is UTF-8. `HeaderValue::to_str` takes ASCII only.
pub(crate) fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// Returns the value of a list: its lines, joined (RFC 9110 §5.3), or `None` without a line.
///
/// Only a value of several lines is copied.
pub(crate) fn joined<'h>(lines: impl IntoIterator<Item = &'h [u8]>) -> Option<Cow<'h, [u8]>> {
    joined_by(b", ", lines)
}

/// Joins the lines with another separator; it is `; ` for `Cookie` (RFC 9113 §8.2.3).
pub(crate) fn joined_by<'h>(
    separator: &[u8],
    lines: impl IntoIterator<Item = &'h [u8]>,
) -> Option<Cow<'h, [u8]>> {
    let mut lines = lines.into_iter();
    let mut value = Cow::Borrowed(lines.next()?);
    for line in lines {
        let joined = value.to_mut();
        joined.extend_from_slice(separator);
        joined.extend_from_slice(line);
    }
    Some(value)
}

/// Returns the elements of a list without the empty ones (RFC 9110 §5.6.1).
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    split(value, b',').filter(|element| !element.is_empty())
}

/// Returns whether a list contains the token, in upper or lower case.
// Only features read such lists.
#[allow(dead_code)]
pub(crate) fn has_token<'h>(lines: impl IntoIterator<Item = &'h [u8]>, token: &str) -> bool {
    joined(lines).is_some_and(|value| {
        elements(&value).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    })
}

/// Splits a value at a separator, except in quoted strings, and trims the pieces.
///
/// A quotation mark without a closing one is an ordinary octet, and so is each one behind it.
pub(crate) fn split(value: &[u8], separator: u8) -> Split<'_> {
    Split {
        rest: Some(value),
        separator,
        has_quotes: true,
    }
}

/// The pieces of a value: [`split`] makes it.
#[derive(Debug, Clone)]
pub(crate) struct Split<'h> {
    rest: Option<&'h [u8]>,
    separator: u8,
    /// Whether a quotation mark may still open a string. One scan without an end settles it for the
    /// value, so that a value of nothing but quotation marks takes linear time.
    has_quotes: bool,
}

impl<'h> Iterator for Split<'h> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        let value = self.rest?;
        let mut at = 0;
        while let Some(&byte) = value.get(at) {
            if byte == self.separator {
                self.rest = Some(&value[at + 1..]);
                return Some(trim(&value[..at]));
            }
            if byte == b'"' && self.has_quotes {
                match quoted_len(&value[at..]) {
                    Some(len) => {
                        at += len;
                        continue;
                    }
                    None => self.has_quotes = false,
                }
            }
            at += 1;
        }
        self.rest = None;
        Some(trim(value))
    }
}

/// Returns the length of the quoted string at the beginning of the text, both marks included.
fn quoted_len(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Removes optional white space, spaces and tabs (RFC 9110 §5.6.3).
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let Some(start) = value.iter().position(is_text) else {
        return &[];
    };
    let end = value.iter().rposition(is_text).unwrap_or(start);
    &value[start..=end]
}

#[cfg(test)]
mod tests;
