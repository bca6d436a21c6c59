//! The facts of a route.

use crate::routes::{fact::Fact, facts::Facts, info::Route, part::PartKind};

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

    /// Returns the facts of everything inside of the outermost part that does one of these, and their names.
    ///
    /// A cache reads with it what a response depends on.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::Facts, middleware::ETag, prelude::*, response::Accept};
    ///
    /// #[get("/", with(ETag))]
    /// async fn home(accept: Accept) {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// let (facts, names) = Api::ROUTES[0].facts_inside(Facts::HEADER);
    /// assert!(facts.may(Facts::HEADER));
    /// assert_eq!(names.iter().map(|fact| fact.name()).collect::<Vec<_>>(), ["accept"]);
    /// # }
    /// ```
    pub fn facts_inside(&self, of: Facts) -> (Facts, Vec<&'static Fact>) {
        let inside = self
            .all_parts()
            .skip_while(|part| !part.facts.may(of))
            .skip(1);
        let parts: Vec<_> = inside
            .filter(|part| part.kind != PartKind::Observer)
            .collect();
        let arguments = parts.iter().flat_map(|part| part.arguments);
        let all = parts.iter().map(|part| part.facts);
        let all = all.chain(
            arguments
                .chain(self.argument_facts())
                .map(|argument| argument.facts),
        );
        let all: Vec<_> = all.collect();
        let names = all.iter().flat_map(Facts::names);
        let names = names
            .chain(parts.iter().flat_map(|part| part.stated))
            .collect();
        let context = self.definition.takes_context().then_some(Facts::OPAQUE);
        (Facts::union(all.into_iter().chain(context)), names)
    }
}
