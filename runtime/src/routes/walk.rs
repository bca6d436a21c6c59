//! Visits every route below a group, with what the groups around it add.
//!
//! Every `cargo check` runs this code in constant evaluation, once for each group around a route. There a call costs
//! more than any arithmetic. So a walk has one long function, which changes the walk in place and calls nothing.

use crate::routes::{
    argument_facts::ArgumentFacts,
    definition::Definition,
    field_path::{FieldPath, MAX_DEPTH, Place},
    node::{Content, Field, Group, Node},
    pattern::BASE,
    segment::{Methods, Slash},
    shape::{MAX_PARAMS, MAX_SEGMENTS},
    sums::Sums,
    whole_pattern::WholePattern,
};

/// One level more than groups can have, so that a route which is too deep is visited and reported.
pub(super) const MAX_LEVELS: usize = MAX_DEPTH + 1;

/// A walk over the routes and groups below a group, in the order of the source.
pub(crate) struct Walk {
    /// The groups around the current entry, outermost first.
    pub(super) levels: [GroupInWalk; MAX_LEVELS],
    pub(super) depth: usize,
    /// Changes where the walk goes into a group or out of one.
    pub(super) surroundings: u32,
    /// The kind of the entry that was visited last.
    pub(super) visited: Visited,
    /// Its definition, if it is a route.
    pub(super) definition: &'static Definition,
    /// The needs and the facts of its arguments, if it is a route.
    pub(super) arguments: &'static [ArgumentFacts],
    /// Its sums, if it is a route.
    pub(super) sums: &'static Sums,
    /// Its complete pattern, or its complete prefix.
    pub(super) whole: Around,
}

/// The kind of an entry that a walk has visited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Visited {
    Route,
    /// A group below the first one.
    Group,
    /// Nothing: the walk is over.
    End,
}

/// A group around the current entry.
#[derive(Clone, Copy)]
pub(super) struct GroupInWalk {
    pub(super) group: &'static Group,
    /// The additions of the group to the entry that the walk has taken from it.
    pub(super) field: &'static Field,
    /// The entries that are left.
    entries: &'static [&'static Node],
    /// The number of the next entry.
    next: u16,
    around: Around,
}

/// The additions of the groups around an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The hash of the prefixes, or of the complete pattern.
    pub(super) hash: u64,
    pub(super) n_segments: u16,
    pub(super) n_params: u16,
    /// The length of the pattern as written in the source.
    pub(super) text_len: u32,
}

impl Around {
    const NOTHING: Self = Self {
        hash: 0,
        n_segments: 0,
        n_params: 0,
        text_len: 0,
    };
}

impl Walk {
    /// Begins before the first entry of a group.
    pub(crate) const fn new(root: &'static Node) -> Self {
        let none = GroupInWalk {
            group: &Group::NONE,
            field: &Field::NONE,
            entries: &[],
            next: 0,
            around: Around::NOTHING,
        };
        let mut walk = Self {
            levels: [none; MAX_LEVELS],
            depth: 0,
            surroundings: 0,
            visited: Visited::End,
            definition: &Definition::NONE,
            arguments: &[],
            sums: &Sums::NOTHING,
            whole: Around::NOTHING,
        };
        if let Content::Group(group) = &root.content {
            walk.enter(group);
        }
        walk
    }

    /// Begins before the entry of a group with this number, and ends after it.
    pub(super) const fn of_entry(root: &'static Node, step: usize) -> Self {
        let mut walk = Self::new(root);
        let level = &mut walk.levels[0];
        level.entries = level.entries.split_at(step).1.split_at(1).0;
        level.next = step as u16;
        walk
    }

