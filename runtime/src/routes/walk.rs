//! Visits every route below a group, with what the groups around it add.
//!
//! Every `cargo check` runs this code in constant evaluation, once for each group around a route. There a call costs
//! more than any arithmetic. So a walk has one long function, which changes the walk in place and calls nothing.

use crate::routes::{
    definition::{Definition, needs_locals},
    field_path::{FieldPath, MAX_DEPTH, Place},
    local::LocalId,
    node::{Content, Entries, Group, Node},
    pattern::BASE,
    segment::Slash,
};

/// One level more than groups can have, so that a route which stands too deep is visited and reported.
const MAX_LEVELS: usize = MAX_DEPTH + 1;

/// A walk over the routes and groups below a group, in the order of the source.
pub(crate) struct Walk {
    /// The groups around the current entry, outermost first.
    levels: [Level; MAX_LEVELS],
    pub(crate) depth: usize,
    /// What was visited last.
    pub(crate) visited: Visited,
    /// Its definition, if it is a route.
    pub(crate) definition: &'static Definition,
    /// The locals of its arguments, if it is a route.
    pub(crate) needs: &'static [&'static [LocalId]],
    /// The hash of the prefixes of the groups around it.
    pub(crate) base: u64,
    /// The segments that its group adds to it, and its own: those of a route, or the prefix of a group.
    pub(crate) field_hashes: &'static [u64],
    pub(crate) own_hashes: &'static [u64],
    /// Its complete pattern, or its complete prefix.
    pub(crate) whole: Around,
    /// What is around it, without its own pattern.
    pub(crate) around: Around,
}

/// What a walk has visited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visited {
    Route,
    /// A group below the first one.
    Group,
    /// Nothing: the walk is over.
    End,
}

#[derive(Clone, Copy)]
struct Level {
    /// The entries of the current list that are left.
    entries: &'static [&'static Node],
    /// The lists that are left, and the lists of lists. Only long groups have them.
    lists: [&'static [Entries]; 3],
    /// The number of the next entry.
    next: u16,
    around: Around,
}

/// What the groups around an entry add to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    /// The hash of the prefixes, or of the complete pattern.
    pub(crate) hash: u64,
    pub(crate) n_segments: u16,
    pub(crate) n_params: u16,
    /// The length of the pattern as written in the source.
    pub(crate) text_len: u32,
    pub(crate) slash: Option<Slash>,
    /// Whether a part around it has locals or an order.
    pub(crate) has_locals: bool,
}

impl Around {
    const NOTHING: Self = Self {
        hash: 0,
        n_segments: 0,
        n_params: 0,
        text_len: 0,
        slash: None,
        has_locals: false,
    };
}

impl Walk {
    /// Begins before the first entry of a group.
    pub(crate) const fn new(root: &'static Node) -> Self {
        let none = Level {
            entries: &[],
            lists: [&[]; 3],
            next: 0,
            around: Around::NOTHING,
        };
        let mut walk = Self {
            levels: [none; MAX_LEVELS],
            depth: 0,
            visited: Visited::End,
            definition: &Definition::NONE,
            needs: &[],
            base: 0,
            field_hashes: &[],
            own_hashes: &[],
            whole: Around::NOTHING,
            around: Around::NOTHING,
        };
        if let Content::Group(group) = &root.content {
            walk.enter(group);
        }
        walk
    }

    /// Goes to the next route or group. Returns false at the end.
    pub(crate) const fn next(&mut self) -> bool {
        while self.depth > 0 {
            let level = &mut self.levels[self.depth - 1];
            let [entry, rest @ ..] = level.entries else {
                if !level.next_list() {
                    self.depth -= 1;
                }
                continue;
            };
            level.entries = rest;
            level.next += 1;
            let mut whole = level.around;
            let mut node: &'static Node = entry;
            self.base = whole.hash;
            self.field_hashes = &[];
            if let Content::Field(field, inner) = &node.content {
                let mut hashes = field.prefix.hashes;
                self.field_hashes = hashes;
                while let [hash, rest @ ..] = hashes {
                    whole.hash = (whole.hash as u128 * BASE + *hash as u128) as u64;
                    hashes = rest;
                }
                whole.n_segments += field.prefix.n_segments as u16;
                whole.n_params += field.prefix.n_params as u16;
                whole.text_len += field.prefix.text.len() as u32;
                whole.has_locals |= field.has_locals;
                node = inner;
            }
            self.around = whole;
            match &node.content {
                Content::Route(definition, needs) => {
                    let pattern = &definition.pattern;
                    let mut hashes = pattern.hashes;
                    self.own_hashes = hashes;
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
                    if let Some(slash) = definition.options.slash {
                        whole.slash = Some(slash);
                    }
                    self.whole = whole;
                    self.definition = definition;
                    self.needs = needs;
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

    /// Goes into a group, whose surroundings are in `whole`.
    const fn enter(&mut self, group: &Group) {
        let mut whole = self.whole;
        let mut hashes = group.prefix.hashes;
        self.own_hashes = hashes;
        while let [hash, rest @ ..] = hashes {
            whole.hash = (whole.hash as u128 * BASE + *hash as u128) as u64;
            hashes = rest;
        }
        whole.n_segments += group.prefix.n_segments as u16;
        whole.n_params += group.prefix.n_params as u16;
        whole.text_len += group.prefix.text.len() as u32;
        whole.has_locals |= group.has_locals;
        if let Some(slash) = group.options.slash {
            whole.slash = Some(slash);
        }
        self.whole = whole;
        let level = &mut self.levels[self.depth];
        level.next = 0;
        level.around = whole;
        level.entries = &[];
        level.lists = [&[]; 3];
        level.begin(group.entries);
        self.depth += 1;
    }

    /// Returns the number of the current entry in the first group.
    pub(crate) const fn first_step(&self) -> usize {
        self.levels[0].next as usize - 1
    }

    /// Returns the place of the route that was visited last.
    pub(crate) const fn place(&self) -> Place {
        Place {
            definition: self.definition,
            path: self.path(self.depth),
        }
    }

    /// Returns the path to the group that was visited last.
    pub(crate) const fn group_path(&self) -> FieldPath {
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

    /// Returns whether the route needs something that must be around it, or parts around it have something to check.
    pub(crate) const fn may_lack_something(&self) -> bool {
        self.whole.has_locals
            || !matches!(
                (self.definition.with, self.definition.outer_params),
                ([], [])
            )
            || needs_locals(self.needs)
    }
}

impl Level {
    /// Begins the entries of a group.
    const fn begin(&mut self, entries: Entries) {
        match entries {
            Entries::List(list) => self.entries = list,
            Entries::Chunks(_, lists @ [Entries::List(_), ..]) => self.lists[0] = lists,
            Entries::Chunks(_, lists @ [Entries::Chunks(_, [Entries::List(_), ..]), ..]) => {
                self.lists[1] = lists;
            }
            Entries::Chunks(_, lists) => self.lists[2] = lists,
        }
    }

    /// Begins the next list of a long group. Returns false if there is none.
    const fn next_list(&mut self) -> bool {
        let mut depth = 0;
        while depth < 3 {
            if let [list, rest @ ..] = self.lists[depth] {
                self.lists[depth] = rest;
                self.begin(*list);
                return true;
            }
            depth += 1;
        }
        false
    }
}
