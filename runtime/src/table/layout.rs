//! Lays the trie out for lookups, in flat arrays.

use super::methods::{GET, MAX_EXTENSIONS, with_head};
use super::plan::{DraftEnd, NONE, Plan, n_slots};
use super::spelling::has_escape;
use crate::{
    routes::{Segment, Slash},
    table::segment_key::Key,
};

/// The owned data of a table, stored in a `static`.
#[derive(Debug)]
pub struct Parts<const NODES: usize, const SLOTS: usize, const AFFIXES: usize, const ENDS: usize> {
    nodes: [Node; NODES],
    slots: [Slot; SLOTS],
    /// The text of each slot. It is a separate array, because only long segments are compared with
    /// it and the slots stay small.
    texts: [&'static str; SLOTS],
    affixes: [Affix; AFFIXES],
    ends: [End; ENDS],
    extensions: [&'static str; MAX_EXTENSIONS],
    n_extensions: usize,
    has_escapes: bool,
}

/// A route table that borrows its data from [`Parts`].
#[derive(Debug, Clone, Copy)]
pub struct Table {
    pub(super) nodes: &'static [Node],
    pub(super) slots: &'static [Slot],
    pub(super) texts: &'static [&'static str],
    pub(super) affixes: &'static [Affix],
    pub(super) ends: &'static [End],
    pub(super) extensions: &'static [&'static str],
    /// Whether a pattern's static text has an escape. A path may then contain the unescaped byte.
    pub(super) has_escapes: bool,
}

/// A node of the trie: the position between two segments of a path, or its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// The first slot of its hash table of static segments.
    pub(super) first_slot: u32,
    /// The number of slots of the hash table.
    pub(super) n_slots: u32,
    /// The longest probe sequence: how many slots a lookup must check at most.
    pub(super) n_probes: u16,
    /// The number of its parameters with static text around them.
    pub(super) n_affixes: u32,
    /// The node after a whole-segment parameter, or [`NO_NODE`].
    pub(super) param: u32,
    /// The node after a catch-all, or [`NO_NODE`].
    pub(super) rest: u32,
    /// The first of its parameters with static text around them.
    pub(super) first_affix: u32,
    /// One of its ends, stored here to save a lookup: that of GET if it has one. Its mask is 0 if
    /// no route ends here.
    pub(super) end: End,
    /// The first of its ends.
    pub(super) first_end: u32,
    /// The number of its ends.
    pub(super) n_ends: u16,
    /// The kinds of segments that can follow, so that a lookup takes the shortest path.
    pub(super) kind: Kind,
}

/// The kinds of segments that can follow a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// None: paths end here.
    Leaf,
    /// Static text only.
    Statics,
    /// A whole-segment parameter only.
    Param,
    /// Several kinds, or a kind with several candidates, so that a lookup may backtrack.
    Mixed,
}

/// Marks a missing child. The index is that of the root, and no node has it as a child.
pub(super) const NO_NODE: u32 = 0;

/// A slot in a hash table of static segments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The first word of the segment's [`Key`], or [`NO_HEAD`] if the slot is empty.
    pub(super) head: u64,
    /// The second word of the segment's [`Key`].
    pub(super) second: u64,
    /// The node after the segment.
    pub(super) child: u32,
}

/// Marks an empty slot. No segment begins with these bytes, because 0xFF never occurs in UTF-8.
pub(super) const NO_HEAD: u64 = u64::MAX;

/// A parameter with static text around it, such as `{name}.json`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Affix {
    pub(super) prefix: &'static str,
    pub(super) suffix: &'static str,
    pub(super) child: u32,
}

/// A route at the node where its pattern ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// The methods for which this route is chosen. The masks of one node's ends do not overlap.
    pub(super) mask: u32,
    /// The index of the route.
    pub(super) route: u16,
    /// Whether the client is redirected, because the path differs by its trailing slash.
    pub(super) redirect: bool,
}

impl End {
    const NONE: Self = Self {
        mask: 0,
        route: 0,
        redirect: false,
    };
}

