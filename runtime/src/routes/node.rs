//! The tree of an app's routes: each group refers to its entries.
//!
//! A group adds nothing to what its entries have declared, so that a group costs as much as its own entries and not
//! as much as all routes below it. The compiler walks the tree where a check needs all routes.

use std::marker::PhantomData;

use crate::routes::{
    argument_facts::{ArgumentFacts, ResponseInfo, needs_locals},
    definition::Definition,
    demand::Demand,
    fact::Fact,
    facts::Facts,
    part::{PartInfo, joined},
    pattern::Pattern,
    segment::{Csrf, RouteOptions},
    sums::{Sums, n_affixes},
};

/// A handler or a group, which can be listed in a group.
///
/// The attributes on functions and `#[routes]` implement it.
///
/// # Examples
/// ```
/// use highball::{__private::Entry, prelude::*};
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes("/api")]
/// struct Api(home);
///
/// fn check_entry<E: Entry>() {}
/// # fn main() {
/// check_entry::<home>();
/// check_entry::<Api>();
/// # }
/// ```
pub trait Entry: Sized + 'static {
    /// The data of the entry and of everything below it.
    const NODE: &'static Node;
    /// The types of the parameters of a link to it, as a tuple. It is [`NoLink`] for a group, and for a handler whose
    /// link is an inherent method.
    type Link;
}

/// An entry whose link is not written by [`Path0`](super::Path0) and the like.
#[derive(Debug)]
pub struct NoLink;

/// Reads the data of a type in a list of entries, without an error if the type is not an entry.
///
/// The compiler prefers the inherent constants if their bounds hold, and uses those of [`NoEntry`] otherwise. The type
/// is in a tuple, `EntryProbe<(T,)>`: alone, the compiler would take the name of a function for a constant.
#[derive(Debug)]
pub struct EntryProbe<T>(PhantomData<T>);

impl<T: Entry> EntryProbe<(T,)> {
    /// The data of the entry.
    pub const NODE: &'static Node = T::NODE;
    /// Whether the type is an entry.
    pub const IS: bool = true;
}

/// The properties of a type that is not an entry.
pub trait NoEntry {
    /// No routes. The mistake is reported where the type is listed.
    const NODE: &'static Node = &Node::BROKEN;
    /// Whether the type is an entry.
    const IS: bool = false;
    /// The first name of a fallback that only routes can have.
    const KEYED: Option<&'static Fact> = None;
}

impl<T> NoEntry for EntryProbe<T> {}

/// The data of an entry of a group.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    pub(super) content: Content,
    pub(crate) sums: Sums,
}

/// The kinds of nodes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    /// The arguments, and the response.
    Route(Definition, &'static [ArgumentFacts], fn() -> ResponseInfo),
    Group(Group),
    /// An entry that has a prefix or middleware in the group that lists it.
    Field(Field, &'static Node),
    Nothing,
}

/// The data of a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// The doc comment.
    pub(crate) doc: &'static str,
    pub(crate) prefix: Pattern,
    /// The guards and the middleware, outermost first.
    pub(crate) with: &'static [PartInfo],
    pub(crate) options: RouteOptions,
    pub(super) entries: &'static [&'static Node],
    /// The demands of `every(..)` on each route.
    pub(super) demands: &'static [Demand],
    /// Whether the chain of each route must be checked: one of the parts has locals or an order, or there are demands.
    pub(super) checks_chains: bool,
    /// Whether it is an app with `jobs(..)`.
    pub(super) lists_jobs: bool,
    /// Whether it is an app for operators.
    pub(super) is_admin: bool,
    /// The facts that surely hold for the parts, as bits of [`Facts`].
    pub(super) surely: u64,
}

/// The additions of a group to one of its entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) prefix: Pattern,
    pub(crate) with: &'static [PartInfo],
    /// Whether the routes are exempt from `every(..)`.
    pub(crate) is_public: bool,
}

