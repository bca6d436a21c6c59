//! The segments of a route or a group, with those of the prefixes around it.

use crate::routes::{
    field_path::{FieldPath, Place},
    node::Node,
    pattern::{Pattern, Segments},
    segment::Segment,
};

/// An iterator over the segments of all prefixes on a path, and of the pattern at its end.
///
/// They are read from the patterns each time. A list of them in each route would be a reference into one list of all
/// segments, and the compiler hashes everything that a reference leads to, once for each reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WholePattern {
    root: &'static Node,
    path: FieldPath,
    /// The pattern after the prefixes.
    own: Pattern,
    /// The number of prefixes that have begun.
    n_begun: usize,
    current: Segments,
    ended: bool,
}

impl WholePattern {
    /// Returns the segments of a route.
    pub(super) const fn of_route(root: &'static Node, place: Place) -> Self {
        Self::new(root, place.path, place.definition.pattern)
    }

    /// Returns the segments of the prefixes on a path, and of the pattern after them.
    pub(super) const fn new(root: &'static Node, path: FieldPath, own: Pattern) -> Self {
        Self {
            root,
            path,
            own,
            n_begun: 0,
            current: Pattern::EMPTY.segments(),
            ended: false,
        }
    }

    /// Returns the next segment.
    pub(crate) const fn next_segment(&mut self) -> Option<Segment> {
        loop {
            if let Some(segment) = self.current.next_segment() {
                return Some(segment);
            }
            if self.ended {
                return None;
            }
            self.current = match self.path.prefix(self.root, self.n_begun) {
                Some(prefix) => prefix.segments(),
                None => {
                    self.ended = true;
                    self.own.segments()
                }
            };
            self.n_begun += 1;
        }
    }
}

impl Iterator for WholePattern {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        self.next_segment()
    }
}
