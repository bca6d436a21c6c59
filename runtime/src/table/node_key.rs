//! Segments as constant evaluation compares them: names do not count, and every step costs.

use crate::{
    routes::Segment,
    table::segment_key::{Key, LONG},
};

/// A segment with its key.
#[derive(Debug, Clone, Copy)]
pub(super) struct SegmentStep {
    pub(super) segment: Segment,
    /// The key of a static text; of others, only the hash counts.
    pub(super) key: Key,
}

impl SegmentStep {
    pub(super) const fn of(segment: Segment) -> Self {
        let key = match segment {
            Segment::Static(text) => Key::of(text.as_bytes()),
            Segment::Param { prefix, suffix, .. } => Key::hashed(hash_param(prefix, suffix)),
            Segment::CatchAll { .. } => Key::hashed(2),
        };
        Self { segment, key }
    }

    /// Compares two segments without the names of their parameters.
    pub(super) const fn is(&self, other: &Self) -> bool {
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
            (
                Segment::Param {
                    prefix: a,
                    suffix: c,
                    ..
                },
                Segment::Param {
                    prefix: b,
                    suffix: d,
                    ..
                },
            ) => same_text(a, b) && same_text(c, d),
            (Segment::CatchAll { .. }, Segment::CatchAll { .. }) => true,
            _ => false,
        }
    }
}

/// Hashes the text around a parameter; most have none.
const fn hash_param(prefix: &str, suffix: &str) -> u64 {
    if prefix.is_empty() && suffix.is_empty() {
        return 1;
    }
    let (prefix, suffix) = (Key::of(prefix.as_bytes()), Key::of(suffix.as_bytes()));
    prefix.hash ^ suffix.hash.rotate_left(29)
}

/// Compares two texts.
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
