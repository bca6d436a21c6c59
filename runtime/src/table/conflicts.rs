//! Finds routes that match the same requests.

use crate::{
    routes::{Methods, Segment, Shape},
    table::node_key::{KeyedSegment, same_text},
};

/// No route, in the chains of [`clashes`].
const NONE: u16 = u16::MAX;

/// Finds, for each route, the first earlier route with an equal pattern and a method in common.
///
/// `#[any]` conflicts only with `#[any]`, because a route that names the method takes precedence.
/// The routes go into a hash table. Pairwise comparison was rejected: it takes rustc seconds for
/// 500 routes, and with 1,000 routes rustc stops with `long_running_const_eval`.
///
/// # Panics
/// Panics if there are more than 65,535 routes.
pub const fn clashes<const N: usize>(shapes: &[Shape; N]) -> [Option<u16>; N] {
    assert!(N <= NONE as usize, "a group has more than 65,535 routes");
    let mut clashes = [None; N];
    let mut heads = [NONE; N];
    let mut nexts = [NONE; N];
    let mut hashes = [0; N];
    let mut idx = 0;
    while idx < N {
        hashes[idx] = hash(&shapes[idx]);
        let bucket = ((hashes[idx] >> 32) % N as u64) as usize;
        let mut other = heads[bucket];
        while other != NONE {
            // The chain is in reverse order, so the last match is the first route.
            if hashes[other as usize] == hashes[idx]
                && conflict(&shapes[other as usize], &shapes[idx])
            {
                clashes[idx] = Some(other);
            }
            other = nexts[other as usize];
        }
        nexts[idx] = heads[bucket];
        heads[bucket] = idx as u16;
        idx += 1;
    }
    clashes
}

/// Hashes the pattern of a route.
const fn hash(shape: &Shape) -> u64 {
    let segments = shape.full_segments();
    let mut hash = 0u64;
    let mut idx = 0;
    while idx < segments.len() {
        hash = (hash.rotate_left(5) ^ KeyedSegment::new(segments[idx]).key.hash)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        idx += 1;
    }
    hash
}

/// Returns whether two routes have the same pattern and a method in common.
const fn conflict(a: &Shape, b: &Shape) -> bool {
    share_method(a.methods, b.methods) && same_pattern(a.full_segments(), b.full_segments())
}

const fn same_pattern(a: &[Segment], b: &[Segment]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut idx = 0;
    while idx < a.len() {
        if !KeyedSegment::new(a[idx]).equals(&KeyedSegment::new(b[idx])) {
            return false;
        }
        idx += 1;
    }
    true
}

const fn share_method(a: Methods, b: Methods) -> bool {
    if a.bits() & b.bits() != 0 || a.is_any() && b.is_any() {
        return true;
    }
    let mut idx = 0;
    while idx < a.extensions().len() * b.extensions().len() {
        let (a_idx, b_idx) = (idx / b.extensions().len(), idx % b.extensions().len());
        if same_text(a.extensions()[a_idx], b.extensions()[b_idx]) {
            return true;
        }
        idx += 1;
    }
    false
}
