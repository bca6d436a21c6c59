//! The routes of an app, as its users read them.

use std::fmt;

use crate::routes::{
    definition::{Definition, Field, Mounted},
    part::PartKind,
    segment::{Priority, Segment},
};

/// A route of an app, with everything around it.
#[derive(Clone, Copy)]
pub struct Route {
    pub(super) mounted: &'static Mounted,
    /// The whole pattern, which is text.
    pub(super) path: &'static [u8],
    /// The fields of the app, where the way to the handler begins.
    pub(super) fields: &'static [Field],
}

impl Route {
    /// Returns the methods, in order; empty where the route answers every method.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.mounted.definition.methods.names()
    }

    /// Returns the pattern with every prefix: `/api/users/{id}`.
    pub const fn path(&self) -> &'static str {
        match std::str::from_utf8(self.path) {
            Ok(path) => path,
            // It was composed of whole texts.
            Err(_) => "",
        }
    }

    /// Returns the names of the parameters, in the pattern's order.
    pub fn params(&self) -> impl Iterator<Item = &'static str> {
        self.segments().iter().filter_map(Segment::name)
    }

    /// Returns the handler's name with its module path.
    pub const fn handler(&self) -> &'static str {
        self.mounted.definition.handler
    }

    /// Returns the file of the handler.
    pub const fn file(&self) -> &'static str {
        self.mounted.definition.file
    }

    /// Returns the line of the handler's name.
    pub const fn line(&self) -> u32 {
        self.mounted.definition.line
    }

    /// Returns the doc comment.
    pub const fn doc(&self) -> &'static str {
        self.mounted.definition.doc
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
    /// // Whether any route can be reached without a login.
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

    /// Returns the tower layers around the handler, outermost first, as they are written.
    pub fn layers(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Layer)
    }

    pub(crate) fn parts(&self, kind: PartKind) -> impl Iterator<Item = &'static str> {
        let fields = (0..self.mounted.field_path.len()).filter_map(|depth| self.field(depth));
        let around = fields.flat_map(|field| field.context.with);
        let parts = around.chain(self.mounted.definition.with);
        let parts = parts.filter(move |part| part.kind == kind);
        // What stands under a `#[cfg]` that does not hold has no name.
        parts.map(|part| part.name).filter(|name| !name.is_empty())
    }

    /// Returns the arguments of the handler, as written.
    pub const fn arguments(&self) -> &'static [crate::routes::definition::ArgumentInfo] {
        self.mounted.definition.arguments
    }

    /// Returns the return type of the handler, as written.
    pub const fn returns(&self) -> &'static str {
        self.mounted.definition.returns
    }

    /// Returns whether the handler finishes where its client leaves: `on_disconnect = finish`.
    pub const fn finishes(&self) -> bool {
        matches!(self.mounted.options.finish, Some(true))
    }

    /// Returns who goes first under overload: `priority = ..`.
    pub const fn priority(&self) -> Priority {
        match self.mounted.options.priority {
            Some(priority) => priority,
            None => Priority::Normal,
        }
    }

    /// Returns the pattern, parsed.
    pub(crate) const fn segments(&self) -> &'static [Segment] {
        self.mounted.segments
    }

    /// Returns the data of the handler's attribute.
    pub(crate) const fn definition(&self) -> &'static Definition {
        self.mounted.definition
    }

    /// Returns whether a group of this name is around the handler.
    pub(crate) const fn passes(&self, group: &str) -> bool {
        let mut depth = 0;
        while let Some(field) = self.field(depth) {
            if crate::const_text::equal(field.context.group, group) {
                return true;
            }
            depth += 1;
        }
        false
    }

    /// Returns the numbers of the fields that lead to the handler, innermost first.
    pub(crate) fn steps(&self) -> &'static [u16] {
        self.mounted.field_path.steps()
    }

    /// Returns whether anything but guards is on the route itself, and not on a group around it.
    pub(crate) fn has_own_parts(&self) -> bool {
        let innermost = self.mounted.field_path.len().checked_sub(1);
        let field = innermost.and_then(|depth| self.field(depth));
        let of_field = field.and_then(|field| field.context.with.get(field.context.n_group..));
        let own = of_field.into_iter().chain([self.mounted.definition.with]);
        own.flatten()
            .any(|part| part.kind != PartKind::Guard && !part.name.is_empty())
    }

    const fn field(&self, depth: usize) -> Option<&'static Field> {
        self.mounted.field_path.field(self.fields, depth)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("methods", &self.mounted.definition.methods)
            .field("path", &self.path())
            .field("handler", &self.mounted.definition.handler)
            .finish_non_exhaustive()
    }
}
