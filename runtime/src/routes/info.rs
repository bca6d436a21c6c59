//! The public description of an app's routes.

use std::fmt;

use crate::{
    const_text::equal,
    routes::{
        argument_facts::{ArgumentFacts, ResponseInfo},
        definition::{ArgumentInfo, Definition},
        field_path::{FieldPath, GroupOnPath},
        node::{Content, Node},
        part::{PartInfo, PartKind},
        pattern::Pattern,
        segment::{Priority, RouteOptions},
        slo::Slo,
        whole_pattern::WholePattern,
    },
};

/// A description of one route of an app.
///
/// The constant `ROUTES` of an app has all of them, for tests, documentation and tools.
///
/// # Examples
/// ```
/// use highball::{Route, prelude::*};
///
/// /// Shows a user.
/// #[get("/{id}")]
/// async fn show(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// #[routes("/users", app)]
/// struct Users(show);
///
/// # fn main() {
/// let route: &Route = &Users::ROUTES[0];
/// assert_eq!(route.path(), "/users/{id}");
/// assert!(route.methods().eq(["GET"]));
/// assert!(route.params().eq(["id"]));
/// assert!(route.handler().ends_with("::show"));
/// assert_eq!(route.doc(), "Shows a user.");
/// assert_eq!(route.arguments().next().unwrap().ty, "u64");
/// assert_eq!(route.returns(), "String");
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Route {
    /// The data of the handler.
    pub(super) definition: &'static Definition,
    /// The entries that lead to the handler.
    pub(super) field_path: FieldPath,
    /// The options of the route, completed by those of the groups around it.
    pub(super) options: RouteOptions,
    /// The complete pattern, in UTF-8.
    pub(super) path: &'static [u8],
    /// The app, at which the path to the handler begins.
    pub(super) root: &'static Node,
}

impl Route {
    /// An empty route, in place of one that does not compile.
    pub(crate) const EMPTY: Self = Self {
        definition: &Definition::NONE,
        field_path: FieldPath::NONE,
        options: RouteOptions::NONE,
        path: &[],
        root: &Node::BROKEN,
    };

