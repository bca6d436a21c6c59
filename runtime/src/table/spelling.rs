//! Compares texts in any percent-encoding: a byte is written as itself or as an escape, `%20`.
//!
//! Two texts are the same if they are equal once decoded. The macros normalize static text: bytes
//! that RFC 3986 allows in a segment are themselves, and all others are escapes in upper case. The
//! path of a request is not normalized, because that would change the offsets of its captures.

use std::ops::Range;

/// A decoded byte of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Byte(u8),
    /// A `%` that does not begin an escape. Static text never contains one.
    BrokenEscape,
}

/// Decodes a text from either end. An escape is never split.
#[derive(Debug, Clone)]
struct Signs<'a>(&'a [u8]);

impl Iterator for Signs<'_> {
    type Item = Sign;

    #[inline]
    fn next(&mut self) -> Option<Sign> {
        if let [b'%', high, low, rest @ ..] = self.0
            && let Some(byte) = escaped(*high, *low)
        {
            self.0 = rest;
            return Some(Sign::Byte(byte));
        }
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(unescaped(*first))
    }
}

impl DoubleEndedIterator for Signs<'_> {
    /// Decodes the last byte. From this end `%` and two digits are also an escape, because no escape
    /// contains a second `%`.
    #[inline]
    fn next_back(&mut self) -> Option<Sign> {
        if let [rest @ .., b'%', high, low] = self.0
            && let Some(byte) = escaped(*high, *low)
        {
            self.0 = rest;
            return Some(Sign::Byte(byte));
        }
        let (last, rest) = self.0.split_last()?;
        self.0 = rest;
        Some(unescaped(*last))
    }
}

fn unescaped(byte: u8) -> Sign {
    match byte {
        b'%' => Sign::BrokenEscape,
        byte => Sign::Byte(byte),
    }
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

/// Returns whether a piece of a path equals a static text once both are decoded.
#[inline]
pub(crate) fn same(piece: &[u8], text: &[u8]) -> bool {
    piece == text || Signs(piece).eq(Signs(text))
}

/// Returns the position of the value in a piece of a path with this static text around it.
#[inline]
pub(crate) fn value(piece: &[u8], prefix: &[u8], suffix: &[u8]) -> Option<Range<usize>> {
    let mut signs = Signs(piece);
    for sign in Signs(prefix) {
        if signs.next()? != sign {
            return None;
        }
    }
    let start = piece.len() - signs.0.len();
    for sign in Signs(suffix).rev() {
        if signs.next_back()? != sign {
            return None;
        }
    }
    let end = start + signs.0.len();
    (start < end).then_some(start..end)
}

/// Calls a function for each byte of the normalized text.
#[inline]
pub(super) fn for_each_byte(text: &[u8], mut f: impl FnMut(u8)) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for sign in Signs(text) {
        match sign {
            Sign::Byte(byte) if is_kept(byte) => f(byte),
            Sign::Byte(byte) => {
                f(b'%');
                f(DIGITS[usize::from(byte >> 4)]);
                f(DIGITS[usize::from(byte & 15)]);
            }
            Sign::BrokenEscape => f(b'%'),
        }
    }
}

/// Returns whether a path contains a `%`.
#[inline(always)]
pub(crate) fn has_percent(path: &[u8]) -> bool {
    const PERCENTS: u64 = u64::from_le_bytes([b'%'; 8]);
    let in_word = |word: &[u8; 8]| zero_bytes(u64::from_le_bytes(*word) ^ PERCENTS) != 0;
    if path.len() >= 16 {
        return any(path, |byte| byte == b'%');
    }
    match (path.first_chunk(), path.last_chunk()) {
        (Some(first), Some(last)) => in_word(first) || in_word(last),
        _ => path.contains(&b'%'),
    }
}

/// Returns whether a path contains a `%` or a byte that is an escape in normalized text.
#[inline(never)]
pub(super) fn is_odd(path: &[u8]) -> bool {
    if path.len() < 16 {
        return path.iter().any(|byte| !is_kept(*byte) && *byte != b'/');
    }
    // Not `matches!`, with which the compiler would test one byte at a time.
    #[allow(clippy::manual_range_contains)]
    any(path, |byte| {
        let control = (byte < b'!') | (byte > b'~');
        let quoted = (byte == b'"') | (byte == b'#') | (byte == b'%') | (byte == b'?');
        let angle = (byte == b'<') | (byte == b'>') | (byte == b'^') | (byte == b'`');
        let bracket = (byte | 0x20 >= b'{') & (byte | 0x20 <= b'}') & (byte >= b'[');
        control | quoted | angle | bracket
    })
}

