//! What a group lists: handlers and other groups, flattened into routes in constant evaluation.

use crate::{
    route::{Methods, Segment, Slash},
    table::Shape,
};

mod check;
mod mount;

pub use check::{Report, check, raise};
pub use mount::{
    NO_DEFINITION, count_groups, count_routes, count_segments, mount, mount_groups, segments,
};

/// The deepest nesting of groups; a deeper one does not compile.
pub(crate) const MAX_DEPTH: usize = 8;

/// A handler or a group: what may stand in the list of a group.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a route and not a group",
    label = "listed here, but it has no route",
    note = "put `#[get(\"/path\")]` (or another method) on the function, or `#[routes]` on the struct"
)]
pub trait Entry: Sized + Send + Sync + 'static {
    /// What the attribute of a handler says; a group has none.
    const DEFINITION: &'static Definition = NO_DEFINITION;
    /// The routes of the entry, with all prefixes below and at the entry itself.
    const ROUTES: &'static [Mounted] = &[Mounted::new(Self::DEFINITION)];
    /// The groups at and below the entry that have something to say to a path without a route.
    const GROUPS: &'static [MountedGroup] = &[];
    /// Whether a mistake has been reported at or below the entry, so that routes are missing.
    const BROKEN: bool = false;
}

/// What a handler's attribute says, as constant data.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The methods it answers.
    pub methods: Methods,
    /// The pattern as the user wrote it.
    pub path: &'static str,
    /// The pattern, parsed.
    pub segments: &'static [Segment],
    /// The function's name with its module path.
    pub handler: &'static str,
    /// The file of the function.
    pub file: &'static str,
    /// The line of the function's name.
    pub line: u32,
    /// The column of the function's name: two routes that a macro makes may share a line.
    pub column: u32,
    /// The doc comment.
    pub doc: &'static str,
    /// The names of the middleware on the handler itself.
    pub with: &'static [&'static str],
    /// The parameters that a prefix must provide.
    pub outer_params: &'static [&'static str],
    /// The arguments, as written.
    pub arguments: &'static [Argument],
    /// The return type, as written.
    pub returns: &'static str,
    /// The handler's own word on a trailing slash.
    pub slash: Option<Slash>,
}

/// An argument of a handler, as written.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: &'static str,
}

impl Argument {
    /// Makes the description of an argument.
    pub const fn new(name: &'static str, ty: &'static str) -> Self {
        Self { name, ty }
    }
}

/// One field of a group: what the group and the field add to the routes below.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    /// The group's name.
    pub group: &'static str,
    /// The number of the field in the group.
    pub step: u16,
    /// The prefix of the group and of the field, joined, as written.
    pub prefix: &'static str,
    /// The prefix, parsed.
    pub segments: &'static [Segment],
    /// The names of the middleware of the group and of the field, outermost first.
    pub with: &'static [&'static str],
    /// The group's word on a trailing slash.
    pub slash: Option<Slash>,
}

/// A route as it stands in a group.
#[derive(Debug, Clone, Copy)]
pub struct Mounted {
    /// The handler's own data.
    pub definition: &'static Definition,
    /// The whole pattern, from the group's prefix on.
    pub segments: &'static [Segment],
    /// The groups around the handler, innermost first.
    pub levels: Levels,
}

/// The fields that lead from a group to an entry, innermost first.
#[derive(Debug, Clone, Copy)]
pub struct Levels {
    list: [Option<&'static Level>; MAX_DEPTH],
    /// How many there are, also where that is more than the list holds: a check refuses that.
    len: usize,
}

impl Levels {
    /// No group at all.
    pub const NONE: Self = Self {
        list: [None; MAX_DEPTH],
        len: 0,
    };

    /// Returns how many levels there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns the level at `depth`, counted from the outermost.
    pub const fn outer(&self, depth: usize) -> Option<&'static Level> {
        if depth >= self.len || self.len > MAX_DEPTH {
            return None;
        }
        self.list[self.len - 1 - depth]
    }

    /// Returns the levels with another one around them.
    const fn within(mut self, level: &'static Level) -> Self {
        if self.len < MAX_DEPTH {
            self.list[self.len] = Some(level);
        }
        self.len += 1;
        self
    }

    /// Returns the word on a trailing slash that stands nearest to the handler.
    const fn slash(&self) -> Option<Slash> {
        let mut i = 0;
        while i < self.len && i < MAX_DEPTH {
            if let Some(level) = self.list[i]
                && let Some(slash) = level.slash
            {
                return Some(slash);
            }
            i += 1;
        }
        None
    }
}

impl Mounted {
    /// Makes a route that stands in no group yet.
    pub const fn new(definition: &'static Definition) -> Self {
        Self {
            definition,
            segments: definition.segments,
            levels: Levels::NONE,
        }
    }

    /// Returns what the table needs to know of the route.
    pub const fn shape(&self) -> Shape {
        let slash = match (self.definition.slash, self.levels.slash()) {
            (Some(slash), _) | (None, Some(slash)) => slash,
            (None, None) => Slash::Strict,
        };
        Shape {
            methods: self.definition.methods,
            segments: self.segments,
            slash,
        }
    }
}

/// A group that has middleware or a fallback, as it stands in another.
#[derive(Debug, Clone, Copy)]
pub struct MountedGroup {
    /// The prefix, from the outermost group's on.
    pub segments: &'static [Segment],
    /// The fields that lead to it.
    pub levels: Levels,
}

/// One field of a group, with what is listed there.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// What the group and the field add.
    pub level: &'static Level,
    /// The routes of the entry.
    pub routes: &'static [Mounted],
    /// The groups of the entry.
    pub groups: &'static [MountedGroup],
    /// Whether routes of the entry are missing, since it has a mistake.
    pub broken: bool,
}

/// Returns whether routes of any field are missing.
pub const fn is_broken(fields: &[Field]) -> bool {
    let mut i = 0;
    while i < fields.len() {
        if fields[i].broken {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns the shapes of the routes.
pub const fn shapes<const N: usize>(routes: &[Mounted]) -> [Shape; N] {
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
