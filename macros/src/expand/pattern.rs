//! The code for a pattern: its text, and the numbers that the checks of a group use.

use highball_macro_stages::pattern::{Pattern, Segment};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Returns the pattern as constant data.
pub(super) fn pattern(pattern: &Pattern) -> TokenStream {
    let text = &pattern.text;
    let hashes = pattern.segments.iter().map(segment_hash);
    let hashes = hashes.map(Literal::u64_unsuffixed);
    let n_segments = Literal::usize_unsuffixed(pattern.segments.len());
    let n_params = Literal::usize_unsuffixed(pattern.names().count());
    let bits = pattern.names().fold(0, |bits, name| bits | name_bit(name));
    let bits = Literal::u64_unsuffixed(bits);
    let canonical = canonical(pattern);
    let canonical = (!pattern.segments.is_empty() && canonical != *text)
        .then(|| quote!(.canonical(#canonical)));
    quote!(__hb::Pattern::new(#text, &[#(#hashes),*], #n_segments, #n_params, #bits) #canonical)
}

/// Returns the prefix of a group, or the pattern without segments.
pub(super) fn prefix(prefix: Option<&Pattern>) -> TokenStream {
    prefix.map_or_else(|| quote!(__hb::Pattern::EMPTY), pattern)
}

/// Returns the text in its canonical spelling: static text is percent-encoded, so that braces enclose parameters only.
fn canonical(pattern: &Pattern) -> String {
    let mut text = String::new();
    for segment in &pattern.segments {
        text.push('/');
        match segment {
            Segment::Static(part) => text.push_str(part),
            Segment::Param {
                prefix,
                name,
                suffix,
            } => text.push_str(&format!("{prefix}{{{name}}}{suffix}")),
            Segment::CatchAll { name } => text.push_str(&format!("{{*{name}}}")),
        }
    }
    text
}

/// Returns the number of a segment for the checks of a group. It does not depend on the name of a parameter. The
/// lowest two bits are the kind, and an empty segment is the number 4, as `runtime/src/routes/pattern.rs` has them.
fn segment_hash(segment: &Segment) -> u64 {
    match segment {
        Segment::Static(text) if text.is_empty() => 4,
        Segment::Static(text) => bytes_hash(0, text) & !3,
        Segment::Param { prefix, suffix, .. } if prefix.is_empty() && suffix.is_empty() => 1,
        Segment::Param { prefix, suffix, .. } => bytes_hash(bytes_hash(0, prefix), suffix) & !3 | 2,
        Segment::CatchAll { .. } => 3,
    }
}

/// Returns the bit of a name. Two patterns with a common bit may have a name in common.
fn name_bit(name: &str) -> u64 {
    1 << (bytes_hash(0, name) >> 58)
}

/// Hashes a text with FNV-1a, and then mixes the bits, so that the high bits depend on every byte.
fn bytes_hash(seed: u64, text: &str) -> u64 {
    let hash = text
        .bytes()
        .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}
