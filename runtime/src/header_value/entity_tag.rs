//! Entity tags and lists of them (RFC 9110 §8.8.3, §13.1).

use std::borrow::Cow;

use super::{joined, trim};

/// An entity tag: `"v1"`, or `W/"v1"` for a weak one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntityTag<'h> {
    /// Whether the tag is weak. Two representations with the same weak tag are equivalent, but their octets may differ.
    pub(crate) is_weak: bool,
    /// The octets between the quotation marks. A backslash is an ordinary octet here.
    pub(crate) opaque: &'h [u8],
}

impl<'h> EntityTag<'h> {
    /// Parses a value that is one entity tag, as in `ETag` and `If-Range`.
    pub(crate) fn parse(value: &'h [u8]) -> Option<Self> {
        let (tag, rest) = Self::split_first(trim(value))?;
        rest.is_empty().then_some(tag)
    }

    /// Parses the tag at the beginning of the text. Returns it and the rest of the text.
    fn split_first(text: &'h [u8]) -> Option<(Self, &'h [u8])> {
        let weak = text.strip_prefix(b"W/");
        let text = weak.unwrap_or(text).strip_prefix(b"\"")?;
        let end = text.iter().position(|byte| !is_etagc(*byte))?;
        let rest = text[end..].strip_prefix(b"\"")?;
        let tag = Self {
            is_weak: weak.is_some(),
            opaque: &text[..end],
        };
        Some((tag, rest))
    }

    /// Compares tags for `If-Match` and `If-Range`. Both must be strong.
    // Without features, nothing uses it.
    #[allow(dead_code)]
    pub(crate) fn matches_strongly(&self, other: &EntityTag<'_>) -> bool {
        !self.is_weak && !other.is_weak && self.opaque == other.opaque
    }

    /// Compares tags for `If-None-Match`. Weak tags match strong ones.
    pub(crate) fn matches_weakly(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

/// Returns whether a tag may contain the octet: visible ASCII except the quotation mark, and all octets from 128.
fn is_etagc(byte: u8) -> bool {
    byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Debug, Clone)]
pub(crate) struct EntityTags<'h>(Cow<'h, [u8]>);

impl<'h> EntityTags<'h> {
    /// Creates a list from the lines of a header field, or returns `None` if there is none.
    pub(crate) fn from_lines(lines: impl IntoIterator<Item = &'h [u8]>) -> Option<Self> {
        joined(lines).map(Self)
    }

    /// Returns whether the value is `*`, which matches every existing representation.
    pub(crate) fn is_any(&self) -> bool {
        trim(&self.0) == b"*"
    }

    /// Returns the tags of the list. An invalid element is skipped up to the next comma.
    pub(crate) fn iter(&self) -> impl Iterator<Item = EntityTag<'_>> {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            loop {
                let start = rest
                    .iter()
                    .position(|byte| !matches!(byte, b' ' | b'\t' | b','))?;
                let text = &rest[start..];
                let parsed = EntityTag::split_first(text);
                let after = parsed.map_or(text, |(_, after)| after);
                let end = after.iter().position(|byte| *byte == b',');
                rest = end.map_or(&[], |end| &after[end..]);
                let junk = trim(&after[..after.len() - rest.len()]);
                if let Some((tag, _)) = parsed
                    && junk.is_empty()
                {
                    return Some(tag);
                }
            }
        })
    }
}
