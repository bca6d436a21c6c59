//! The routes of an app as its users read them, composed in constant evaluation.
//!
//! Each step here is one that the compiler takes for every route of every app: what can be had from
//! the routes themselves, or later, is not composed.

use crate::routes::{
    definition::{Field, FieldPath, Mounted},
    info::Route,
    segment::RouteOptions,
};

/// Returns how many bytes the patterns of the routes have.
pub const fn text_len(mounted: &[Mounted]) -> usize {
    let (mut len, mut i) = (0, 0);
    while i < mounted.len() {
        len += mounted[i].path_len as usize;
        i += 1;
    }
    len
}

/// Returns the patterns of the routes, with every prefix, one behind the other.
pub const fn text<const LEN: usize>(fields: &'static [Field], mounted: &[Mounted]) -> [u8; LEN] {
    let mut text = [0; LEN];
    let (mut at, mut i) = (0, 0);
    while i < mounted.len() {
        at = store_path(&mut text, at, fields, &mounted[i]);
        i += 1;
    }
    text
}

/// Returns the routes, whose patterns stand in the text.
pub const fn routes<const N: usize>(
    fields: &'static [Field],
    mounted: &'static [Mounted],
    mut text: &'static [u8],
) -> [Route; N] {
    let mut all = [const { Route::EMPTY }; N];
    let mut i = 0;
    while i < N {
        let (path, rest) = text.split_at(mounted[i].path_len as usize);
        all[i] = Route {
            mounted: &mounted[i],
            path,
            fields,
        };
        text = rest;
        i += 1;
    }
    all
}

const NO_ROUTE: Mounted = Mounted {
    definition: crate::routes::mount::NO_DEFINITION,
    segments: &[],
    field_path: FieldPath::NONE,
    options: RouteOptions::NONE,
    path_len: 0,
    has_locals: false,
};

impl Route {
    /// No route: what stands for one that has a mistake.
    pub(crate) const EMPTY: Self = Self {
        mounted: &NO_ROUTE,
        path: &[],
        fields: &[],
    };
}

/// Writes the pattern of a route; a `/` below a prefix means the prefix itself.
const fn store_path(
    into: &mut [u8],
    mut at: usize,
    mut fields: &'static [Field],
    route: &Mounted,
) -> usize {
    let (start, mut depth) = (at, 0);
    while let Some(step) = route.field_path.step(depth) {
        let field = &fields[step as usize];
        at = store_text(into, at, field.context.prefix);
        fields = field.fields;
        depth += 1;
    }
    let own = route.definition.path;
    if at > start && own.len() == 1 {
        at
    } else {
        store_text(into, at, own)
    }
}

/// Byte by byte: in constant evaluation the slices' own methods cost more than what they copy.
const fn store_text(into: &mut [u8], mut at: usize, text: &str) -> usize {
    let text = text.as_bytes();
    let mut i = 0;
    while i < text.len() {
        into[at] = text[i];
        at += 1;
        i += 1;
    }
    at
}
