//! The facts of a route.

use crate::routes::{
    fact::Fact,
    facts::Facts,
    info::Route,
    inputs::{InputInfo, InputKind},
    part::PartKind,
};

impl Route {
    /// Returns the facts of the handler's arguments and of everything around it, without their names.
    ///
    /// A handler that takes the context is opaque.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::Facts, prelude::*};
    ///
    /// #[get("/{id}")]
    /// async fn show(id: u64, token: Bearer) {}
    ///
    /// #[get("/any")]
    /// async fn any(cx: &Context<'_>) {}
    ///
    /// #[routes(app)]
    /// struct Api(show, any);
    ///
    /// # fn main() {
    /// let facts = Api::ROUTES[0].facts();
    /// assert!(facts.words().eq(["path", "header", "login by header"]));
    /// assert!(Api::ROUTES[1].facts().is_opaque());
    /// # }
    /// ```
    pub fn facts(&self) -> Facts {
        let around = self.all_parts().map(|part| part.facts);
        let own = self.argument_facts().iter().map(|argument| argument.facts);
        let context = self.definition.takes_context().then_some(Facts::OPAQUE);
        let response = self.response().map(|response| response.facts.of_response());
        Facts::union(around.chain(own).chain(context).chain(response))
    }

    /// Returns the named facts of the handler's arguments and of everything around it, outermost first.
    pub fn named_facts(&self) -> impl Iterator<Item = &'static Fact> {
        let around = self.all_parts().flat_map(|part| {
            let arguments = part.arguments.iter().map(|argument| argument.facts);
            let named = arguments
                .chain([part.facts])
                .flat_map(|facts| facts.names());
            named.chain(part.stated)
        });
        let own = self.argument_facts().iter().map(|argument| argument.facts);
        around.chain(own.flat_map(|facts| facts.names()))
    }

    /// Returns the data that everything inside of the outermost part with one of these facts depends on.
    ///
    /// A cache makes its keys with it.
    ///
    /// # Examples
    /// ```
    /// use highball::{describe::Inside, extract::Facts, middleware::ETag, prelude::*, response::Accept};
    ///
    /// #[get("/", with(ETag))]
    /// async fn home(accept: Accept) {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// let inside: Inside = Api::ROUTES[0].inside(Facts::HEADER);
    /// assert_eq!(inside.headers, ["accept"]);
    /// assert_eq!(inside.query, Some(vec![]));
    /// # }
    /// ```
    pub fn inside(&self, of: Facts) -> Inside {
        let parts: Vec<_> = self.all_parts().collect();
        let at = parts.iter().position(|part| part.facts.may(of));
        let (outer, inner) = parts.split_at(at.map_or(parts.len(), |at| at + 1));
        let outer = &outer[..outer.len().saturating_sub(usize::from(at.is_some()))];
        let mut inside = Inside {
            facts: Facts::NONE,
            around: Facts::union(outer.iter().map(|part| part.facts)),
            headers: Vec::new(),
            query: Some(Vec::new()),
        };
        for part in inner.iter().filter(|part| part.kind != PartKind::Observer) {
            for argument in part.arguments {
                inside.add(&argument.facts, &self.inputs_of(argument, ""));
            }
            let own = self.inputs_of_part(part);
            let of_arguments = part.arguments.iter().map(|argument| argument.facts);
            // The facts of a part have the bits of its arguments, whose inputs were added.
            let is_of_arguments = Facts::union(of_arguments).may(Facts::QUERY);
            match is_of_arguments {
                true => inside.add(&part.facts.without(Facts::QUERY), &own),
                false => inside.add(&part.facts, &own),
            }
        }
        let names = self.definition.sources().map(|argument| argument.name);
        for (argument, name) in self.argument_facts().iter().zip(names) {
            inside.add(&argument.facts, &self.inputs_of(argument, name));
        }
        if self.definition.takes_context() {
            inside.add(&Facts::OPAQUE, &[]);
        }
        inside.headers.sort_unstable();
        inside.headers.dedup();
        inside
    }
}

/// The data that the inner part of a chain depends on, from [`Route::inside`].
///
/// # Examples
/// ```
/// use highball::{describe::Inside, extract::Facts};
///
/// /// Returns whether a cache can derive its keys.
/// fn is_known(inside: &Inside) -> bool {
///     inside.query.is_some() && !inside.facts.is_opaque()
/// }
/// # let _ = is_known;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Inside {
    /// The facts of the parts inside and of the handler's arguments, without names.
    pub facts: Facts,
    /// The facts of the parts outside, without names.
    pub around: Facts,
    /// The headers that are read by name, in lower case and in order.
    pub headers: Vec<&'static str>,
    /// The parameters of the query that are read. `None` if all of it may be read.
    pub query: Option<Vec<&'static str>>,
}

impl Inside {
    /// Adds something with these facts and inputs.
    fn add(&mut self, facts: &Facts, inputs: &[InputInfo]) {
        self.facts = Facts::union([self.facts, *facts].into_iter());
        let headers = facts.names().filter(|fact| fact.kind() == "header");
        self.headers.extend(headers.map(|fact| fact.name()));
        let mut names = Vec::new();
        let mut is_known = true;
        for input in inputs {
            match input.kind {
                InputKind::Header(name) => self.headers.push(name),
                InputKind::QueryParam { name, .. } => names.push(name),
                InputKind::Query { names: of_type, .. } => match of_type() {
                    Some(of_type) => names.extend(of_type),
                    None => is_known = false,
                },
                _ => {}
            }
        }
        // It reads the query, and states no part of it.
        is_known &= !facts.may(Facts::QUERY) || !names.is_empty();
        match (&mut self.query, is_known) {
            (Some(all), true) => all.extend(names),
            _ => self.query = None,
        }
    }
}