impl<const NODES: usize, const SLOTS: usize, const AFFIXES: usize, const ENDS: usize>
    Parts<NODES, SLOTS, AFFIXES, ENDS>
{
    const EMPTY: Self = Self {
        nodes: [Node {
            first_slot: 0,
            n_slots: 0,
            n_probes: 0,
            n_affixes: 0,
            param: NO_NODE,
            rest: NO_NODE,
            first_affix: 0,
            end: End::NONE,
            first_end: 0,
            n_ends: 0,
            kind: Kind::Leaf,
        }; NODES],
        slots: [Slot {
            head: NO_HEAD,
            second: 0,
            child: NO_NODE,
        }; SLOTS],
        texts: [""; SLOTS],
        affixes: [Affix {
            prefix: "",
            suffix: "",
            child: NO_NODE,
        }; AFFIXES],
        ends: [End::NONE; ENDS],
        extensions: [""; MAX_EXTENSIONS],
        n_extensions: 0,
        has_escapes: false,
    };

    /// Borrows the data as a table.
    pub const fn table(&'static self) -> Table {
        Table {
            nodes: &self.nodes,
            slots: &self.slots,
            texts: &self.texts,
            affixes: &self.affixes,
            ends: &self.ends,
            extensions: self.extensions.split_at(self.n_extensions).0,
            has_escapes: self.has_escapes,
        }
    }

    /// Inserts a static segment into its parent's hash table, with linear probing.
    const fn add_static(&mut self, node: &mut Node, text: &'static str, key: Key, child: u32) {
        let mut slot = key.slot(node.n_slots);
        let mut n_probes = 1u16;
        while self.slots[(node.first_slot + slot) as usize].head != NO_HEAD {
            slot = (slot + 1) % node.n_slots;
            n_probes += 1;
        }
        let at = (node.first_slot + slot) as usize;
        self.slots[at] = Slot {
            head: key.head,
            second: key.second,
            child,
        };
        self.texts[at] = text;
        self.has_escapes |= has_escape(text);
        if n_probes > node.n_probes {
            node.n_probes = n_probes;
        }
    }

    /// Inserts a parameter in the order of precedence: longer prefixes first, then longer suffixes.
    const fn add_affix(&mut self, node: &mut Node, affix: Affix) {
        let mut at = (node.first_affix + node.n_affixes) as usize;
        while at > node.first_affix as usize && affix.goes_before(&self.affixes[at - 1]) {
            self.affixes[at] = self.affixes[at - 1];
            at -= 1;
        }
        self.has_escapes |= has_escape(affix.prefix) || has_escape(affix.suffix);
        self.affixes[at] = affix;
        node.n_affixes += 1;
    }
}

impl Affix {
    /// Returns whether this parameter takes precedence over the other.
    const fn goes_before(&self, other: &Self) -> bool {
        if self.prefix.len() == other.prefix.len() {
            return self.suffix.len() > other.suffix.len();
        }
        self.prefix.len() > other.prefix.len()
    }
}

impl<const C: usize> Plan<C> {
    /// Lays the trie out for lookups, in arrays of at least [`Plan::size`].
    pub const fn build<
        const NODES: usize,
        const SLOTS: usize,
        const AFFIXES: usize,
        const ENDS: usize,
    >(
        &self,
    ) -> Parts<NODES, SLOTS, AFFIXES, ENDS> {
        let mut parts = Parts::EMPTY;
        let names = self.extensions.names();
        while parts.n_extensions < names.len() {
            parts.extensions[parts.n_extensions] = names[parts.n_extensions];
            parts.n_extensions += 1;
        }
        let (mut n_slots, mut n_affixes, mut n_ends) = (0, 0, 0);
        let mut idx = 0;
        while idx < self.size().nodes {
            let mut node = Node {
                first_slot: n_slots,
                first_affix: n_affixes,
                first_end: n_ends,
                ..parts.nodes[idx]
            };
            self.lay_children(&mut parts, idx, &mut node);
            self.lay_ends(&mut parts, idx, &mut node);
            n_slots += node.n_slots;
            n_affixes += node.n_affixes;
            n_ends += node.n_ends as u32;
            parts.nodes[idx] = node;
            idx += 1;
        }
        parts
    }