impl Field {
    pub(super) const NONE: Self = Self {
        prefix: Pattern::EMPTY,
        with: &[],
        is_public: false,
    };
}

impl Group {
    pub(super) const NONE: Self = Self {
        name: "",
        doc: "",
        prefix: Pattern::EMPTY,
        with: &[],
        options: RouteOptions::NONE,
        entries: &[],
        demands: &[],
        checks_chains: false,
        lists_jobs: false,
        is_admin: false,
        surely: 0,
    };
}

impl Node {
    /// A route or a group that does not compile. The mistake is reported elsewhere.
    pub const BROKEN: Self = Self {
        content: Content::Nothing,
        sums: Sums {
            broken: true,
            ..Sums::NOTHING
        },
    };

    /// An entry that a `#[cfg]` leaves out.
    pub const ABSENT: Self = Self {
        content: Content::Nothing,
        sums: Sums::NOTHING,
    };

    /// Creates the node of a handler. `arguments` has the facts of each argument except the context, and
    /// `response` returns those of the response.
    pub const fn route(
        definition: Definition,
        arguments: &'static [ArgumentFacts],
        response: fn() -> ResponseInfo,
    ) -> Self {
        let pattern = &definition.pattern;
        let (n_segments, n_params) = (pattern.n_segments as u32, pattern.n_params as u32);
        let is_slash = n_segments == 0;
        let mut sums = Sums {
            routes: 1,
            text: pattern.text.len() as u32,
            slashes: is_slash as u32,
            // `/` is one node, too.
            nodes: n_segments + is_slash as u32,
            statics: n_segments - n_params + is_slash as u32,
            affixes: n_affixes(pattern),
            most_segments: n_segments as u16,
            most_params: n_params as u16,
            name_bits: pattern.name_bits,
            has_slash: definition.options.slash.is_some(),
            has_extensions: !matches!(definition.methods.extensions(), []),
            may_lack: !matches!((definition.with, definition.outer_params), ([], [])),
            has_unsafe: definition.methods.has_unsafe,
            is_strict: matches!(definition.options.csrf, Some(Csrf::Strict)),
            ..Sums::NOTHING
        };
        if let [_, ..] = definition.with {
            (sums.may, sums.surely) = joined(definition.with);
        }
        if definition.options.admin {
            sums.may |= Facts::ADMIN.may;
        }
        let mut rest = arguments;
        while let [argument, others @ ..] = rest {
            sums.may |= argument.facts.may;
            sums.surely |= argument.facts.surely;
            if let [_, ..] = argument.needs {
                sums.may_lack = true;
            }
            rest = others;
        }
        Self {
            sums,
            content: Content::Route(definition, arguments, response),
        }
    }

    /// Creates the node of a handler that takes the context, through which it can read everything.
    pub const fn route_with_context(
        definition: Definition,
        arguments: &'static [ArgumentFacts],
        response: fn() -> ResponseInfo,
    ) -> Self {
        let mut node = Self::route(definition, arguments, response);
        node.sums.may |= Facts::OPAQUE.may;
        node
    }

