//! The parts around a handler, as the checks of a chain see them.

use crate::routes::{
    part::{PartInfo, joined},
    walk::{MAX_LEVELS, Walk},
};

/// The most `with(..)` around a handler: that of each group, that of each entry, and its own.
const MOST_LISTS: usize = 2 * MAX_LEVELS + 1;

/// The parts around a handler, outermost first.
#[derive(Clone, Copy)]
pub(super) struct Chain {
    /// Every `with(..)` that has parts.
    pub(super) lists: [&'static [PartInfo]; MOST_LISTS],
    pub(super) n_lists: usize,
    /// The number of parts.
    pub(super) len: usize,
}

impl Chain {
    pub(super) const NONE: Self = Self {
        lists: [&[]; MOST_LISTS],
        n_lists: 0,
        len: 0,
    };

    /// Returns the parts of the groups around the route that a walk has visited.
    pub(super) const fn around(walk: &Walk) -> Self {
        let (mut chain, mut depth) = (Self::NONE, 0);
        while depth < walk.depth {
            let level = &walk.levels[depth];
            chain.push(level.group.with);
            depth += 1;
            if depth < walk.depth {
                chain.push(level.field.with);
            }
        }
        chain
    }

    /// Returns the parts with those of the route itself.
    pub(super) const fn with_own(&self, walk: &Walk) -> Self {
        let mut chain = *self;
        chain.push(walk.own_field().with);
        chain.push(walk.definition.with);
        chain
    }

    const fn push(&mut self, with: &'static [PartInfo]) {
        if let [_, ..] = with {
            self.lists[self.n_lists] = with;
            self.n_lists += 1;
            self.len += with.len();
        }
    }

    /// Returns the part with this index.
    pub(super) const fn at(&self, mut at: usize) -> &'static PartInfo {
        let mut i = 0;
        while at >= self.lists[i].len() {
            at -= self.lists[i].len();
            i += 1;
        }
        &self.lists[i][at]
    }

    /// Returns what the parts may do and what they surely do, as bits of [`Facts`](super::Facts).
    pub(super) const fn facts(&self) -> (u64, u64) {
        let (mut may, mut surely, mut i) = (0, 0, 0);
        while i < self.n_lists {
            let (list_may, list_surely) = joined(self.lists[i]);
            may |= list_may;
            surely |= list_surely;
            i += 1;
        }
        (may, surely)
    }

    /// Returns whether a part does not compile.
    pub(super) const fn has_broken(&self) -> bool {
        let mut i = 0;
        while i < self.len {
            if self.at(i).is_broken {
                return true;
            }
            i += 1;
        }
        false
    }
}
