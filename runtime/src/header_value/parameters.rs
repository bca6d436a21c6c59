//! The parameters of a value, such as `text/html;charset=utf-8;q=0.5` (RFC 9110 §5.6.6).

use std::borrow::Cow;

use super::{Split, split};

/// An iterator over the parameters of a value, each as its name and its unquoted value.
///
/// The case of names is not significant: compare them with `eq_ignore_ascii_case`. A parameter without `=` has an empty
/// value.
#[derive(Debug, Clone)]
pub(crate) struct Parameters<'h>(Split<'h>);

impl<'h> Parameters<'h> {
    /// Splits a value into the part before the first `;` and the parameters after it.
    pub(crate) fn parse(value: &'h [u8]) -> (&'h [u8], Self) {
        let mut parts = split(value, b';');
        let first = parts.next().unwrap_or_default();
        (first, Self(parts))
    }

    /// Returns the parameters of a value that consists only of parameters, such as an element of `Forwarded`.
    pub(crate) fn all(value: &'h [u8]) -> Self {
        Self(split(value, b';'))
    }

    /// Returns the value of the first parameter of this name.
    pub(crate) fn get(mut self, name: &str) -> Option<Cow<'h, [u8]>> {
        self.find(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }
}

impl<'h> Iterator for Parameters<'h> {
    type Item = (&'h [u8], Cow<'h, [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        let parameter = self.0.find(|parameter| !parameter.is_empty())?;
        let mut parts = split(parameter, b'=');
        let name = parts.next().unwrap_or_default();
        let value = parts.rest.map_or(&[][..], super::trim);
        Some((name, unquote(value)))
    }
}

/// Decodes a quoted string. A value without quotes is returned unchanged.
fn unquote(value: &[u8]) -> Cow<'_, [u8]> {
    let inside = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    let Some(inside) = inside else {
        return Cow::Borrowed(value);
    };
    if !inside.contains(&b'\\') {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut octets = inside.iter();
    while let Some(&octet) = octets.next() {
        let escaped = (octet == b'\\').then(|| octets.next()).flatten();
        text.push(*escaped.unwrap_or(&octet));
    }
    Cow::Owned(text)
}

/// Parses a quality value with up to three decimals, in thousandths: `0.5` is 500 (RFC 9110 §12.4.2).
pub(crate) fn quality(text: &[u8]) -> Option<u16> {
    let (&whole, rest) = text.split_first()?;
    let digits = match rest.split_first() {
        None => &[][..],
        Some((b'.', digits)) if digits.len() <= 3 => digits,
        Some(_) => return None,
    };
    let mut part = 0;
    for at in 0..3 {
        let digit = *digits.get(at).unwrap_or(&b'0');
        if !digit.is_ascii_digit() {
            return None;
        }
        part = part * 10 + u16::from(digit - b'0');
    }
    match whole {
        b'0' => Some(part),
        b'1' if part == 0 => Some(1000),
        _ => None,
    }
}
