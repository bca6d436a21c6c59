//! The positions of parameter values in a path.

use crate::routes::MAX_PARAMS;

/// The positions of the matched route's parameters in the raw path, in path order.
///
/// A value is a byte range of the path as the client sent it, before percent-decoding.
#[derive(Debug, Clone, Copy)]
pub struct Captures {
    ranges: [(u16, u16); MAX_PARAMS],
    len: usize,
}

impl Captures {
    /// Creates an empty list.
    #[inline]
    pub const fn new() -> Self {
        Self {
            ranges: [(0, 0); MAX_PARAMS],
            len: 0,
        }
    }

    /// Returns the start and end of each value.
    #[inline]
    pub fn ranges(&self) -> &[(u16, u16)] {
        self.ranges.get(..self.len).unwrap_or_default()
    }

    /// Returns the text of one value in the matched path.
    #[inline]
    pub fn value<'a>(&self, idx: usize, path: &'a str) -> Option<&'a str> {
        let (start, end) = *self.ranges().get(idx)?;
        path.get(usize::from(start)..usize::from(end))
    }

    /// Returns how many values there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a value. The offsets fit into 16 bits because `Table::find` rejects longer paths.
    #[inline]
    pub(crate) fn push(&mut self, start: usize, end: usize) {
        // A pattern with more than `MAX_PARAMS` parameters does not compile, so there is room.
        if let Some(range) = self.ranges.get_mut(self.len) {
            *range = (start as u16, end as u16);
            self.len += 1;
        }
    }

    /// Removes all values but the first `len`.
    #[inline]
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = len;
    }
}

impl Default for Captures {
    fn default() -> Self {
        Self::new()
    }
}