    const fn lay_children<
        const NODES: usize,
        const SLOTS: usize,
        const AFFIXES: usize,
        const ENDS: usize,
    >(
        &self,
        parts: &mut Parts<NODES, SLOTS, AFFIXES, ENDS>,
        idx: usize,
        node: &mut Node,
    ) {
        node.n_slots = n_slots(self.drafts[idx].n_statics);
        let mut child = self.drafts[idx].first_child;
        while child != NONE {
            let draft = &self.drafts[child as usize];
            match draft.step.segment {
                Segment::Static(text) => parts.add_static(node, text, draft.step.key, child),
                Segment::Param { prefix, suffix, .. } if prefix.is_empty() && suffix.is_empty() => {
                    node.param = child;
                }
                Segment::Param { prefix, suffix, .. } => {
                    parts.add_affix(
                        node,
                        Affix {
                            prefix,
                            suffix,
                            child,
                        },
                    );
                }
                Segment::CatchAll { .. } => node.rest = child,
            }
            child = draft.next_sibling;
        }
        node.kind = match (node.n_slots, node.param, node.rest | node.n_affixes) {
            (0, NO_NODE, 0) => Kind::Leaf,
            (_, NO_NODE, 0) => Kind::Statics,
            (0, _, 0) => Kind::Param,
            _ => Kind::Mixed,
        };
    }

    const fn lay_ends<
        const NODES: usize,
        const SLOTS: usize,
        const AFFIXES: usize,
        const ENDS: usize,
    >(
        &self,
        parts: &mut Parts<NODES, SLOTS, AFFIXES, ENDS>,
        idx: usize,
        node: &mut Node,
    ) {
        let taken = self.taken(self.drafts[idx].first_end);
        let mut end = self.drafts[idx].first_end;
        while end != NONE {
            let draft = &self.ends[end as usize];
            let mask = taken.mask_of(draft);
            let redirect = matches!(draft.slash, Slash::Redirect);
            let laid = End {
                mask,
                route: draft.route,
                redirect,
            };
            parts.ends[(node.first_end + node.n_ends as u32) as usize] = laid;
            if node.end.mask == 0 || mask & GET != 0 {
                node.end = laid;
            }
            node.n_ends += 1;
            end = draft.next;
        }
    }

    /// Collects the methods that the ends of one node name.
    const fn taken(&self, first_end: u32) -> Occupied {
        let mut taken = Occupied {
            named: 0,
            any: false,
            aliases_named: 0,
            longer: 0,
        };
        let mut end = first_end;
        while end != NONE {
            let draft = &self.ends[end as usize];
            match draft.slash {
                Slash::Strict => taken.named |= draft.named,
                Slash::Redirect | Slash::Ignore => taken.aliases_named |= draft.named,
            }
            taken.any |= matches!(draft.slash, Slash::Strict) && draft.any;
            end = draft.next;
        }
        taken.longer = self.longer(first_end, &taken);
        taken
    }

    /// Returns the methods of the aliases at one node that have one slash more than their route.
    const fn longer(&self, first_end: u32, taken: &Occupied) -> u32 {
        let (mut methods, mut end) = (0, first_end);
        while end != NONE {
            let draft = &self.ends[end as usize];
            if draft.longer {
                methods |= taken.mask_of(draft);
            }
            end = draft.next;
        }
        methods
    }
}

/// The methods that the ends of one node name, to decide which end serves which method.
///
/// An explicit HEAD takes precedence over the HEAD of GET, a named method over `#[any]`, and a route
/// over the alias of another route's trailing slash. Of two aliases, the one with a slash more than
/// its route takes precedence, so that the result does not depend on the order of the routes.
struct Occupied {
    /// The methods that routes name.
    named: u32,
    /// Whether a route has `#[any]`.
    any: bool,
    /// The methods that aliases name.
    aliases_named: u32,
    /// The methods of aliases that have one slash more than their route.
    longer: u32,
}

impl Occupied {
    /// Returns the methods for which this end is chosen.
    const fn mask_of(&self, end: &DraftEnd) -> u32 {
        let is_alias = !matches!(end.slash, Slash::Strict);
        let named = if is_alias {
            self.aliases_named
        } else {
            self.named
        };
        let own = if end.any {
            !with_head(named)
        } else {
            // GET also serves HEAD, unless another end names HEAD.
            with_head(end.named) & (end.named | !named)
        };
        match (is_alias, self.any) {
            (false, _) => own,
            (true, true) => 0,
            (true, false) if end.longer => own & !with_head(self.named),
            (true, false) => own & !with_head(self.named) & !self.longer,
        }
    }
}
