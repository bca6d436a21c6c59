//! The chain of a route, part by part, as tools show it.

use crate::routes::{
    answers::{Answer, Answers, merged},
    argument_facts::ArgumentFacts,
    fact::Fact,
    facts::Facts,
    info::Route,
    part::{PartInfo, PartKind},
};

/// One part of a route's chain: a guard, a middleware, an observer, a tower layer, or the handler at its end.
///
/// [`Route::chain`] returns them.
///
/// # Examples
/// ```
/// use highball::{describe::{RoutePart, RoutePartKind}, prelude::*};
///
/// #[derive(Local)]
/// struct User(String);
///
/// #[guard]
/// fn signed_in(token: Bearer) -> Result<User, StatusCode> {
///     Ok(User(token.token().to_owned()))
/// }
///
/// #[get("/me")]
/// async fn me(user: Local<'_, User>) -> String {
///     user.0.clone()
/// }
///
/// #[routes(app, with(signed_in))]
/// struct Api(me);
///
/// # fn main() {
/// let chain: Vec<RoutePart> = Api::ROUTES[0].chain();
/// assert_eq!((chain[0].kind, chain[0].group), (RoutePartKind::Guard, "Api"));
/// assert_eq!(chain[0].provides, ["User"]);
/// assert_eq!((chain[1].kind, &chain[1].needs[..]), (RoutePartKind::Handler, &["User"][..]));
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RoutePart {
    /// The kind.
    pub kind: RoutePartKind,
    /// The function's name with its module path, or the expression of a tower layer.
    pub name: &'static str,
    /// The source file of the function, or empty for a tower layer.
    pub file: &'static str,
    /// The line of the function.
    pub line: u32,
    /// The name of the group that adds it: to all of its routes, or to one of its entries. It is empty for the handler
    /// and for the parts in its own attribute.
    pub group: &'static str,
    /// The types of the locals that its arguments need, without type parameters.
    pub needs: Vec<&'static str>,
    /// The types of the locals that it passes on, without type parameters.
    pub provides: Vec<&'static str>,
    /// Its facts and those of its arguments, without their names.
    pub facts: Facts,
    /// The named facts of it and of its arguments.
    pub named_facts: Vec<&'static Fact>,
    /// Its own answers that are known, in the order of their statuses.
    pub answers: Vec<Answer>,
    /// Whether it may also answer in a way that is not known.
    pub has_unknown_answers: bool,
    /// Whether it is in a `when(..)`, so that it may not run.
    pub is_conditional: bool,
    /// Whether it runs concurrently with the part before it, in a `parallel(..)`.
    pub is_parallel: bool,
}

/// The kind of a part.
///
/// # Examples
/// ```
/// use highball::{describe::RoutePartKind, prelude::*};
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app)]
/// struct Api(home);
///
/// # fn main() {
/// assert_eq!(Api::ROUTES[0].chain()[0].kind, RoutePartKind::Handler);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoutePartKind {
    /// `#[guard]`.
    Guard,
    /// `#[middleware]`.
    Middleware,
    /// `#[observer]`.
    Observer,
    /// A tower layer, `layer(..)`.
    Layer,
    /// The handler.
    Handler,
}

impl Route {
    /// Returns the parts around the handler, outermost first, and then the handler.
    ///
    /// # Examples
    /// ```
    /// use highball::{middleware::SecurityHeaders, prelude::*};
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[routes(app, with(SecurityHeaders::new()))]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// let chain = Api::ROUTES[0].chain();
    /// assert!(chain[0].name.ends_with("SecurityHeaders") && chain[1].name.ends_with("::home"));
    /// # }
    /// ```
    pub fn chain(&self) -> Vec<RoutePart> {
        let levels = (0..).map_while(|depth| self.group_at(depth));
        let around = levels.flat_map(|level| {
            let parts = level.group.with.iter().chain(level.field.with);
            parts.map(move |part| RoutePart::of(part, level.group.name))
        });
        let own = self.definition().with.iter();
        let own = own.map(|part| RoutePart::of(part, ""));
        // A part that `#[cfg]` disables has an empty name.
        let mut chain: Vec<_> = around
            .chain(own)
            .filter(|part| !part.name.is_empty())
            .collect();
        chain.push(self.handler_part());
        chain
    }

