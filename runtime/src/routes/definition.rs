//! Definitions of handlers and groups, and the routes that they become in constant evaluation.

use crate::routes::{
    local::LocalId,
    part::PartInfo,
    segment::{Methods, RouteOptions, Segment, Slash},
    shape::Shape,
};

/// The deepest nesting of groups. A deeper one does not compile.
pub(crate) const MAX_DEPTH: usize = 8;

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
pub trait Entry: Sized + Send + Sync + 'static {
    /// The data of a handler's attribute. For a group it is empty.
    const DEFINITION: &'static Definition = NO_DEFINITION;
    /// The fields of a group.
    const FIELDS: &'static [Field] = &[];
    /// The routes of the entry, with its prefix and those below it.
    const ROUTES: &'static [Mounted] = &[Mounted::new(Self::DEFINITION)];
    /// The groups at and below the entry that have middleware or a fallback.
    const GROUPS: &'static [MountedGroup] = &[];
    /// Whether routes are missing, because a mistake was reported at or below the entry.
    const BROKEN: bool = false;
}

/// The data of a handler's attribute.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The methods of the route.
    pub methods: Methods,
    /// The pattern as written in the source.
    pub path: &'static str,
    /// The parsed pattern.
    pub segments: &'static [Segment],
    /// The function's name with its module path.
    pub handler: &'static str,
    /// The file of the function.
    pub file: &'static str,
    /// The line of the function's name.
    pub line: u32,
    /// The column of the function's name. Two routes that a macro generates may share a line.
    pub column: u32,
    /// The doc comment.
    pub doc: &'static str,
    /// The guards and the middleware on the handler itself.
    pub with: &'static [PartInfo],
    /// The locals that its arguments need.
    pub needs: &'static [&'static [LocalId]],
    /// The parameters that a prefix must provide.
    pub outer_params: &'static [&'static str],
    /// The arguments, as written in the source.
    pub arguments: &'static [ArgumentInfo],
    /// The return type, as written in the source.
    pub returns: &'static str,
    /// The options of the handler's attribute.
    pub options: RouteOptions,
}

/// An empty definition, for a group and for a route that does not compile.
pub const NO_DEFINITION: &Definition = &Definition {
    methods: Methods::ANY,
    path: "",
    segments: &[],
    handler: "",
    file: "",
    line: 0,
    column: 0,
    doc: "",
    with: &[],
    needs: &[],
    outer_params: &[],
    arguments: &[],
    returns: "",
    options: RouteOptions::NONE,
};

/// An argument of a handler, as written in the source.
///
/// [`Route::arguments`](crate::Route::arguments) returns the arguments of a route.
///
/// # Examples
/// ```
/// use highball::{ArgumentInfo, prelude::*};
///
/// #[get("/{id}")]
/// async fn show(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # fn main() {
/// let ArgumentInfo { name, ty, .. } = Api::ROUTES[0].arguments()[0];
/// assert_eq!((name, ty), ("id", "u64"));
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ArgumentInfo {
    /// The name of the argument.
    pub name: &'static str,
    /// The type of the argument.
    pub ty: &'static str,
}

impl ArgumentInfo {
    /// Creates the description of an argument.
    pub const fn new(name: &'static str, ty: &'static str) -> Self {
        Self { name, ty }
    }
}

/// The additions of a group and one of its fields to the routes below the field.
#[derive(Debug, Clone, Copy)]
pub struct FieldContext {
    /// The group's name.
    pub group: &'static str,
    /// The index of the field in the group.
    pub step: u16,
    /// The joined prefix of the group and of the field, as written in the source.
    pub prefix: &'static str,
    /// The parsed prefix.
    pub segments: &'static [Segment],
    /// The guards and the middleware of the group and of the field, outermost first.
    pub with: &'static [PartInfo],
    /// How many of them belong to the group. The others belong to the field.
    pub n_group: usize,
    /// The options of the group.
    pub options: RouteOptions,
}

/// A route within a group.
#[derive(Debug, Clone, Copy)]
pub struct Mounted {
    /// The data of the handler.
    pub definition: &'static Definition,
    /// The pattern with the prefixes up to the group's.
    pub segments: &'static [Segment],
    /// The fields that lead to the handler.
    pub field_path: FieldPath,
    /// The options of the route, completed by those of the groups around it.
    pub options: RouteOptions,
    /// The length of the complete pattern, as written in the source.
    pub path_len: u32,
    /// Whether the handler, or a part around it, provides or needs locals. If not, the check of
    /// locals skips the route, which saves compile time.
    pub has_locals: bool,
}

/// The indices of the fields that lead from a group to an entry.
///
/// They are numbers and not references, because constant evaluation validates each reference of a
/// constant, which costs compile time.
#[derive(Debug, Clone, Copy)]
pub struct FieldPath {
    /// The indices, innermost first, because groups prepend their field on the way out.
    steps: [u16; MAX_DEPTH],
    /// The number of fields. It may exceed the array, so that [`check`](super::check) can report
    /// that the groups are nested too deeply.
    len: u8,
}

impl FieldPath {
    /// The path from an entry to itself.
    pub const NONE: Self = Self {
        steps: [0; MAX_DEPTH],
        len: 0,
    };

    /// Returns the number of fields.
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns the indices of the fields, innermost first.
    pub(crate) fn steps(&self) -> &[u16] {
        self.steps.get(..self.len()).unwrap_or_default()
    }

    /// Returns the index of the field at `depth`, counted from the outermost.
    pub const fn step(&self, depth: usize) -> Option<u16> {
        if depth >= self.len() || self.len() > MAX_DEPTH {
            return None;
        }
        Some(self.steps[self.len() - 1 - depth])
    }

    /// Returns the field at `depth`, counted from the outermost. `fields` are those of the group at
    /// which the path begins.
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

    /// Returns the path from the next outer group, whose field has the index `step`.
    pub(super) const fn within_field(mut self, step: u16) -> Self {
        if self.len() < MAX_DEPTH {
            self.steps[self.len()] = step;
        }
        self.len = self.len.saturating_add(1);
        self
    }
}

impl Mounted {
    /// Creates a route that is not in a group yet.
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

    /// Returns the data of the route that the table uses.
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

/// Returns whether any local is needed.
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

/// A group with middleware or a fallback, within another group.
#[derive(Debug, Clone, Copy)]
pub struct MountedGroup {
    /// The prefix, with those of the groups around it.
    pub segments: &'static [Segment],
    /// The fields that lead to the group.
    pub field_path: FieldPath,
}

/// One field of a group and the entry that it lists.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The additions of the group and the field to the entry.
    pub context: &'static FieldContext,
    /// The fields of the entry, if it is a group.
    pub fields: &'static [Field],
    /// The routes of the entry.
    pub routes: &'static [Mounted],
    /// The groups of the entry.
    pub groups: &'static [MountedGroup],
    /// Whether routes of the entry are missing because of a mistake in it.
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
