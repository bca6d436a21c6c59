//! Sums over the routes below an entry of a group.

use crate::routes::pattern::{KIND_AFFIX, KIND_BITS, Pattern};

/// Sums over the routes below an entry, which a group uses in place of a walk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums {
    pub(crate) routes: u32,
    pub(crate) groups: u32,
    /// The length of all patterns, as written in the source.
    pub(crate) text: u32,
    /// The routes that are `/` and have no prefix yet, so that a prefix takes the place of their slash.
    pub(super) slashes: u32,
    /// The most nodes that the routes can have in a trie.
    pub(crate) nodes: u32,
    /// The most static segments that lead to a node.
    pub(crate) statics: u32,
    /// The most parameters with static text around them.
    pub(crate) affixes: u32,
    /// The most segments and parameters of a pattern, and the deepest nesting of groups.
    pub(super) most_segments: u16,
    pub(super) most_params: u16,
    pub(super) depth: u16,
    /// One bit for each name of a parameter.
    pub(super) name_bits: u64,
    /// Whether a path may have another trailing slash than its route.
    pub(crate) has_slash: bool,
    /// Whether a route names a method that is not standard.
    pub(crate) has_extensions: bool,
    /// Whether a route needs something that must be around it, a part has locals or an order, or a group has demands.
    pub(super) may_lack: bool,
    /// Whether a group has demands.
    pub(super) has_demands: bool,
    /// The facts that may hold for arguments and parts below the entry, as bits of [`Facts`](super::Facts).
    pub(super) may: u64,
    /// The facts that surely hold for a single route.
    pub(super) surely: u64,
    /// Whether a route serves a method that may change something.
    pub(super) has_unsafe: bool,
    /// Whether a route or a group has `csrf = strict`.
    pub(super) is_strict: bool,
    /// Whether routes are missing, because a mistake was reported at or below the entry.
    pub(super) broken: bool,
}

impl Sums {
    pub(super) const NOTHING: Self = Self {
        routes: 0,
        groups: 0,
        text: 0,
        slashes: 0,
        nodes: 0,
        statics: 0,
        affixes: 0,
        most_segments: 0,
        most_params: 0,
        depth: 0,
        name_bits: 0,
        has_slash: false,
        has_extensions: false,
        may_lack: false,
        has_demands: false,
        may: 0,
        surely: 0,
        has_unsafe: false,
        is_strict: false,
        broken: false,
    };

    /// Returns the sums with a prefix in front of every pattern.
    pub(super) const fn below(mut self, prefix: &Pattern) -> Self {
        if prefix.n_segments == 0 {
            return self;
        }
        let n_segments = prefix.n_segments as u32;
        self.text += prefix.text.len() as u32 * self.routes - self.slashes;
        self.slashes = 0;
        self.nodes += n_segments;
        self.statics += n_segments - prefix.n_params as u32;
        self.affixes += n_affixes(prefix);
        self.most_segments += n_segments as u16;
        self.most_params += prefix.n_params as u16;
        self.name_bits |= prefix.name_bits;
        self
    }
}

/// Returns the number of parameters with static text around them.
pub(super) const fn n_affixes(pattern: &Pattern) -> u32 {
    let (mut hashes, mut n) = (pattern.hashes, 0);
    while let [hash, rest @ ..] = hashes {
        if *hash & KIND_BITS == KIND_AFFIX {
            n += 1;
        }
        hashes = rest;
    }
    n
}