    /// Returns the index of the entry in each group around the handler, outermost first.
    ///
    /// Two routes are in the same group if the indices in front of that of the group's entry are equal.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[get("/{id}")]
    /// async fn show(id: u64) {}
    ///
    /// #[routes("/users")]
    /// struct Users(show);
    ///
    /// #[routes(app)]
    /// struct Api(home, Users);
    ///
    /// # fn main() {
    /// assert!(Api::ROUTES[0].position().eq([0]));
    /// assert!(Api::ROUTES[1].position().eq([1, 0]));
    /// # }
    /// ```
    pub fn position(&self) -> impl Iterator<Item = usize> {
        let steps = (0..).map_while(|depth| self.field_path.step(depth));
        steps.map(usize::from)
    }

    fn handler_part(&self) -> RoutePart {
        let definition = self.definition();
        let response = self.response();
        let of_response = response.map(|response| response.facts.of_response());
        let context = definition.takes_context().then_some(Facts::OPAQUE);
        let arguments = self.argument_facts();
        let facts = arguments.iter().map(|argument| argument.facts);
        let (answers, has_unknown_answers) =
            joined_answers(arguments, response.map(|response| response.answers));
        RoutePart {
            kind: RoutePartKind::Handler,
            name: self.handler(),
            file: self.file(),
            line: self.line(),
            group: "",
            needs: needs(arguments),
            provides: Vec::new(),
            facts: Facts::union(facts.chain(context).chain(of_response)),
            named_facts: names(arguments, None),
            answers,
            has_unknown_answers,
            is_conditional: false,
            is_parallel: false,
        }
    }
}

impl RoutePart {
    fn of(part: &'static PartInfo, group: &'static str) -> Self {
        let (answers, has_unknown_answers) = joined_answers(part.arguments, Some(part.answers));
        let is_layer = part.kind == PartKind::Layer;
        Self {
            kind: match part.kind {
                PartKind::Guard => RoutePartKind::Guard,
                PartKind::Middleware => RoutePartKind::Middleware,
                PartKind::Observer => RoutePartKind::Observer,
                PartKind::Layer => RoutePartKind::Layer,
            },
            name: part.name,
            file: if is_layer { "" } else { part.place.file() },
            line: part.place.line(),
            group,
            needs: needs(part.arguments),
            provides: part.passes.iter().map(|local| local.name()).collect(),
            facts: part.facts,
            named_facts: names(part.arguments, Some(part.facts)),
            answers,
            has_unknown_answers,
            is_conditional: part.is_conditional,
            is_parallel: part.beside > 0,
        }
    }
}

/// Returns the names of the locals that arguments need.
fn needs(arguments: &[ArgumentFacts]) -> Vec<&'static str> {
    let needs = arguments.iter().flat_map(|argument| argument.needs);
    needs.map(|local| local.name()).collect()
}

/// Returns the named facts of arguments and of the code.
fn names(arguments: &[ArgumentFacts], code: Option<Facts>) -> Vec<&'static Fact> {
    let facts = arguments.iter().map(|argument| argument.facts).chain(code);
    facts.flat_map(|facts| facts.names()).collect()
}

/// Returns the answers of arguments and of the code, and whether one of them is not known.
fn joined_answers(
    arguments: &[ArgumentFacts],
    code: Option<&'static Answers>,
) -> (Vec<Answer>, bool) {
    let of_arguments = arguments
        .iter()
        .map(|argument| (argument.describe)().answers);
    let (mut list, mut has_unknown) = (Vec::new(), false);
    for answers in of_arguments.chain(code) {
        answers.add_to(&mut list);
        has_unknown |= answers.is_opaque();
    }
    (merged(list), has_unknown)
}