    /// Returns the methods, or nothing if the route serves every method.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.definition.methods.names()
    }

    /// Returns the complete pattern, with the prefixes of its groups: `/api/users/{id}`.
    pub const fn path(&self) -> &'static str {
        match std::str::from_utf8(self.path) {
            Ok(path) => path,
            // The pattern is a concatenation of strings, so this is unreachable.
            Err(_) => "",
        }
    }

    /// Returns the names of the path parameters, in the order of the pattern.
    pub fn params(&self) -> impl Iterator<Item = &'static str> {
        self.segments().filter_map(|segment| segment.name())
    }

    /// Returns the handler's name with its module path.
    pub const fn handler(&self) -> &'static str {
        self.definition.handler
    }

    /// Returns the source file of the handler.
    pub const fn file(&self) -> &'static str {
        self.definition.place.file()
    }

    /// Returns the line of the handler's name.
    pub const fn line(&self) -> u32 {
        self.definition.place.line()
    }

    /// Returns the doc comment of the handler.
    pub const fn doc(&self) -> &'static str {
        self.definition.doc
    }

    /// Returns the name and the doc comment of each group around the handler, outermost first.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn list() {}
    ///
    /// /// The orders of a shop.
    /// #[routes("/orders")]
    /// struct Orders(list);
    ///
    /// #[routes(app)]
    /// struct Api(Orders);
    ///
    /// # fn main() {
    /// let groups = Api::ROUTES[0].groups();
    /// assert!(groups.eq([("Api", ""), ("Orders", "The orders of a shop.")]));
    /// # }
    /// ```
    pub fn groups(&self) -> impl DoubleEndedIterator<Item = (&'static str, &'static str)> {
        let groups = (0..self.field_path.len()).filter_map(|depth| self.group_at(depth));
        groups.map(|level| (level.group.name, level.group.doc))
    }

    /// Returns whether the handler has the attribute `#[deprecated]`, and its note.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/old")]
    /// #[deprecated(note = "use `/new`")]
    /// async fn old() {}
    ///
    /// #[routes(app)]
    /// struct Api(old);
    ///
    /// # fn main() {
    /// assert_eq!(Api::ROUTES[0].deprecated(), Some("use `/new`"));
    /// # }
    /// ```
    pub const fn deprecated(&self) -> Option<&'static str> {
        self.definition.deprecated
    }

    /// Returns the names of the guards before the handler, outermost first, each with its module path.
    ///
    /// # Examples
    /// ```
    /// use highball::{middleware::SecurityHeaders, prelude::*};
    ///
    /// #[guard]
    /// fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    ///     match cx.header("authorization") {
    ///         Some(_) => Ok(()),
    ///         None => Err(StatusCode::UNAUTHORIZED),
    ///     }
    /// }
    ///
    /// #[get("/", with(signed_in))]
    /// async fn home() {}
    ///
    /// #[routes(app, with(SecurityHeaders::new()))]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// // No route is reachable without a login.
    /// let open = Api::ROUTES.iter().filter(|route| {
    ///     !route.guards().any(|guard| guard.ends_with("::signed_in"))
    /// });
    /// assert_eq!(open.count(), 0);
    /// assert_eq!(Api::ROUTES[0].middleware().count(), 1);
    /// # }
    /// ```
    pub fn guards(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Guard)
    }

    /// Returns the names of the middleware around the handler, outermost first, each with its module
    /// path.
    pub fn middleware(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Middleware)
    }

    /// Returns the names of the observers of the handler, outermost first, each with its module path.
    pub fn observers(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Observer)
    }

    /// Returns the tower layers around the handler, outermost first, as written in the source.
    pub fn layers(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Layer)
    }

    /// Returns the names of the parts of this kind around the handler, outermost first.
    pub(crate) fn parts(&self, kind: PartKind) -> impl Iterator<Item = &'static str> {
        let parts = self.all_parts().filter(move |part| part.kind == kind);
        // A part that `#[cfg]` disables has an empty name.
        parts.map(|part| part.name).filter(|name| !name.is_empty())
    }

    /// Returns the parts around the handler, outermost first.
    pub(super) fn all_parts(&self) -> impl Iterator<Item = &'static PartInfo> {
        let levels = (0..self.field_path.len()).filter_map(|depth| self.group_at(depth));
        let around = levels.flat_map(|level| level.group.with.iter().chain(level.field.with));
        around.chain(self.definition.with)
    }

    /// Returns whether the route is marked `public`, in its attribute or where it is listed. It is then exempt from
    /// `every(..)` of a group around it.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/login", public)]
    /// async fn login() {}
    ///
    /// #[routes(app)]
    /// struct Api(login);
    ///
    /// # fn main() {
    /// assert!(Api::ROUTES[0].is_public());
    /// # }
    /// ```
    pub const fn is_public(&self) -> bool {
        self.definition.is_public || self.field_path.is_public(self.root)
    }

    /// Returns the arguments of the handler, as written in the source.
    pub fn arguments(&self) -> impl Iterator<Item = ArgumentInfo> {
        self.definition.arguments()
    }

    /// Returns the needs and the facts of the arguments, without the context.
    pub(super) fn argument_facts(&self) -> &'static [ArgumentFacts] {
        match &self.field_path.target(self.root).content {
            Content::Route(_, arguments, _) => arguments,
            _ => &[],
        }
    }

    /// Returns the facts and the answers of the return type.
    pub(super) fn response(&self) -> Option<ResponseInfo> {
        match &self.field_path.target(self.root).content {
            Content::Route(_, _, response) => Some(response()),
            _ => None,
        }
    }

    /// Returns the return type of the handler, as written in the source.
    pub fn returns(&self) -> &'static str {
        self.definition.returns()
    }

    /// Returns whether the handler runs to its end if the client disconnects: with `on_disconnect = finish`, or if a
    /// part around it requires that ([`Facts::FINISHES`](crate::extract::Facts::FINISHES)).
    pub const fn finishes(&self) -> bool {
        matches!(self.options.finish, Some(true))
    }

    /// Returns the priority under overload (`priority = ..`).
    pub const fn priority(&self) -> Priority {
        match self.options.priority {
            Some(priority) => priority,
            None => Priority::Normal,
        }
    }

    /// Returns the objectives (`slo(..)`), or `None` if the route has none.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/checkout", slo(p99 = millis(500), errors = 0.05))]
    /// async fn checkout() {}
    ///
    /// #[routes(app)]
    /// struct Api(checkout);
    ///
    /// # fn main() {
    /// let slo = Api::ROUTES[0].slo().unwrap();
    /// assert_eq!(slo.latency().unwrap().micros, 500_000);
    /// assert_eq!(slo.errors(), Some(50_000));
    /// # }
    /// ```
    pub const fn slo(&self) -> Option<&'static Slo> {
        self.definition.slo
    }

    /// Returns the parsed pattern.
    pub(crate) const fn segments(&self) -> WholePattern {
        WholePattern::new(self.root, self.field_path, self.definition.pattern)
    }

    /// Returns the segments of the prefixes.
    pub(super) const fn prefixes(&self) -> WholePattern {
        WholePattern::new(self.root, self.field_path, Pattern::EMPTY)
    }

    /// Returns the data of the handler's attribute.
    pub(crate) const fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// Returns whether the handler is in a group of this name.
    pub(crate) const fn passes(&self, group: &str) -> bool {
        let mut depth = 0;
        while let Some(level) = self.group_at(depth) {
            if equal(level.group.name, group) {
                return true;
            }
            depth += 1;
        }
        false
    }

    /// Returns the indices of the fields that lead to the handler, innermost first.
    pub(crate) fn steps(&'static self) -> &'static [u16] {
        self.field_path.steps()
    }

    /// Returns whether the route itself, not a group around it, has parts other than guards.
    pub(crate) fn has_own_parts(&self) -> bool {
        let innermost = self.field_path.len().checked_sub(1);
        let level = innermost.and_then(|depth| self.group_at(depth));
        let of_field: &[PartInfo] = level.map_or(&[], |level| level.field.with);
        let mut own = of_field.iter().chain(self.definition.with);
        own.any(|part| part.kind != PartKind::Guard && !part.name.is_empty())
    }

    /// Returns the group at `depth`, counted from the outermost.
    pub(super) const fn group_at(&self, depth: usize) -> Option<GroupOnPath> {
        self.field_path.group_at(self.root, depth)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("methods", &self.definition.methods)
            .field("path", &self.path())
            .field("handler", &self.definition.handler)
            .finish_non_exhaustive()
    }
}