/// Returns whether the test is true for any of at least 16 bytes.
///
/// It tests 16 bytes at a time, so bytes near the end may be tested twice.
#[inline(always)]
fn any(bytes: &[u8], test: impl Fn(u8) -> bool + Copy) -> bool {
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk() {
        if lanes(chunk, test) {
            return true;
        }
        rest = behind;
    }
    bytes.last_chunk().is_some_and(|last| lanes(last, test))
}

/// Tests 16 bytes without a branch, so that the compiler can vectorize it.
#[inline(always)]
fn lanes(bytes: &[u8; 16], test: impl Fn(u8) -> bool) -> bool {
    let mut hits = false;
    for byte in bytes {
        hits |= test(*byte);
    }
    hits
}

/// Returns a word whose lowest set bit is the highest bit of the first zero byte, or 0 if there is
/// none. The bits above it are undefined.
#[inline(always)]
pub(super) const fn zero_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Returns whether a segment may contain the byte unescaped (RFC 3986 §3.3).
#[inline]
const fn is_kept(byte: u8) -> bool {
    KEPT[byte as usize]
}

const KEPT: [bool; 256] = {
    let mut kept = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        kept[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut signs: &[u8] = b"-._~!$&'()*+,;=:@";
    while let [first, rest @ ..] = signs {
        kept[*first as usize] = true;
        signs = rest;
    }
    kept
};

/// Returns whether a static text contains an escape.
pub(super) const fn has_escape(text: &str) -> bool {
    let mut bytes = text.as_bytes();
    while let [first, rest @ ..] = bytes {
        if *first == b'%' {
            return true;
        }
        bytes = rest;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_if_they_are_equal_once_decoded() {
        for (piece, text) in [
            ("", ""),
            ("ping", "ping"),
            ("%70ing", "ping"),
            ("%c3%a9", "%C3%A9"),
            ("é", "%C3%A9"),
            ("[%5d|`{\"<\\", "%5B%5D%7C%60%7B%22%3C%5C"),
            ("a%3Ab", "a:b"),
            ("%2f", "%2F"),
            ("%25", "%25"),
            ("%2541", "%2541"),
        ] {
            assert!(same(piece.as_bytes(), text.as_bytes()), "{piece} {text}");
        }
        for (piece, text) in [
            ("Ping", "ping"),
            ("%2541", "A"),
            ("%", "%25"),
            ("%%32%35", "%25"),
            ("%2", "%02"),
            ("%zz", "%25zz"),
            ("+", "%20"),
            ("a", "ab"),
            ("ab", "a"),
        ] {
            assert!(!same(piece.as_bytes(), text.as_bytes()), "{piece} {text}");
        }
    }

    #[test]
    fn text_around_a_value_never_begins_or_ends_inside_an_escape() {
        for (piece, prefix, suffix, expected) in [
            ("v2.js", "v", ".js", Some("2")),
            ("%76%32%2e%6As", "v", ".js", Some("%32")),
            ("a%20", "", "0", None),
            ("a%200", "", "0", Some("a%20")),
            ("a%2d", "", "d", None),
            ("%c3%ad", "", "d", None),
            ("%c3%ad", "", "%C3%AD", None),
            ("x%c3%ad", "", "%C3%AD", Some("x")),
            ("%%41", "", "A", Some("%")),
            ("a%", "", "%25", None),
            ("%a", "%25", "", None),
            ("%4A", "", "A", None),
            ("%%32%35", "", "%25", None),
            ("aa", "a", "a", None),
            ("aba", "aba", "aba", None),
            ("%61", "", "1", None),
            ("a%zz", "a", "z", Some("%z")),
        ] {
            let found = value(piece.as_bytes(), prefix.as_bytes(), suffix.as_bytes());
            assert_eq!(found.map(|range| &piece[range]), expected, "{piece}");
        }
    }

    #[test]
    fn an_odd_byte_is_found_anywhere() {
        for len in [1, 7, 8, 9, 15, 16, 17, 33, 50] {
            for at in 0..len {
                for byte in 0..=255 {
                    let mut path = vec![b'/'; len];
                    path[at] = byte;
                    let odd = !is_kept(byte) && byte != b'/';
                    assert_eq!(is_odd(&path), odd, "{byte} at {at} of {len}");
                    assert_eq!(has_percent(&path), byte == b'%', "{byte} at {at} of {len}");
                }
            }
        }
        assert!(!is_odd(b"") && !has_percent(b""));
    }
}
