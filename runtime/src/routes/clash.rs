//! Finds routes that match the same requests, by a hash of their patterns.

use crate::{
    const_text::contains,
    routes::{
        definition::Definition,
        field_path::Place,
        node::{Content, Group, Node},
        pattern::{BASE, EMPTY_HASH},
        segment::{Methods, STANDARD},
        walk::Walk,
        whole_pattern::WholePattern,
    },
};

/// A slot of the hash table with the routes of a group, in constant evaluation.
///
/// Pairwise comparison was rejected: it takes rustc seconds for 500 routes, and with 1,000 routes rustc stops with
/// `long_running_const_eval`.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    hash: u64,
    definition: Option<&'static Definition>,
    index: u32,
}

impl Slot {
    pub(super) const EMPTY: Self = Self {
        hash: 0,
        definition: None,
        index: 0,
    };
}

/// Adds the route that a walk has visited to a hash table. Returns the index of the first earlier route with an equal
/// pattern and a method in common. `index` is that of the route.
///
/// `#[any]` conflicts only with `#[any]`, because a route that names the method takes precedence.
pub(super) const fn add(
    slots: &mut [Slot],
    root: &'static Node,
    walk: &Walk,
    index: u32,
) -> Option<u32> {
    let (hash, capacity) = (walk.whole.hash, slots.len());
    let mut at = (hash >> 32) as usize % capacity;
    let mut first = None;
    while let Some(other) = slots[at].definition {
        if slots[at].hash == hash
            && let None = first
            && let Some(_) = shared_method(other.methods, walk.definition.methods)
            && same_pattern(root, slots[at].index, walk.place())
        {
            first = Some(slots[at].index);
        }
        at = (at + 1) % capacity;
    }
    slots[at] = Slot {
        hash,
        definition: Some(walk.definition),
        index,
    };
    first
}

/// Returns whether two entries of a group may have routes that match the same requests. Both tables are empty, and
/// have the same size.
///
/// Two routes clash only if their whole patterns have the same hash, and a route of a group clashes only if another
/// entry begins with the same segment as the group.
pub(super) const fn may_clash(group: &Group, wholes: &mut [u64], firsts: &mut [u64]) -> bool {
    let capacity = wholes.len();
    let (mut entries, mut n_keys) = (group.entries, 0);
    while let [entry, rest @ ..] = entries {
        entries = rest;
        let (field, inner) = entry.split();
        let (own, is_group) = match &inner.content {
            Content::Route(definition, ..) => (&definition.pattern, false),
            Content::Group(group) => (&group.prefix, true),
            Content::Field(..) | Content::Nothing => continue,
        };
        // The lowest bit is set for a group. A route `/` has no segment.
        let mut first = match (field.prefix.hashes, own.hashes) {
            ([first, ..], _) | ([], [first, ..]) => *first,
            ([], []) if is_group => return true,
            ([], []) => EMPTY_HASH,
        };
        first = first << 2 | 2 | is_group as u64;
        let mut at = (first >> 32) as usize % capacity;
        while firsts[at] != 0 && firsts[at] != first {
            if firsts[at] == first ^ 1 {
                return true;
            }
            at = (at + 1) % capacity;
        }
        if is_group && firsts[at] == first {
            return true;
        }
        firsts[at] = first;
        if is_group {
            continue;
        }
        let mut hash = 0_u64;
        let mut hashes = field.prefix.hashes;
        while let [segment, rest @ ..] = hashes {
            hash = (hash as u128 * BASE + *segment as u128) as u64;
            hashes = rest;
        }
        hashes = own.hashes;
        while let [segment, rest @ ..] = hashes {
            hash = (hash as u128 * BASE + *segment as u128) as u64;
            hashes = rest;
        }
        // The methods of the standard are part of the hash, so that GET and POST of one path do not look like a clash.
        let Content::Route(definition, ..) = &inner.content else {
            continue;
        };
        let mut bits = definition.methods.bits();
        if let (0, _) | (_, [_, ..]) = (bits, definition.methods.extensions()) {
            bits |= OTHER_METHODS;
        }
        while bits != 0 {
            let method = bits & bits.wrapping_neg();
            bits ^= method;
            n_keys += 1;
            if n_keys * 2 > capacity {
                return true;
            }
            let key = (hash as u128 * BASE + method as u128) as u64 | 1;
            let mut at = (key >> 32) as usize % capacity;
            while wholes[at] != 0 {
                if wholes[at] == key {
                    return true;
                }
                at = (at + 1) % capacity;
            }
            wholes[at] = key;
        }
    }
    false
}

/// Represents every method that is not standard, and `#[any]`.
const OTHER_METHODS: u16 = 1 << 15;

/// Returns the place of the route with this index.
pub(super) const fn nth(root: &'static Node, index: u32) -> Option<Place> {
    let mut walk = Walk::new(root);
    let mut n = 0;
    while walk.next_route() {
        if n == index {
            return Some(walk.place());
        }
        n += 1;
    }
    None
}

/// Returns whether two routes with the same hash have the same pattern.
const fn same_pattern(root: &'static Node, a: u32, b: Place) -> bool {
    let Some(a) = nth(root, a) else {
        return false;
    };
    let (mut a, mut b) = (
        WholePattern::of_route(root, a),
        WholePattern::of_route(root, b),
    );
    loop {
        match (a.next_segment(), b.next_segment()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.same(&b) => {}
            _ => return false,
        }
    }
}

/// Returns the name of a method that may change something.
pub(super) const fn unsafe_method(methods: Methods) -> &'static str {
    let bits = methods.unsafe_bits();
    if bits != 0 {
        return STANDARD[bits.trailing_zeros() as usize];
    }
    match methods.extensions() {
        [first, ..] => first,
        [] => "ANY",
    }
}

/// Returns the name of a method that both have, or "ANY".
pub(super) const fn shared_method(a: Methods, b: Methods) -> Option<&'static str> {
    let both = a.bits() & b.bits();
    if both != 0 {
        return Some(STANDARD[both.trailing_zeros() as usize]);
    }
    let mut i = 0;
    while i < a.extensions().len() {
        if contains(b.extensions(), a.extensions()[i]) {
            return Some(a.extensions()[i]);
        }
        i += 1;
    }
    if a.is_any() && b.is_any() {
        return Some("ANY");
    }
    None
}
