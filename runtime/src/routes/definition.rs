//! What a group lists: handlers and other groups, flattened into routes in constant evaluation.

use crate::routes::{
    local::LocalId,
    mount::NO_DEFINITION,
    part::PartInfo,
    segment::{Methods, RouteOptions, Segment, Slash},
    shape::Shape,
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
    /// What a group lists.
    const FIELDS: &'static [Field] = &[];
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
    /// The guards and the middleware on the handler itself.
    pub with: &'static [PartInfo],
    /// The locals that its arguments ask for.
    pub needs: &'static [&'static [LocalId]],
    /// The parameters that a prefix must provide.
    pub outer_params: &'static [&'static str],
    /// The arguments, as written.
    pub arguments: &'static [ArgumentInfo],
    /// The return type, as written.
    pub returns: &'static str,
    /// What the handler's own words say of how it is served.
    pub options: RouteOptions,
}

/// An argument of a handler, as written.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ArgumentInfo {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: &'static str,
}

impl ArgumentInfo {
    /// Makes the description of an argument.
    pub const fn new(name: &'static str, ty: &'static str) -> Self {
        Self { name, ty }
    }
}

/// One field of a group: what the group and the field add to the routes below.
#[derive(Debug, Clone, Copy)]
pub struct FieldContext {
    /// The group's name.
    pub group: &'static str,
    /// The number of the field in the group.
    pub step: u16,
    /// The prefix of the group and of the field, joined, as written.
    pub prefix: &'static str,
    /// The prefix, parsed.
    pub segments: &'static [Segment],
    /// The guards and the middleware of the group and of the field, outermost first.
    pub with: &'static [PartInfo],
    /// How many of them are the group's own; those behind are the field's.
    pub n_group: usize,
    /// What the group's words say of how its routes are served.
    pub options: RouteOptions,
}

/// A route as it stands in a group.
#[derive(Debug, Clone, Copy)]
pub struct Mounted {
    /// The handler's own data.
    pub definition: &'static Definition,
    /// The whole pattern, from the group's prefix on.
    pub segments: &'static [Segment],
    /// The fields that lead to the handler.
    pub field_path: FieldPath,
    /// The words that stand nearest to the handler.
    pub options: RouteOptions,
    /// How many bytes the whole pattern has, as it is written.
    pub path_len: u32,
    /// Whether anything around the handler, or the handler itself, provides or asks for locals.
    pub has_locals: bool,
}

/// The numbers of the fields that lead from a group to an entry.
///
/// Numbers and not references: constant evaluation checks each reference of a constant.
#[derive(Debug, Clone, Copy)]
pub struct FieldPath {
    /// Innermost first, since a way grows outwards.
    steps: [u16; MAX_DEPTH],
    /// How many there are, also where that is more than the list holds: a check refuses that.
    len: u8,
}

impl FieldPath {
    /// The way from an entry to itself.
    pub const NONE: Self = Self {
        steps: [0; MAX_DEPTH],
        len: 0,
    };

    /// Returns how many fields there are on the way.
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns the numbers of the fields, innermost first.
    pub(crate) fn steps(&self) -> &[u16] {
        self.steps.get(..self.len()).unwrap_or_default()
    }

    /// Returns the number of the field at `depth`, counted from the outermost.
    pub const fn step(&self, depth: usize) -> Option<u16> {
        if depth >= self.len() || self.len() > MAX_DEPTH {
            return None;
        }
        Some(self.steps[self.len() - 1 - depth])
    }

    /// Returns the field at `depth`, counted from the outermost, whose group has these fields.
    pub const fn field(
        &self,
        mut fields: &'static [Field],
        depth: usize,
    ) -> Option<&'static Field> {
        let mut at = 0;
        while let Some(step) = self.step(at) {
            let field = &fields[step as usize];
            if at == depth {
                return Some(field);
            }
            fields = field.fields;
            at += 1;
        }
        None
    }

    /// Returns the way from the group further out.
    pub(super) const fn from(mut self, step: u16) -> Self {
        if self.len() < MAX_DEPTH {
            self.steps[self.len()] = step;
        }
        self.len = self.len.saturating_add(1);
        self
    }
}

impl Mounted {
    /// Makes a route that stands in no group yet.
    pub const fn new(definition: &'static Definition) -> Self {
        Self {
            definition,
            segments: definition.segments,
            field_path: FieldPath::NONE,
            options: definition.options,
            path_len: definition.path.len() as u32,
            has_locals: !definition.with.is_empty() || needs_locals(definition.needs),
        }
    }

    /// Returns what the table needs to know of the route.
    pub const fn shape(&self) -> Shape {
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

/// Returns whether any local is asked for.
pub const fn needs_locals(needs: &[&[LocalId]]) -> bool {
    let mut i = 0;
    while i < needs.len() {
        if !needs[i].is_empty() {
            return true;
        }
        i += 1;
    }
    false
}

/// A group that has middleware or a fallback, as it stands in another.
#[derive(Debug, Clone, Copy)]
pub struct MountedGroup {
    /// The prefix, from the outermost group's on.
    pub segments: &'static [Segment],
    /// The fields that lead to it.
    pub field_path: FieldPath,
}

/// One field of a group, with what is listed there.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// What the group and the field add.
    pub context: &'static FieldContext,
    /// The fields of the entry, where it is a group.
    pub fields: &'static [Field],
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
