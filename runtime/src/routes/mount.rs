//! The lists of an app's routes and groups, where code is generated for the app.
//!
//! A list refers to nothing that is as long as the list itself, except the text of all patterns: the compiler hashes
//! everything that a reference leads to, once for each reference.

use crate::routes::{
    chain::Chain,
    facts::Facts,
    field_path::{FieldPath, Place},
    info::Route,
    node::Node,
    pattern::Pattern,
    walk::{Visited, Walk},
    whole_pattern::WholePattern,
};

/// A group of an app.
#[derive(Debug, Clone, Copy)]
pub struct MountedGroup {
    /// The fields that lead to the group.
    pub(crate) field_path: FieldPath,
    root: &'static Node,
}

impl MountedGroup {
    /// Returns the segments of the prefix, with those of the groups around it.
    pub(crate) fn segments(&self) -> WholePattern {
        let group = self.field_path.target(self.root).as_group();
        let own = group.map_or(Pattern::EMPTY, |group| group.prefix);
        WholePattern::new(self.root, self.field_path, own)
    }
}

/// Returns the groups, the app itself first.
pub(crate) const fn groups<const N: usize>(root: &'static Node) -> [MountedGroup; N] {
    let mut all = [MountedGroup {
        field_path: FieldPath::NONE,
        root,
    }; N];
    let (mut walk, mut n) = (Walk::new(root), 1);
    while walk.next() {
        if let Visited::Group = walk.visited {
            all[n].field_path = walk.group_path();
            n += 1;
        }
    }
    all
}

/// Returns the complete patterns of the routes, concatenated.
pub(crate) const fn text<const LEN: usize>(root: &'static Node) -> [u8; LEN] {
    let mut text = [0; LEN];
    let (mut walk, mut at) = (Walk::new(root), 0);
    while walk.next_route() {
        at = store_path(&mut text, at, root, walk.place());
    }
    text
}

/// Returns the routes. `text` is the concatenation of their patterns.
pub(crate) const fn routes<const N: usize>(
    root: &'static Node,
    mut text: &'static [u8],
) -> [Route; N] {
    let mut all = [const { Route::EMPTY }; N];
    let may_finish = root.sums.may & Facts::FINISHES.may != 0;
    let (mut walk, mut i) = (Walk::new(root), 0);
    while walk.next_route() {
        let (path, rest) = text.split_at(walk.whole.text_len as usize);
        let Place {
            definition,
            path: field_path,
        } = walk.place();
        let mut options = field_path.options(root, definition.options);
        if may_finish && must_finish(&walk) {
            options.finish = Some(true);
        }
        all[i] = Route {
            definition,
            field_path,
            options,
            path,
            root,
        };
        text = rest;
        i += 1;
    }
    all
}

/// Returns whether a part around the route that a walk has visited needs the handler to run to its end.
const fn must_finish(walk: &Walk) -> bool {
    let chain = Chain::around(walk).with_own(walk);
    chain.facts().0 & Facts::FINISHES.may != 0
}

/// Writes the complete pattern of a route. A `/` below a prefix is the prefix itself.
const fn store_path(into: &mut [u8], mut at: usize, root: &'static Node, route: Place) -> usize {
    let (start, mut idx) = (at, 0);
    while let Some(prefix) = route.path.prefix(root, idx) {
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
