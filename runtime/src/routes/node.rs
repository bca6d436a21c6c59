//! The tree of an app's routes: each group refers to its entries.
//!
//! A group adds nothing to what its entries have declared, so that a group costs as much as its own entries and not
//! as much as all routes below it. The compiler walks the tree where something has to be known of all routes.

use crate::routes::{
    definition::Definition, local::LocalId, part::PartInfo, pattern::Pattern, segment::RouteOptions,
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a route and not a group",
    label = "listed here, but it has no route",
    note = "put `#[get(\"/path\")]` (or another method) on the function, or `#[routes]` on the struct"
)]
pub trait Entry: Sized + 'static {
    /// The data of the entry and of everything below it.
    const NODE: &'static Node;
    /// The type itself. A group names its entries through this, so that a type that is no entry is reported once.
    type Listed: Entry;
    /// The types of the parameters of a link to it, as a tuple. It is [`NoLink`] for a group, and for a handler whose
    /// link is a function of its own.
    type Link;
}

/// An entry whose link is not written by [`Path0`](super::Path0) and the like.
#[derive(Debug)]
pub struct NoLink;

/// The list of the entries of a group.
pub trait Listing: 'static {
    /// The entries: a tuple, or lists of tuples.
    type Entries: EntryList;
}

/// The entries of a group, as a tuple of types.
pub trait EntryList: 'static {
    /// The data of the entries.
    const ENTRIES: Entries;
}

/// The entries of a group. A long list consists of shorter ones, because its type does.
#[derive(Debug, Clone, Copy)]
pub enum Entries {
    /// Up to 16 entries.
    List(&'static [&'static Node]),
    /// Lists of this many entries. The last one may have fewer.
    Chunks(u16, &'static [Self]),
}

impl Entries {
    /// Returns the entry with this number.
    pub(super) const fn get(self, entry: u16) -> Option<&'static Node> {
        let (mut list, mut idx) = (self, entry);
        loop {
            match list {
                Self::List(entries) => {
                    return if (idx as usize) < entries.len() {
                        Some(entries[idx as usize])
                    } else {
                        None
                    };
                }
                Self::Chunks(width, lists) => {
                    let chunk = (idx / width) as usize;
                    if chunk >= lists.len() {
                        return None;
                    }
                    (list, idx) = (lists[chunk], idx % width);
                }
            }
        }
    }
}

/// The data of an entry of a group.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    pub(super) content: Content,
    /// The number of routes in the entry.
    pub(super) n_routes: u32,
    /// Whether routes are missing, because a mistake was reported at or below the entry.
    pub(super) broken: bool,
}

/// The kinds of nodes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    Route(Definition, &'static [&'static [LocalId]]),
    Group(Group),
    /// An entry of a group that has a prefix or middleware of its own there.
    Field(Field, &'static Node),
    Nothing,
}

/// The data of a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) prefix: Pattern,
    /// The guards and the middleware, outermost first.
    pub(crate) with: &'static [PartInfo],
    pub(crate) options: RouteOptions,
    pub(super) entries: Entries,
    /// Whether one of the parts has locals or an order.
    pub(super) has_locals: bool,
}

/// What a group adds to one of its entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) prefix: Pattern,
    pub(crate) with: &'static [PartInfo],
    /// Whether one of the parts has locals or an order.
    pub(super) has_locals: bool,
}

impl Field {
    pub(super) const NONE: Self = Self {
        prefix: Pattern::EMPTY,
        with: &[],
        has_locals: false,
    };
}

impl Node {
    /// A route or a group that does not compile. The mistake is reported elsewhere.
    pub const BROKEN: Self = Self {
        content: Content::Nothing,
        n_routes: 0,
        broken: true,
    };

    /// An entry that a `#[cfg]` leaves out.
    pub const ABSENT: Self = Self {
        content: Content::Nothing,
        n_routes: 0,
        broken: false,
    };

    /// Creates the node of a handler. `needs` has the locals of each argument.
    pub const fn route(definition: Definition, needs: &'static [&'static [LocalId]]) -> Self {
        Self {
            content: Content::Route(definition, needs),
            n_routes: 1,
            broken: false,
        }
    }

    /// Creates the node of a group.
    pub const fn group(
        name: &'static str,
        prefix: Pattern,
        with: &'static [PartInfo],
        options: RouteOptions,
        entries: Entries,
    ) -> Self {
        let (mut n_routes, mut broken, mut i) = (0, false, 0);
        while let Some(entry) = entries.get(i) {
            n_routes += entry.n_routes;
            broken |= entry.broken;
            i += 1;
        }
        Self {
            content: Content::Group(Group {
                name,
                prefix,
                with,
                options,
                entries,
                has_locals: has_locals(with),
            }),
            n_routes,
            broken,
        }
    }

    /// Creates the node of an entry with a prefix or middleware of its own.
    pub const fn field(prefix: Pattern, with: &'static [PartInfo], entry: &'static Self) -> Self {
        Self {
            content: Content::Field(
                Field {
                    prefix,
                    with,
                    has_locals: has_locals(with),
                },
                entry,
            ),
            n_routes: entry.n_routes,
            broken: entry.broken,
        }
    }

    /// Returns whether routes are missing because of a mistake.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Returns the definition, if it is a handler.
    pub const fn definition(&self) -> Option<&Definition> {
        match &self.content {
            Content::Route(definition, _) => Some(definition),
            _ => None,
        }
    }

    /// Returns the node without the additions of the group that lists it, and these additions.
    pub(super) const fn split(&'static self) -> (Field, &'static Self) {
        match self.content {
            Content::Field(field, node) => (field, node),
            _ => (Field::NONE, self),
        }
    }

    /// Returns the group, if it is one.
    pub(crate) const fn as_group(&self) -> Option<Group> {
        match self.content {
            Content::Group(group) => Some(group),
            _ => None,
        }
    }
}

/// Returns whether one of these parts has locals or an order, so that the chain of each route inside must be checked.
const fn has_locals(parts: &[PartInfo]) -> bool {
    let mut parts = parts;
    while let [part, rest @ ..] = parts {
        if !matches!(
            (part.needs, part.passes, part.after, part.before),
            ([], [], [], [])
        ) {
            return true;
        }
        parts = rest;
    }
    false
}
