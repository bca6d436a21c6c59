//! Builds the trie in constant evaluation, one route after another.

use super::methods::Extensions;
use crate::{
    routes::{EMPTY, MAX_ROUTES, MAX_SEGMENTS, Methods, Node, Segment, Shape, Slash, Walk},
    table::node_key::KeyedSegment,
};

/// The end of a list of nodes or ends.
pub(super) const NONE: u32 = u32::MAX;

/// The node at which every path begins.
pub(super) const ROOT: u32 = 0;

/// A trie of routes that is not yet laid out for lookups.
///
/// `C` is the number of nodes or of ends, whichever is larger, or more: [`capacity`] returns enough.
#[derive(Debug, Clone, Copy)]
pub struct Plan<const C: usize> {
    /// The nodes, the root first.
    pub(super) drafts: [Draft; C],
    /// The ends of routes and of their aliases.
    pub(super) ends: [DraftEnd; C],
    /// The methods that are not standard.
    pub(super) extensions: Extensions,
    /// A hash table that finds a node by its parent and segment: the first node of each chain.
    buckets: [u32; C],
    /// How much of the arrays is used, and how large the arrays of the table must be.
    size: Size,
}

/// The sizes of the arrays of a table.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// The number of nodes.
    pub nodes: usize,
    /// The number of slots in all hash tables of static segments.
    pub slots: usize,
    /// The number of parameters with static text around them.
    pub affixes: usize,
    /// The number of ends: one for each route and one for each alias with another trailing slash.
    pub ends: usize,
}

/// A node of a [`Plan`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft {
    pub(super) parent: u32,
    /// The segment that leads here.
    pub(super) step: KeyedSegment,
    /// The next node in the same bucket.
    chained: u32,
    pub(super) first_child: u32,
    pub(super) next_sibling: u32,
    /// The number of children with static segments.
    pub(super) n_statics: u32,
    pub(super) first_end: u32,
}

/// A route that ends at a node of a [`Plan`].
#[derive(Debug, Clone, Copy)]
pub(super) struct DraftEnd {
    pub(super) route: u16,
    /// The methods that the route names.
    pub(super) named: u32,
    /// Whether it serves every method.
    pub(super) any: bool,
    /// How a path that ends here is served: `Strict` for the route itself, else its alias.
    pub(super) slash: Slash,
    /// Whether it is an alias with one slash more than its route.
    pub(super) longer: bool,
    pub(super) next: u32,
}

/// Returns an upper bound for the number of nodes and ends that a table of these shapes has.
pub const fn capacity(shapes: &[Shape]) -> usize {
    let mut n_nodes = 1;
    let mut idx = 0;
    while idx < shapes.len() {
        // One more for the alias with a trailing slash.
        n_nodes += shapes[idx].full_segments().len() + 1;
        idx += 1;
    }
    n_nodes
}

/// A hash table has at most this many slots for each of its segments.
pub(super) const MAX_SLOTS_PER_STATIC: u32 = 4;

/// Returns the number of slots for a hash table of `n_statics` segments.
pub(super) const fn n_slots(n_statics: u32) -> u32 {
    match n_statics {
        0 => 0,
        // One segment cannot collide.
        1 => 1,
        // Empty slots save probes: most segments are found in the first slot, and a miss ends at
        // an empty one.
        n if n <= 64 => n * MAX_SLOTS_PER_STATIC,
        n => n * 2,
    }
}

impl<const C: usize> Plan<C> {
    /// Inserts all routes. The caller must have excluded routes that match the same requests.
    ///
    /// # Panics
    /// Panics if there are too many routes for a table, or if `C` is too small for them.
    pub const fn new(shapes: &[Shape]) -> Self {
        assert!(
            shapes.len() <= MAX_ROUTES,
            "an app has more than 65,535 routes"
        );
        let mut plan = Self::empty();
        let mut idx = 0;
        while idx < shapes.len() {
            let Shape { methods, slash, .. } = shapes[idx];
            if !shapes[idx].too_big() {
                plan.insert(idx as u16, methods, slash, shapes[idx].full_segments());
            }
            idx += 1;
        }
        plan
    }

    /// Inserts all routes of an app, like [`new`](Self::new).
    pub(super) const fn of(root: &'static Node) -> Self {
        let mut plan = Self::empty();
        let (mut walk, mut idx) = (Walk::new(root), 0);
        while walk.next_route() {
            // The group whose prefix made the pattern too long has already reported it.
            if let Some(mut whole) = walk.segments(root) {
                let mut segments = [EMPTY; MAX_SEGMENTS];
                let mut len = 0;
                while let Some(segment) = whole.next_segment() {
                    segments[len] = segment;
                    len += 1;
                }
                // `/` has one empty segment.
                if len == 0 {
                    len = 1;
                }
                let (methods, slash) = walk.options(root);
                plan.insert(idx, methods, slash, segments.split_at(len).0);
            }
            idx += 1;
        }
        plan
    }

