//! The way from a group to a route below it.

use crate::routes::{
    definition::Definition,
    node::{Field, Group, Node},
    pattern::Pattern,
    segment::RouteOptions,
};

/// The deepest nesting of groups. A deeper one does not compile.
pub(crate) const MAX_DEPTH: usize = 8;

/// The indices of the entries that lead from a group to a route or to a group below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldPath {
    /// The indices, innermost first, as the dispatch consumes them from the end.
    steps: [u16; MAX_DEPTH],
    /// The number of entries. It may exceed the array, so that [`check`](super::check) can report that the groups are
    /// nested too deeply.
    len: u8,
}

/// A route below a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) definition: &'static Definition,
    pub(crate) path: FieldPath,
}

/// A group on the way, and what it adds to the entry that the way follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupOnPath {
    pub(crate) group: &'static Group,
    pub(crate) field: &'static Field,
}

impl FieldPath {
    /// The path from an entry to itself.
    pub(crate) const NONE: Self = Self {
        steps: [0; MAX_DEPTH],
        len: 0,
    };

    /// Returns the path with another entry in front of it.
    pub(super) const fn within_field(mut self, step: u16) -> Self {
        if self.len() < MAX_DEPTH {
            self.steps[self.len()] = step;
        }
        self.len = self.len.saturating_add(1);
        self
    }

    /// Returns the number of entries.
    pub(crate) const fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns the indices of the entries, innermost first.
    pub(crate) fn steps(&self) -> &[u16] {
        self.steps.get(..self.len()).unwrap_or_default()
    }

    /// Returns the index of the entry at `depth`, counted from the outermost.
    pub(super) const fn step(&self, depth: usize) -> Option<u16> {
        if depth >= self.len() || self.len() > MAX_DEPTH {
            return None;
        }
        Some(self.steps[self.len() - 1 - depth])
    }

    /// Returns the group at `depth`, counted from the outermost. `root` is the group at which the path begins.
    pub(crate) const fn group_at(&self, root: &'static Node, depth: usize) -> Option<GroupOnPath> {
        let (mut node, mut at) = (root, 0);
        while let Some(step) = self.step(at)
            && let Some(group) = node.as_group()
        {
            let (field, entry) = group.entries[step as usize].split();
            if at == depth {
                return Some(GroupOnPath { group, field });
            }
            node = entry;
            at += 1;
        }
        None
    }

    /// Returns whether one of the entries on the path is marked `public`.
    pub(super) const fn is_public(&self, root: &'static Node) -> bool {
        let mut depth = 0;
        while let Some(group) = self.group_at(root, depth) {
            if group.field.is_public {
                return true;
            }
            depth += 1;
        }
        false
    }

    /// Returns the entry at the end of the path.
    pub(super) const fn target(&self, root: &'static Node) -> &'static Node {
        let (mut node, mut depth) = (root, 0);
        while let Some(step) = self.step(depth)
            && let Some(group) = node.as_group()
        {
            node = group.entries[step as usize].split().1;
            depth += 1;
        }
        node
    }

    /// Returns the options of a route, completed by those of the groups around it.
    pub(super) const fn options(&self, root: &'static Node, own: RouteOptions) -> RouteOptions {
        let (mut options, mut depth) = (own, self.len());
        while depth > 0 {
            depth -= 1;
            if let Some(level) = self.group_at(root, depth) {
                options = options.within(level.group.options);
            }
        }
        options
    }

    /// Returns the prefix with this index, counted from the outermost: for each group its own, then that of the entry.
    pub(crate) const fn prefix(&self, root: &'static Node, idx: usize) -> Option<&'static Pattern> {
        match self.group_at(root, idx / 2) {
            Some(level) if idx & 1 == 0 => Some(&level.group.prefix),
            Some(level) => Some(&level.field.prefix),
            None => None,
        }
    }
}
