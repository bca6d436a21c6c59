//! Finds routes that match the same requests, by a hash of their patterns.

use crate::{
    const_text::{contains, equal},
    routes::{
        definition::Definition,
        field_path::Place,
        node::Node,
        pattern::{Pattern, Segments},
        segment::{Methods, STANDARD, Segment},
        walk::Walk,
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
    let (mut a, mut b) = (WholePattern::new(root, a), WholePattern::new(root, b));
    loop {
        match (a.next_segment(), b.next_segment()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same_segment(a, b) => {}
            _ => return false,
        }
    }
}

/// Returns whether two segments are equal apart from the names of their parameters.
const fn same_segment(a: Segment, b: Segment) -> bool {
    match (a, b) {
        (Segment::Static(a), Segment::Static(b)) => equal(a, b),
        (
            Segment::Param {
                prefix: a,
                suffix: c,
                ..
            },
            Segment::Param {
                prefix: b,
                suffix: d,
                ..
            },
        ) => equal(a, b) && equal(c, d),
        (Segment::CatchAll { .. }, Segment::CatchAll { .. }) => true,
        _ => false,
    }
}

/// The segments of a route with those of the prefixes around it.
struct WholePattern {
    root: &'static Node,
    place: Place,
    /// The number of prefixes that have begun.
    n_begun: usize,
    current: Segments,
    ended: bool,
}

impl WholePattern {
    const fn new(root: &'static Node, place: Place) -> Self {
        Self {
            root,
            place,
            n_begun: 0,
            current: Pattern::EMPTY.segments(),
            ended: false,
        }
    }

    const fn next_segment(&mut self) -> Option<Segment> {
        loop {
            if let Some(segment) = self.current.next_segment() {
                return Some(segment);
            }
            if self.ended {
                return None;
            }
            let prefix = self.place.path.prefix(self.root, self.n_begun);
            self.n_begun += 1;
            self.current = match prefix {
                Some(prefix) => prefix.segments(),
                None => {
                    self.ended = true;
                    self.place.definition.pattern.segments()
                }
            };
        }
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