    /// Goes to the next route or group. Returns false at the end.
    pub(super) const fn next(&mut self) -> bool {
        while self.depth > 0 {
            let level = &mut self.levels[self.depth - 1];
            let [entry, rest @ ..] = level.entries else {
                self.depth -= 1;
                self.surroundings += 1;
                continue;
            };
            level.entries = rest;
            level.next += 1;
            let mut whole = level.around;
            let mut node: &'static Node = entry;
            level.field = &Field::NONE;
            if let Content::Field(field, inner) = &node.content {
                level.field = field;
                let mut hashes = field.prefix.hashes;
                while let [hash, rest @ ..] = hashes {
                    whole.hash = (whole.hash as u128 * BASE + *hash as u128) as u64;
                    hashes = rest;
                }
                whole.n_segments += field.prefix.n_segments as u16;
                whole.n_params += field.prefix.n_params as u16;
                whole.text_len += field.prefix.text.len() as u32;
                node = inner;
            }
            match &node.content {
                Content::Route(definition, arguments, _) => {
                    let pattern = &definition.pattern;
                    let mut hashes = pattern.hashes;
                    while let [hash, rest @ ..] = hashes {
                        whole.hash = (whole.hash as u128 * BASE + *hash as u128) as u64;
                        hashes = rest;
                    }
                    // A `/` below a prefix is the prefix itself.
                    if pattern.n_segments > 0 || whole.n_segments == 0 {
                        whole.text_len += pattern.text.len() as u32;
                    }
                    whole.n_segments += pattern.n_segments as u16;
                    whole.n_params += pattern.n_params as u16;
                    self.whole = whole;
                    self.definition = definition;
                    self.arguments = arguments;
                    self.sums = &node.sums;
                    self.visited = Visited::Route;
                    return true;
                }
                // The group that is one level too deep has already been reported.
                Content::Group(group) if self.depth < MAX_LEVELS => {
                    self.whole = whole;
                    self.enter(group);
                    self.visited = Visited::Group;
                    return true;
                }
                Content::Group(_) | Content::Field(..) | Content::Nothing => {}
            }
        }
        self.visited = Visited::End;
        false
    }

    /// Goes to the next route. Returns false at the end.
    pub(crate) const fn next_route(&mut self) -> bool {
        while self.next() {
            if let Visited::Route = self.visited {
                return true;
            }
        }
        false
    }

    /// Returns whether the path of the route that was visited has a parameter of this name.
    pub(super) const fn has_param(&self, name: &str) -> bool {
        self.definition.pattern.has_param(name) || self.has_prefix_param(0, name)
    }

    /// Returns whether a prefix at this depth or below it has a parameter of this name.
    pub(super) const fn has_prefix_param(&self, mut depth: usize, name: &str) -> bool {
        while depth < self.depth {
            let level = &self.levels[depth];
            if level.group.prefix.has_param(name) || level.field.prefix.has_param(name) {
                return true;
            }
            depth += 1;
        }
        false
    }

    /// Goes into a group, whose surroundings are in `whole`.
    const fn enter(&mut self, group: &'static Group) {
        let mut whole = self.whole;
        let mut hashes = group.prefix.hashes;
        while let [hash, rest @ ..] = hashes {
            whole.hash = (whole.hash as u128 * BASE + *hash as u128) as u64;
            hashes = rest;
        }
        whole.n_segments += group.prefix.n_segments as u16;
        whole.n_params += group.prefix.n_params as u16;
        whole.text_len += group.prefix.text.len() as u32;
        self.whole = whole;
        let level = &mut self.levels[self.depth];
        level.next = 0;
        level.group = group;
        level.around = whole;
        level.entries = group.entries;
        self.depth += 1;
        self.surroundings += 1;
    }

    /// Returns the number of the current entry in the first group.
    pub(super) const fn first_step(&self) -> usize {
        self.levels[0].next as usize - 1
    }

    /// Returns what the innermost group adds to the route that was visited last.
    pub(super) const fn own_field(&self) -> &'static Field {
        self.levels[self.depth - 1].field
    }

    /// Returns the methods of the route that was visited last, and how another trailing slash is served.
    pub(crate) const fn options(&self, root: &'static Node) -> (Methods, Slash) {
        let place = self.place();
        let options = place.path.options(root, place.definition.options);
        let slash = match options.slash {
            Some(slash) => slash,
            None => Slash::Strict,
        };
        (place.definition.methods, slash)
    }

    /// Returns the segments of the route that was visited last, or nothing if it has more than a table supports.
    pub(crate) const fn segments(&self, root: &'static Node) -> Option<WholePattern> {
        if self.whole.n_segments as usize > MAX_SEGMENTS
            || self.whole.n_params as usize > MAX_PARAMS
        {
            return None;
        }
        Some(WholePattern::of_route(root, self.place()))
    }

    /// Returns the place of the route that was visited last.
    pub(super) const fn place(&self) -> Place {
        Place {
            definition: self.definition,
            path: self.path(self.depth),
        }
    }

    /// Returns the path to the group that was visited last.
    pub(super) const fn group_path(&self) -> FieldPath {
        self.path(self.depth - 1)
    }

    const fn path(&self, mut depth: usize) -> FieldPath {
        let mut path = FieldPath::NONE;
        while depth > 0 {
            depth -= 1;
            path = path.within_field(self.levels[depth].next - 1);
        }
        path
    }
}
