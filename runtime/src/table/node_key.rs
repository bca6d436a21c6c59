//! Compares segments in constant evaluation, where each step adds to the compile time.

use crate::{
    routes::Segment,
    table::segment_key::{Key, LONG},
};

/// A segment with its key, which is compared first.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyedSegment {
    pub(super) segment: Segment,
    /// The key of a static text. For other segments only its hash is used.
    pub(super) key: Key,
}

impl KeyedSegment {
    pub(super) const fn new(segment: Segment) -> Self {
        let key = match segment {
            Segment::Static(text) => Key::new(text.as_bytes()),
            Segment::Param { prefix, suffix, .. } => Key::hashed(hash_param(prefix, suffix)),
            Segment::CatchAll { .. } => Key::hashed(2),
        };
        Self { segment, key }
    }

    /// Returns whether two segments are equal apart from the names of their parameters.
    pub(super) const fn equals(&self, other: &Self) -> bool {
        if self.key.hash != other.key.hash {
            return false;
        }
        match (self.segment, other.segment) {
            (Segment::Static(a), Segment::Static(b)) => {
                a.len() == b.len()
                    && self.key.head == other.key.head
                    && self.key.second == other.key.second
                    && (a.len() < LONG || same_text(a, b))
            }
            (a, b) => a.same(&b),
        }
    }
}

/// Hashes the static text around a parameter. Most parameters have none.
const fn hash_param(prefix: &str, suffix: &str) -> u64 {
    if prefix.is_empty() && suffix.is_empty() {
        return 1;
    }
    let (prefix, suffix) = (Key::new(prefix.as_bytes()), Key::new(suffix.as_bytes()));
    prefix.hash ^ suffix.hash.rotate_left(29)
}

/// Returns whether two strings are equal.
pub(super) const fn same_text(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([byte_a, rest_a @ ..], [byte_b, rest_b @ ..]) = (a, b) {
        if *byte_a != *byte_b {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    true
}
