//! A pattern or a prefix as the macros declare it, and its segments.

use crate::routes::segment::Segment;

/// A parsed pattern. The compiler reads its numbers in each group, and its text only where it generates code.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// The text as written in the source.
    pub(crate) text: &'static str,
    /// The text in its canonical spelling: static text is percent-encoded, so that braces always enclose a parameter.
    canonical: &'static str,
    /// A number for each segment, which does not depend on the name of a parameter.
    pub(crate) hashes: &'static [u64],
    pub(crate) n_segments: u8,
    pub(crate) n_params: u8,
    /// One bit for each name of a parameter. Two patterns without a common bit have no name in common.
    pub(super) name_bits: u64,
}

/// The number of an empty static segment.
pub(crate) const EMPTY_HASH: u64 = 4;

/// The kind of a segment, in the lowest two bits of its number: static text is 0, a whole parameter 1, a catch-all 3.
pub(crate) const KIND_BITS: u64 = 3;
/// The kind of a parameter with static text around it.
pub(crate) const KIND_AFFIX: u64 = 2;

/// The base of the hash of a pattern: the hash before a segment times this, plus the number of the segment.
///
/// The product is computed with 128 bits and then truncated, because in constant evaluation `wrapping_mul` is a call,
/// and a call costs more than anything else.
pub(crate) const BASE: u128 = 0x9e37_79b9_7f4a_7c15;

impl Pattern {
    /// The pattern without segments, which is also that of a group without a prefix.
    pub const EMPTY: Self = Self::new("", &[], 0, 0, 0);

    /// Creates a pattern. Only generated code calls it, with the results of the macro's own parser.
    pub const fn new(
        text: &'static str,
        hashes: &'static [u64],
        n_segments: u8,
        n_params: u8,
        name_bits: u64,
    ) -> Self {
        Self {
            text,
            canonical: text,
            hashes,
            n_segments,
            n_params,
            name_bits,
        }
    }

    /// Sets the canonical spelling, if it differs from the text.
    #[must_use]
    pub const fn canonical(mut self, canonical: &'static str) -> Self {
        self.canonical = canonical;
        self
    }

    /// Returns whether it has no segment.
    pub(crate) const fn is_empty(&self) -> bool {
        self.n_segments == 0
    }

    /// Returns the segments.
    pub(crate) const fn segments(&self) -> Segments {
        let mut rest = self.canonical;
        if self.n_segments == 0 {
            rest = "";
        }
        Segments { rest }
    }

    /// Returns whether it has a parameter of this name. It calls nothing, because in constant evaluation a call costs
    /// more than all other work.
    pub(super) const fn has_param(&self, name: &str) -> bool {
        let (text, name) = (self.canonical.as_bytes(), name.as_bytes());
        let (mut open, end) = (0, text.len());
        while open < end {
            if text[open] != b'{' {
                open += 1;
                continue;
            }
            open += 1;
            if text[open] == b'*' {
                open += 1;
            }
            // A name contains no brace, so this ends at the closing one at the latest.
            let mut i = 0;
            while i < name.len() && text[open + i] == name[i] {
                i += 1;
            }
            if i == name.len() && text[open + i] == b'}' {
                return true;
            }
        }
        false
    }
}

/// An iterator over the segments of a [`Pattern`], also for constant evaluation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segments {
    /// The canonical text that is left. It begins with a slash, or is empty at the end.
    rest: &'static str,
}

impl Segments {
    /// Returns the next segment.
    pub(crate) const fn next_segment(&mut self) -> Option<Segment> {
        let bytes = self.rest.as_bytes();
        if bytes.is_empty() {
            return None;
        }
        let (mut open, mut close, mut at) = (0, 0, 1);
        while at < bytes.len() && bytes[at] != b'/' {
            match bytes[at] {
                b'{' => open = at,
                b'}' => close = at,
                _ => {}
            }
            at += 1;
        }
        let (segment, rest) = self.rest.split_at(at);
        self.rest = rest;
        Some(if close == 0 {
            Segment::Static(segment.split_at(1).1)
        } else {
            param(segment, open, close)
        })
    }
}

impl Iterator for Segments {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        self.next_segment()
    }
}

/// Reads a segment with a parameter between the braces at `open` and `close`.
const fn param(segment: &'static str, open: usize, close: usize) -> Segment {
    let (before, suffix) = segment.split_at(close + 1);
    let (prefix, name) = before.split_at(open + 1);
    let name = name.split_at(close - open - 1).0;
    if let [b'*', ..] = name.as_bytes() {
        let name = name.split_at(1).1;
        return Segment::CatchAll { name };
    }
    Segment::Param {
        prefix: prefix.split_at(open).0.split_at(1).1,
        name,
        suffix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &'static str, n_segments: u8) -> Vec<Segment> {
        let pattern = Pattern::new(text, &[], n_segments, 0, 0);
        pattern.segments().collect()
    }

    #[test]
    fn a_parameter_is_found_by_its_whole_name() {
        let has = |text, name| Pattern::new(text, &[], 1, 1, 0).has_param(name);
        assert!(has("/a/{id}", "id") && has("/{a}/v{id}.json", "id") && has("/{*rest}", "rest"));
        assert!(!has("/{id}", "i") && !has("/{i}", "id") && !has("/id", "id") && !has("", "id"));
    }

    #[test]
    fn segments_are_read_from_the_canonical_text() {
        let id = Segment::Param {
            prefix: "",
            name: "id",
            suffix: "",
        };
        let version = Segment::Param {
            prefix: "v",
            name: "n",
            suffix: ".json",
        };
        let rest = Segment::CatchAll { name: "rest" };
        assert_eq!(
            segments("/a/{id}/v{n}.json/{*rest}", 4),
            [Segment::Static("a"), id, version, rest]
        );
        assert_eq!(
            segments("/a/", 2),
            [Segment::Static("a"), Segment::Static("")]
        );
        assert_eq!(
            segments("//", 2),
            [Segment::Static(""), Segment::Static("")]
        );
        assert_eq!(segments("/", 0), []);
        assert_eq!(segments("", 0), []);
    }
}