    /// Creates the node of a group.
    pub const fn group(
        name: &'static str,
        prefix: Pattern,
        with: &'static [PartInfo],
        options: RouteOptions,
        entries: &'static [&'static Self],
    ) -> Self {
        let mut sums = Sums::NOTHING;
        sums.may_lack = has_locals(with);
        sums.has_slash = options.slash.is_some();
        sums.add(entries);
        sums.groups += 1;
        sums.depth += 1;
        sums.is_strict |= options.is_strict();
        let (may, surely) = joined(with);
        sums.may |= may;
        Self {
            content: Content::Group(Group {
                name,
                doc: "",
                prefix,
                with,
                options,
                entries,
                demands: &[],
                checks_chains: has_locals(with),
                lists_jobs: false,
                is_admin: false,
                surely,
            }),
            sums: sums.below(&prefix),
        }
    }

    /// Sets the doc comment of a group.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        if let Content::Group(group) = &mut self.content {
            group.doc = doc;
        }
        self
    }

    /// Adds the demands of a group, each of which makes the check of an app visit the routes below it.
    #[must_use]
    pub const fn every(mut self, demands: &'static [Demand]) -> Self {
        if let Content::Group(group) = &mut self.content {
            group.demands = demands;
            group.checks_chains = true;
        }
        self.sums.may_lack = true;
        self.sums.has_demands = true;
        self
    }

    /// Marks an app with `jobs(..)`, whose jobs are checked by [`check_with_jobs`](super::check_with_jobs).
    #[must_use]
    pub const fn with_jobs(mut self) -> Self {
        if let Content::Group(group) = &mut self.content {
            group.lists_jobs = true;
        }
        self
    }

    /// Creates the node of an entry that has a prefix or middleware in the group that lists it.
    pub const fn field(prefix: Pattern, with: &'static [PartInfo], entry: &'static Self) -> Self {
        let mut sums = entry.sums.below(&prefix);
        sums.may_lack |= has_locals(with);
        sums.may |= joined(with).0;
        Self {
            content: Content::Field(
                Field {
                    prefix,
                    with,
                    is_public: false,
                },
                entry,
            ),
            sums,
        }
    }

    /// Exempts the routes of an entry from `every(..)`.
    #[must_use]
    pub const fn public(mut self) -> Self {
        if let Content::Field(field, _) = &mut self.content {
            field.is_public = true;
        }
        self
    }

    /// Returns whether routes are missing because of a mistake.
    pub const fn is_broken(&self) -> bool {
        self.sums.broken
    }

    /// Returns the definition, if it is a handler.
    pub const fn definition(&self) -> Option<&Definition> {
        match &self.content {
            Content::Route(definition, ..) => Some(definition),
            _ => None,
        }
    }

    /// Returns the node without the additions of the group that lists it, and these additions.
    pub(super) const fn split(&'static self) -> (&'static Field, &'static Self) {
        match &self.content {
            Content::Field(field, node) => (field, node),
            _ => (&Field::NONE, self),
        }
    }

    /// Returns the group, if it is one.
    pub(crate) const fn as_group(&self) -> Option<&Group> {
        match &self.content {
            Content::Group(group) => Some(group),
            _ => None,
        }
    }
}

impl Sums {
    /// Adds the sums of entries.
    const fn add(&mut self, mut entries: &[&Node]) {
        while let [entry, rest @ ..] = entries {
            let sums = &entry.sums;
            self.routes += sums.routes;
            self.groups += sums.groups;
            self.text += sums.text;
            self.slashes += sums.slashes;
            self.nodes += sums.nodes;
            self.statics += sums.statics;
            self.affixes += sums.affixes;
            if sums.most_segments > self.most_segments {
                self.most_segments = sums.most_segments;
            }
            if sums.most_params > self.most_params {
                self.most_params = sums.most_params;
            }
            if sums.depth > self.depth {
                self.depth = sums.depth;
            }
            self.name_bits |= sums.name_bits;
            self.has_slash |= sums.has_slash;
            self.has_extensions |= sums.has_extensions;
            self.may_lack |= sums.may_lack;
            self.has_demands |= sums.has_demands;
            self.may |= sums.may;
            self.has_unsafe |= sums.has_unsafe;
            self.is_strict |= sums.is_strict;
            self.broken |= sums.broken;
            entries = rest;
        }
    }
}

/// Returns whether one of these parts has locals or an order, so that the chain of each route inside must be checked.
const fn has_locals(parts: &[PartInfo]) -> bool {
    let mut parts = parts;
    while let [part, rest @ ..] = parts {
        if !matches!((part.passes, part.after, part.before), ([], [], []))
            || needs_locals(part.arguments)
        {
            return true;
        }
        parts = rest;
    }
    false
}
