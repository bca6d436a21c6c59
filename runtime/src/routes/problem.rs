//! Composes the messages about mistakes in the entries of a group.

use crate::{
    const_text::ErrorText,
    routes::{
        argument_facts::SharedScope,
        check_admin::Exposed,
        check_cached::NotCacheable,
        check_csrf::Unprotected,
        check_dual_write::DualWrite,
        check_locals::LocalProblem,
        check_needs::Unknown,
        check_unique::TwoValues,
        clash::{nth, shared_method},
        demand::Demand,
        field_path::{MAX_DEPTH, Place},
        job_problem::NoConsumer,
        node::Node,
        route_text::{with_path, with_place, with_route, with_source},
        shape::{MAX_PARAMS, MAX_SEGMENTS},
    },
};

/// A mistake in an entry of a group.
#[derive(Debug, Clone, Copy)]
pub(super) enum Problem {
    /// The route matches the same requests as the earlier one with this index.
    Clash(u32, Place),
    /// The pattern has two parameters of this name.
    TwiceNamed(Place, &'static str),
    TooManyParams(Place),
    TooManySegments(Place),
    /// The groups are nested too deeply.
    TooDeep(Place),
    /// The route needs a parameter that no prefix has.
    NoOuterParam(Place, &'static str),
    /// The chain of the route has a mistake in its locals.
    Locals(Place, LocalProblem),
    /// The route reads credentials of the browser, and has no guard against cross-site requests.
    Unprotected(Place, Unprotected),
    /// The route is in a cache, and its response depends on more than the key.
    NotCacheable(Place, NotCacheable),
    /// A part of the route states a name that does not exist.
    Unknown(Place, Unknown),
    /// The route publishes a job that nothing takes.
    NoConsumer(Place, NoConsumer),
    /// The route publishes a job next to a transaction.
    DualWrite(Place, DualWrite),
    /// The route is for operators, and the app is not.
    Exposed(Place, Exposed),
    /// Two arguments of the handler open the same scope.
    SharedScope(Place, SharedScope),
    /// A name of the route has another value elsewhere in the app.
    TwoValues(Place, TwoValues),
    /// The route does not meet a demand of a group around it.
    Unmet(Place, &'static Demand),
}

impl Problem {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node) -> ErrorText {
        match self {
            Self::Clash(first, second) => {
                let Some(first) = nth(root, first) else {
                    panic!("a clash has two routes")
                };
                let text = ErrorText::EMPTY.with("two routes match the same requests: ");
                let method =
                    match shared_method(first.definition.methods, second.definition.methods) {
                        Some(method) => method,
                        None => "",
                    };
                let text = with_place(with_route(text, method, first, root), first).with(" and ");
                with_place(with_route(text, method, second, root), second)
                    .with("; change the path or the method of one, or list only one")
            }
            Self::TwiceNamed(place, name) => {
                let text = ErrorText::EMPTY.with("the parameter `{").with(name);
                let text = text.with("}` occurs twice in ");
                let text = with_place(with_path(text.with("`"), place, root).with("`"), place);
                text.with("; rename it in the prefix or in the route")
            }
            Self::TooManyParams(place) => over_limit(place, root, " has more than ", MAX_PARAMS)
                .with(" parameters; take the rest from a catch-all or from the query"),
            Self::TooManySegments(place) => {
                over_limit(place, root, " has more than ", MAX_SEGMENTS)
                    .with(" segments; take the rest from a catch-all")
            }
            Self::TooDeep(place) => over_limit(place, root, " is more than ", MAX_DEPTH)
                .with(" groups deep; list its group in an outer one and join the prefixes"),
            Self::Locals(place, problem) => {
                let text = ErrorText::EMPTY.with("`");
                let text = with_place(with_path(text, place, root).with("`"), place);
                problem.text(text, root)
            }
            Self::Unprotected(place, unprotected) => unprotected.text(root, place),
            Self::NotCacheable(place, cached) => cached.text(root, place),
            Self::Unknown(place, unknown) => unknown.text(root, place),
            Self::NoConsumer(place, lost) => lost.text(root, place),
            Self::DualWrite(place, dual) => dual.text(root, place),
            Self::Exposed(place, exposed) => exposed.text(root, place),
            Self::SharedScope(place, shared) => {
                let scope = shared.scope;
                let text = ErrorText::EMPTY
                    .with("two arguments of `")
                    .with(place.definition.handler);
                let text = text
                    .with("` open the ")
                    .with(scope.kind())
                    .with(" `")
                    .with(scope.name());
                let text = with_source(text.with("`: "), place, shared.first).with(" and ");
                with_source(text, place, shared.second)
                    .with("; take one of them, and lend it to the functions that need it")
            }
            Self::TwoValues(place, two) => two.text(root, place),
            Self::Unmet(place, demand) => demand.text(root, place),
            Self::NoOuterParam(place, name) => {
                let text = ErrorText::EMPTY.with("no prefix of ");
                let text = with_place(with_path(text.with("`"), place, root).with("`"), place);
                text.with(" has the parameter `{")
                    .with(name)
                    .with("}` that the handler takes as `#[param]`; write it in the prefix of a group around it")
            }
        }
    }
}

const fn over_limit(place: Place, root: &'static Node, what: &str, limit: usize) -> ErrorText {
    let text = with_path(ErrorText::EMPTY.with("`"), place, root).with("`");
    with_place(text, place).with(what).with_number(limit as u32)
}
