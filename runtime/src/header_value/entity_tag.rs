//! Entity tags and lists of them (RFC 9110 §8.8.3, §13.1).

use std::borrow::Cow;

use super::{joined, trim};

/// An entity tag: `"v1"`, or `W/"v1"` for a weak one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntityTag<'h> {
    /// Whether it is weak: two representations with it are equivalent, and may differ in their octets.
    pub(crate) is_weak: bool,
    /// What is between the quotation marks. A backslash is no escape here.
    pub(crate) opaque: &'h [u8],
}

impl<'h> EntityTag<'h> {
    /// Reads a value that is one entity tag, as `ETag` and `If-Range` have it.
    pub(crate) fn parse(value: &'h [u8]) -> Option<Self> {
        let (tag, rest) = Self::read(trim(value))?;
        rest.is_empty().then_some(tag)
    }

    /// Reads the tag at the beginning of the text, and returns what is behind it.
    fn read(text: &'h [u8]) -> Option<(Self, &'h [u8])> {
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

    /// Compares for `If-Match` and `If-Range`: both tags must be strong.
    // Only features need it.
    #[allow(dead_code)]
    pub(crate) fn matches_strongly(&self, other: &EntityTag<'_>) -> bool {
        !self.is_weak && !other.is_weak && self.opaque == other.opaque
    }

    /// Compares for `If-None-Match`: weak tags are as good as strong ones.
    pub(crate) fn matches_weakly(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

/// The octets of a tag: visible ones but the quotation mark, and those from 128 on.
fn is_etagc(byte: u8) -> bool {
    byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Debug, Clone)]
pub(crate) struct EntityTags<'h>(Cow<'h, [u8]>);

impl<'h> EntityTags<'h> {
    /// Takes the lines of the header field, and returns `None` if there is none.
    pub(crate) fn of(lines: impl IntoIterator<Item = &'h [u8]>) -> Option<Self> {
        joined(lines).map(Self)
    }

    /// Returns whether the value is `*`: it matches whatever there is.
    pub(crate) fn is_any(&self) -> bool {
        trim(&self.0) == b"*"
    }

    /// Returns the tags of the list. What is no tag is skipped, up to the next comma.
    pub(crate) fn iter(&self) -> impl Iterator<Item = EntityTag<'_>> {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            loop {
                let start = rest
                    .iter()
                    .position(|byte| !matches!(byte, b' ' | b'\t' | b','))?;
                let text = &rest[start..];
                let read = EntityTag::read(text);
                let behind = read.map_or(text, |(_, behind)| behind);
                let end = behind.iter().position(|byte| *byte == b',');
                rest = end.map_or(&[], |end| &behind[end..]);
                let junk = trim(&behind[..behind.len() - rest.len()]);
                if let Some((tag, _)) = read
                    && junk.is_empty()
                {
                    return Some(tag);
                }
            }
        })
    }
}
