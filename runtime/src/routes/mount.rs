//! Joins the patterns of an app's routes with the prefixes around them, where code is generated for the app.
//!
//! `cargo check` evaluates only [`measure`](super::measure) of this: the checks of a group need no complete pattern.

use crate::routes::{
    definition::Definition,
    field_path::{FieldPath, Place},
    node::Node,
    pattern::{Pattern, Segments},
    segment::{Methods, RouteOptions, Segment, Slash},
    shape::Shape,
    walk::{Visited, Walk},
};

/// A route of an app.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mounted {
    /// The data of the handler.
    pub(crate) definition: &'static Definition,
    /// The complete pattern.
    pub(crate) segments: &'static [Segment],
    /// The fields that lead to the handler.
    pub(crate) field_path: FieldPath,
    /// The options of the route, completed by those of the groups around it.
    pub(crate) options: RouteOptions,
}

/// A group of an app.
#[derive(Debug, Clone, Copy)]
pub struct MountedGroup {
    /// The prefix, with those of the groups around it.
    pub(crate) segments: &'static [Segment],
    /// The fields that lead to the group.
    pub(crate) field_path: FieldPath,
}

impl Mounted {
    /// An empty route, in place of one that does not compile.
    pub(super) const NONE: Self = Self {
        definition: &Definition::NONE,
        segments: &[],
        field_path: FieldPath::NONE,
        options: RouteOptions::NONE,
    };

    /// Returns the data of the route that the table uses.
    pub(crate) const fn shape(&self) -> Shape {
        let slash = match self.options.slash {
            Some(slash) => slash,
            None => Slash::Strict,
        };
        Shape {
            methods: self.definition.methods,
            segments: self.segments,
            slash,
        }
    }
}

/// Returns the segments of all patterns, and of the prefixes of all groups, concatenated.
///
/// The order is that of a walk, the app itself first. [`mount`] and [`mount_groups`] read them in this order.
pub(crate) const fn segments<const N: usize>(root: &'static Node) -> [Segment; N] {
    let mut all = [Segment::Static(""); N];
    let mut at = 0;
    if let Some(group) = root.as_group() {
        at = store(&mut all, at, group.prefix.segments());
    }
    let mut walk = Walk::new(root);
    while walk.next() {
        let (path, own) = match walk.visited {
            Visited::Route => (walk.place().path, walk.definition.pattern),
            _ => (walk.group_path(), Pattern::EMPTY),
        };
        let mut idx = 0;
        while let Some(prefix) = path.prefix(root, idx) {
            at = store(&mut all, at, prefix.segments());
            idx += 1;
        }
        at = store(&mut all, at, own.segments());
        // The path to a group ends before the group's own prefix.
        if let Visited::Group = walk.visited
            && let Some(group) = path.target(root).as_group()
        {
            at = store(&mut all, at, group.prefix.segments());
        }
    }
    all
}

const fn store(into: &mut [Segment], mut at: usize, mut segments: Segments) -> usize {
    while let Some(segment) = segments.next_segment() {
        into[at] = segment;
        at += 1;
    }
    at
}

/// Returns the routes. `segments` is the result of [`segments`] for the same root.
pub(crate) const fn mount<const N: usize>(
    root: &'static Node,
    mut segments: &'static [Segment],
) -> [Mounted; N] {
    let mut all = [const { Mounted::NONE }; N];
    segments = segments.split_at(own_prefix(root)).1;
    let (mut walk, mut n) = (Walk::new(root), 0);
    while walk.next() {
        let (whole, rest) = segments.split_at(walk.whole.n_segments as usize);
        segments = rest;
        if let Visited::Route = walk.visited {
            let Place { definition, path } = walk.place();
            all[n] = Mounted {
                definition,
                segments: whole,
                field_path: path,
                options: path.options(root, definition.options),
            };
            n += 1;
        }
    }
    all
}

/// Returns the groups, the app itself first. `segments` is the result of [`segments`] for the same root.
pub(crate) const fn mount_groups<const N: usize>(
    root: &'static Node,
    segments: &'static [Segment],
) -> [MountedGroup; N] {
    let (own, mut segments) = segments.split_at(own_prefix(root));
    let mut all = [MountedGroup {
        segments: own,
        field_path: FieldPath::NONE,
    }; N];
    let (mut walk, mut n) = (Walk::new(root), 1);
    while walk.next() {
        let (whole, rest) = segments.split_at(walk.whole.n_segments as usize);
        segments = rest;
        if let Visited::Group = walk.visited {
            all[n] = MountedGroup {
                segments: whole,
                field_path: walk.group_path(),
            };
            n += 1;
        }
    }
    all
}

/// Returns the number of segments in the prefix of the app itself.
const fn own_prefix(root: &Node) -> usize {
    match root.as_group() {
        Some(group) => group.prefix.n_segments as usize,
        None => 0,
    }
}

/// Returns the shapes of the routes.
pub(crate) const fn shapes<const N: usize>(routes: &[Mounted]) -> [Shape; N] {
    let mut shapes = [Shape {
        methods: Methods::ANY,
        segments: &[],
        slash: Slash::Strict,
    }; N];
    let mut i = 0;
    while i < N {
        shapes[i] = routes[i].shape();
        i += 1;
    }
    shapes
}
