//! Composes the public list of an app's routes, where code is generated for the app.

use crate::routes::{info::Route, mount::Mounted, node::Node, walk::Walk};

/// Returns the complete patterns of the routes, concatenated.
pub(crate) const fn text<const LEN: usize>(root: &'static Node, mounted: &[Mounted]) -> [u8; LEN] {
    let mut text = [0; LEN];
    let (mut at, mut i) = (0, 0);
    while i < mounted.len() {
        at = store_path(&mut text, at, root, &mounted[i]);
        i += 1;
    }
    text
}

/// Returns the routes. `text` is the concatenation of their patterns.
pub(crate) const fn routes<const N: usize>(
    root: &'static Node,
    mounted: &'static [Mounted],
    mut text: &'static [u8],
) -> [Route; N] {
    let mut all = [const { Route::EMPTY }; N];
    let (mut walk, mut i) = (Walk::new(root), 0);
    while walk.next_route() {
        let (path, rest) = text.split_at(walk.whole.text_len as usize);
        all[i] = Route {
            mounted: &mounted[i],
            path,
            root,
        };
        text = rest;
        i += 1;
    }
    all
}

impl Route {
    /// An empty route, in place of one that does not compile.
    pub(crate) const EMPTY: Self = Self {
        mounted: &Mounted::NONE,
        path: &[],
        root: &Node::BROKEN,
    };
}

/// Writes the complete pattern of a route. A `/` below a prefix is the prefix itself.
const fn store_path(into: &mut [u8], mut at: usize, root: &'static Node, route: &Mounted) -> usize {
    let (start, mut idx) = (at, 0);
    while let Some(prefix) = route.field_path.prefix(root, idx) {
        at = store_text(into, at, prefix.text);
        idx += 1;
    }
    let own = &route.definition.pattern;
    if at > start && own.is_empty() {
        at
    } else {
        store_text(into, at, own.text)
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
