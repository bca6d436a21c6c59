//! Composes the public list of an app's routes in constant evaluation.
//!
//! Each step here adds to the compile time of every route of every app. So anything that can be read
//! from the routes, or be composed at run time, is not composed here.

use crate::routes::{
    definition::{Field, FieldPath, Mounted},
    info::Route,
    segment::RouteOptions,
};

/// Returns the total length of the routes' patterns.
pub const fn text_len(mounted: &[Mounted]) -> usize {
    let (mut len, mut i) = (0, 0);
    while i < mounted.len() {
        len += mounted[i].path_len as usize;
        i += 1;
    }
    len
}

/// Returns the complete patterns of the routes, concatenated.
pub const fn text<const LEN: usize>(fields: &'static [Field], mounted: &[Mounted]) -> [u8; LEN] {
    let mut text = [0; LEN];
    let (mut at, mut i) = (0, 0);
    while i < mounted.len() {
        at = store_path(&mut text, at, fields, &mounted[i]);
        i += 1;
    }
    text
}

/// Returns the routes. `text` is the concatenation of their patterns.
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
    definition: crate::routes::definition::NO_DEFINITION,
    segments: &[],
    field_path: FieldPath::NONE,
    options: RouteOptions::NONE,
    path_len: 0,
    has_locals: false,
};

impl Route {
    /// An empty route, in place of one that does not compile.
    pub(crate) const EMPTY: Self = Self {
        mounted: &NO_ROUTE,
        path: &[],
        fields: &[],
    };
}

/// Writes the complete pattern of a route. A `/` below a prefix is the prefix itself.
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

/// Copies a string byte by byte. In constant evaluation the methods of slices cost more than that.
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