    const fn empty() -> Self {
        let draft = Draft::new(NONE, KeyedSegment::new(EMPTY), NONE, NONE);
        let end = DraftEnd {
            route: 0,
            named: 0,
            any: false,
            slash: Slash::Strict,
            longer: false,
            next: NONE,
        };
        Self {
            drafts: [draft; C],
            ends: [end; C],
            extensions: Extensions::new(),
            buckets: [NONE; C],
            size: Size {
                nodes: 1,
                slots: 0,
                affixes: 0,
                ends: 0,
            },
        }
    }

    /// Returns the sizes of the table's arrays.
    pub const fn size(&self) -> Size {
        self.size
    }

    const fn insert(&mut self, route: u16, methods: Methods, slash: Slash, segments: &[Segment]) {
        let named = self.extensions.named(methods);
        let any = methods.is_any();
        let mut node = ROOT;
        let mut idx = 0;
        while idx < segments.len() {
            node = self.child(node, segments[idx]);
            idx += 1;
        }
        let end = DraftEnd {
            route,
            named,
            any,
            slash: Slash::Strict,
            longer: false,
            next: NONE,
        };
        self.add_end(node, end);
        if let Some(alias) = self.alias(node, slash) {
            self.add_end(
                alias,
                DraftEnd {
                    slash,
                    longer: self.drafts[alias as usize].parent == node,
                    ..end
                },
            );
        }
    }

    /// Returns the node of the path with the trailing slash added or removed, unless the route is
    /// strict.
    const fn alias(&mut self, node: u32, slash: Slash) -> Option<u32> {
        if matches!(slash, Slash::Strict) {
            return None;
        }
        let parent = self.drafts[node as usize].parent;
        match self.drafts[node as usize].step.segment {
            Segment::CatchAll { .. } => None,
            // `//` without its last slash is `/`, which is not an alias of another path.
            Segment::Static(text)
                if text.is_empty() && (parent == ROOT || self.is_slash(parent)) =>
            {
                None
            }
            Segment::Static(text) if text.is_empty() => Some(parent),
            Segment::Static(_) | Segment::Param { .. } => Some(self.child(node, EMPTY)),
        }
    }

    /// Returns whether a node is the end of the path `/`.
    const fn is_slash(&self, node: u32) -> bool {
        let draft = &self.drafts[node as usize];
        draft.parent == ROOT && draft.step.equals(&KeyedSegment::new(EMPTY))
    }

    /// Finds or adds a node.
    const fn child(&mut self, parent: u32, segment: Segment) -> u32 {
        let step = KeyedSegment::new(segment);
        let bucket = (((step.key.hash ^ parent as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32)
            % C as u64) as usize;
        let mut node = self.buckets[bucket];
        while node != NONE {
            let draft = &self.drafts[node as usize];
            if draft.parent == parent && draft.step.equals(&step) {
                return node;
            }
            node = draft.chained;
        }
        let node = self.size.nodes as u32;
        let siblings = self.drafts[parent as usize].first_child;
        self.drafts[node as usize] = Draft::new(parent, step, self.buckets[bucket], siblings);
        self.drafts[parent as usize].first_child = node;
        self.buckets[bucket] = node;
        self.size.nodes += 1;
        self.count(parent, segment);
        node
    }

    /// Updates the sizes for a new child.
    const fn count(&mut self, parent: u32, segment: Segment) {
        match segment {
            Segment::Static(_) => {
                let parent = &mut self.drafts[parent as usize];
                self.size.slots -= n_slots(parent.n_statics) as usize;
                parent.n_statics += 1;
                self.size.slots += n_slots(parent.n_statics) as usize;
            }
            Segment::Param { prefix, suffix, .. } => {
                if !prefix.is_empty() || !suffix.is_empty() {
                    self.size.affixes += 1;
                }
            }
            Segment::CatchAll { .. } => {}
        }
    }

    const fn add_end(&mut self, node: u32, end: DraftEnd) {
        let next = self.drafts[node as usize].first_end;
        self.ends[self.size.ends] = DraftEnd { next, ..end };
        self.drafts[node as usize].first_end = self.size.ends as u32;
        self.size.ends += 1;
    }
}

impl Draft {
    const fn new(parent: u32, step: KeyedSegment, chained: u32, next_sibling: u32) -> Self {
        Self {
            parent,
            step,
            chained,
            first_child: NONE,
            next_sibling,
            n_statics: 0,
            first_end: NONE,
        }
    }
}
