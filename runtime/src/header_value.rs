//! Parses the values of header fields, for all modules of the crate.
//!
//! Values are octets, so that one byte outside ASCII does not make a whole value unreadable. A list in several lines
//! is equivalent to a list in one line (RFC 9110 §5.3). The functions take the lines from an iterator, so that they do
//! not depend on how a head is stored.

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

/// Returns the value of a field, or `None` if it is absent or has more than one line.
pub(crate) fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// Returns the value as text if it is UTF-8. `HeaderValue::to_str` accepts only ASCII.
pub(crate) fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// Returns the value of a list with its lines joined (RFC 9110 §5.3), or `None` if there is no line.
///
/// Only a value with several lines is copied.
pub(crate) fn joined<'h>(lines: impl IntoIterator<Item = &'h [u8]>) -> Option<Cow<'h, [u8]>> {
    joined_by(b", ", lines)
}

/// Joins the lines with another separator, for example `; ` for `Cookie` (RFC 9113 §8.2.3).
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

/// Returns the elements of a list, without empty ones (RFC 9110 §5.6.1).
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    split(value, b',').filter(|element| !element.is_empty())
}

/// Returns whether a list contains the token. The case of letters is ignored.
// Without features, nothing reads such lists.
#[allow(dead_code)]
pub(crate) fn has_token<'h>(lines: impl IntoIterator<Item = &'h [u8]>, token: &str) -> bool {
    joined(lines).is_some_and(|value| {
        elements(&value).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    })
}

/// Splits a value at a separator, except in quoted strings, and trims the parts.
///
/// A quotation mark without a closing one is an ordinary octet, as are all later ones.
pub(crate) fn split(value: &[u8], separator: u8) -> Split<'_> {
    Split {
        rest: Some(value),
        separator,
        has_quotes: true,
    }
}

/// An iterator over the parts of a value. [`split`] returns it.
#[derive(Debug, Clone)]
pub(crate) struct Split<'h> {
    rest: Option<&'h [u8]>,
    separator: u8,
    /// Whether a quotation mark may still start a string. After one search without a closing mark it is false for the
    /// rest of the value, so that a value of many quotation marks takes linear time.
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

/// Returns the length of the quoted string at the beginning of the text, including both quotation marks.
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

/// Returns the content of a string in quotation marks (RFC 9651 §3.3.3), or a value without them as it is.
#[cfg(feature = "idempotency")]
pub(crate) fn unquoted(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    if value.first() != Some(&b'"') {
        return Some(Cow::Borrowed(value));
    }
    let inner = match quoted_len(value) {
        Some(len) if len == value.len() => &value[1..len - 1],
        _ => return None,
    };
    let mut escaped = false;
    let plain = inner.iter().copied().filter(|byte| {
        escaped = *byte == b'\\' && !escaped;
        !escaped
    });
    Some(match inner.contains(&b'\\') {
        true => Cow::Owned(plain.collect()),
        false => Cow::Borrowed(inner),
    })
}

/// Removes spaces and tabs from both ends, the optional whitespace of RFC 9110 §5.6.3.
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
