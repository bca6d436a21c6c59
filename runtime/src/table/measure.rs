//! Counts what the table of an app will contain.
//!
//! The sizes of arrays must be known where an app is declared, so this is the only part of a table that every
//! `cargo check` evaluates. It keeps a hash of each node and no node.

use crate::{
    routes::{
        BASE, EMPTY_HASH, KIND_AFFIX, KIND_BITS, KIND_CATCH_ALL, KIND_STATIC, MAX_PARAMS,
        MAX_SEGMENTS, Node, Slash, Visited, Walk,
    },
    table::plan::n_slots,
};

/// The sizes of the arrays of an app.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// The number of routes.
    pub routes: usize,
    /// The number of groups, with the app itself.
    pub groups: usize,
    /// The number of segments in all patterns and in the prefixes of all groups.
    pub segments: usize,
    /// The length of all patterns.
    pub text: usize,
    /// The number of nodes of the trie.
    pub nodes: usize,
    /// The number of slots in all hash tables of static segments.
    pub slots: usize,
    /// The number of parameters with static text around them.
    pub affixes: usize,
    /// The number of ends: one for each route, and one for each alias with another trailing slash.
    pub ends: usize,
}

impl Measure {
    /// Returns the number of nodes or of ends, whichever is larger.
    pub const fn plan(&self) -> usize {
        if self.nodes > self.ends {
            self.nodes
        } else {
            self.ends
        }
    }
}

/// Returns the sizes of the arrays of an app.
pub const fn measure(root: &'static Node) -> Measure {
    let mut sizes = Measure {
        routes: 0,
        groups: 1,
        segments: 0,
        text: 0,
        nodes: 1,
        slots: 0,
        affixes: 0,
        ends: 0,
    };
    let mut walk = Walk::new(root);
    sizes.segments = walk.whole.n_segments as usize;
    while walk.next() {
        sizes.segments += walk.whole.n_segments as usize;
        if let Visited::Group = walk.visited {
            sizes.groups += 1;
        } else {
            sizes.routes += 1;
            sizes.text += walk.whole.text_len as usize;
        }
    }
    // The hash table has room for twice as many nodes as there can be: one for each segment, and one for an alias.
    match sizes.segments + sizes.routes {
        0..=32 => count(root, sizes, &mut [0; 64], &mut [0; 64]),
        33..=128 => count(root, sizes, &mut [0; 256], &mut [0; 256]),
        129..=512 => count(root, sizes, &mut [0; 1_024], &mut [0; 1_024]),
        513..=2_048 => count(root, sizes, &mut [0; 4_096], &mut [0; 4_096]),
        2_049..=8_192 => count(root, sizes, &mut [0; 16_384], &mut [0; 16_384]),
        8_193..=32_768 => count(root, sizes, &mut [0; 65_536], &mut [0; 65_536]),
        32_769..=131_072 => count(root, sizes, &mut [0; 262_144], &mut [0; 262_144]),
        _ => count(root, sizes, &mut [0; 4_194_304], &mut [0; 4_194_304]),
    }
}

/// A pattern that consists of one empty segment: `/`, or what a slash at the end adds.
const SLASH: &[u64] = &[EMPTY_HASH];
/// The hash of the path `//`.
const TWO_SLASHES: u64 = (EMPTY_HASH as u128 * BASE + EMPTY_HASH as u128) as u64;

/// Counts the nodes of the trie. A node is known by the hash of the path that leads to it.
///
/// It is one function for the same reason as [`Walk::next`]: a call would cost more than what it does.
/// `counts` has one more than the number of children with static segments, or 0 if the slot is free.
const fn count(
    root: &'static Node,
    mut sizes: Measure,
    hashes: &mut [u64],
    counts: &mut [u32],
) -> Measure {
    let capacity = hashes.len();
    counts[0] = 1;
    let mut walk = Walk::new(root);
    // The prefix of the app comes first. A group is visited before its entries, so that its node is there.
    let mut base = 0;
    let mut added = [walk.own_hashes, &[], &[], &[]];
    loop {
        let mut hash = base;
        let mut slot = (hash >> 32) as usize % capacity;
        while hashes[slot] != hash || counts[slot] == 0 {
            slot = (slot + 1) % capacity;
        }
        let mut idx = 0;
        while idx < 4 {
            while let [segment, rest @ ..] = added[idx] {
                added[idx] = rest;
                let parent = slot;
                hash = (hash as u128 * BASE + *segment as u128) as u64;
                slot = (hash >> 32) as usize % capacity;
                while counts[slot] != 0 && hashes[slot] != hash {
                    slot = (slot + 1) % capacity;
                }
                if counts[slot] == 0 {
                    hashes[slot] = hash;
                    counts[slot] = 1;
                    sizes.nodes += 1;
                    match *segment & KIND_BITS {
                        KIND_STATIC => {
                            sizes.slots += n_slots(counts[parent]) as usize;
                            sizes.slots -= n_slots(counts[parent] - 1) as usize;
                            counts[parent] += 1;
                        }
                        KIND_AFFIX => sizes.affixes += 1,
                        _ => {}
                    }
                }
            }
            idx += 1;
        }
        if !walk.next() {
            return sizes;
        }
        base = walk.base;
        added = [walk.field_hashes, walk.own_hashes, &[], &[]];
        // The group whose prefix made the pattern too long has reported it.
        if walk.whole.n_segments as usize > MAX_SEGMENTS
            || walk.whole.n_params as usize > MAX_PARAMS
        {
            added = [&[]; 4];
        } else if let Visited::Route = walk.visited {
            sizes.ends += 1;
            if walk.whole.n_segments == 0 {
                added[2] = SLASH;
            }
            if let Some(Slash::Redirect | Slash::Ignore) = walk.whole.slash {
                match alias(&walk) {
                    Alias::None => {}
                    Alias::Parent => sizes.ends += 1,
                    Alias::Child => {
                        sizes.ends += 1;
                        added[3] = SLASH;
                    }
                }
            }
        }
    }
}

/// Where the path with the other trailing slash ends, as [`Plan`](super::Plan) decides it.
enum Alias {
    /// There is none: the path ends with a catch-all, or it is `/` or `//`.
    None,
    /// At the node before.
    Parent,
    /// At a child for an empty segment.
    Child,
}

const fn alias(walk: &Walk) -> Alias {
    match walk.own_hashes {
        // A prefix ends with a segment that is neither empty nor a catch-all.
        [] if walk.whole.n_segments == 0 => Alias::None,
        [] => Alias::Child,
        [.., last] if *last & KIND_BITS == KIND_CATCH_ALL => Alias::None,
        [.., EMPTY_HASH] => match walk.whole.hash {
            EMPTY_HASH | TWO_SLASHES => Alias::None,
            _ => Alias::Parent,
        },
        [.., _] => Alias::Child,
    }
}
