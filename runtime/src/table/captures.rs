//! Where the values of a path's parameters stand.

use crate::routes::MAX_PARAMS;

/// Where the parameters of the matched route stand in the raw path, in path order.
///
/// A value is a range of the path as it came, not yet percent-decoded.
#[derive(Debug, Clone, Copy)]
pub struct Captures {
    ranges: [(u16, u16); MAX_PARAMS],
    len: usize,
}

impl Captures {
    /// Makes an empty list.
    #[inline]
    pub const fn new() -> Self {
        Self {
            ranges: [(0, 0); MAX_PARAMS],
            len: 0,
        }
    }

    /// Returns the ranges, start and end, of the values.
    #[inline]
    pub fn ranges(&self) -> &[(u16, u16)] {
        self.ranges.get(..self.len).unwrap_or_default()
    }

    /// Returns the text of one value within the path that was matched.
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

    /// Adds a value. The offsets fit: `Table::find` refuses longer paths.
    #[inline]
    pub(crate) fn push(&mut self, start: usize, end: usize) {
        // A pattern with more parameters is refused when the table is built, so there is room.
        if let Some(range) = self.ranges.get_mut(self.len) {
            *range = (start as u16, end as u16);
            self.len += 1;
        }
    }

    /// Forgets all values but the first `len`.
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
