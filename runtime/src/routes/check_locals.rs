//! Checks that the chain of a route provides the locals that its parts and its handler read.

use crate::{
    const_text::{ErrorText, contains},
    routes::{
        argument_facts::ArgumentFacts, chain::Chain, local::LocalId, node::Node, part::PartInfo,
        walk::Walk,
    },
};

/// A mistake in the locals of a route.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LocalProblem {
    /// The handler needs a local that nothing provides.
    HandlerNeeds(&'static LocalId),
    /// A guard or a middleware needs a local that nothing before it provides.
    PartNeeds(&'static PartInfo, &'static LocalId),
    /// A guard needs a local of another guard in the same `parallel(..)`.
    Beside(&'static PartInfo, &'static PartInfo, &'static LocalId),
    /// The first part is outside of the second, which violates an `after(..)` or `before(..)`.
    Order(&'static PartInfo, &'static PartInfo),
    /// Two parts of the chain provide the same local.
    Twice(&'static PartInfo, &'static PartInfo, &'static LocalId),
}

/// Checks the chain of the route that a walk has visited, from its outermost part to the handler. Returns the first
/// mistake. `outer` is the chain around the route, and `outer_problem` its first mistake.
pub(super) const fn check(
    outer: &Chain,
    outer_problem: Option<LocalProblem>,
    walk: &Walk,
) -> Option<LocalProblem> {
    let whole;
    let chain = match (walk.own_field().with, walk.definition.with) {
        ([], []) => outer,
        _ => {
            whole = outer.with_own(walk);
            &whole
        }
    };
    let problem = match outer_problem {
        Some(problem) => Some(problem),
        None => chain.find_problem(outer.len, walk.arguments),
    };
    match problem {
        // It is a consequence of a mistake that is reported in a `with(..)`.
        Some(_) if chain.is_reported() => None,
        problem => problem,
    }
}

/// Fails to compile if a part of one `with(..)` must be behind a later one. `written` has the parts as the user wrote
/// them.
#[track_caller]
pub const fn assert_order(parts: &[PartInfo], written: &[&str], first: usize) {
    let Some(late) = find_late(parts, first) else {
        return;
    };
    let (part, other) = (written[first], written[late.idx()]);
    let text = ErrorText::EMPTY.with("`").with(part);
    let text = match late {
        Late::Local(_, id) => text
            .with("` takes the local `")
            .with(id.name())
            .with("`, but `")
            .with(other)
            .with("`, which provides it, comes later in `with(..)`"),
        Late::After(_) => text
            .with("` is declared `after(..)` `")
            .with(other)
            .with("`, but comes before it in `with(..)`"),
        Late::Before(_) => ErrorText::EMPTY
            .with("`")
            .with(other)
            .with("` is declared `before(..)` `")
            .with(part)
            .with("`, but comes after it in `with(..)`"),
    };
    let text = text.with("; put `").with(other);
    panic!("{}", text.with("` before `").with(part).with("`").as_str())
}

/// A part that should be before another one of the same `with(..)`.
#[derive(Clone, Copy)]
enum Late {
    /// It provides a local that the other one takes.
    Local(usize, &'static LocalId),
    /// The other one is declared `after(..)` it.
    After(usize),
    /// It is declared `before(..)` the other one.
    Before(usize),
}

impl Late {
    const fn idx(self) -> usize {
        match self {
            Self::Local(idx, _) | Self::After(idx) | Self::Before(idx) => idx,
        }
    }
}

/// Returns the first part of one `with(..)` that should be before this one.
const fn find_late(parts: &[PartInfo], first: usize) -> Option<Late> {
    let part = &parts[first];
    let mut i = first + 1;
    while i < parts.len() {
        let late = &parts[i];
        // A part without a name does not compile, or a `#[cfg]` leaves it out.
        if late.name.is_empty() || part.name.is_empty() {
            i += 1;
            continue;
        }
        if contains(part.after, late.name) {
            return Some(Late::After(i));
        }
        if contains(late.before, part.name) {
            return Some(Late::Before(i));
        }
        // In the same `parallel(..)` the order does not matter.
        let is_beside = i - late.beside as usize <= first;
        if !is_beside && let Some(id) = first_need_of(part, late) {
            return Some(Late::Local(i, id));
        }
        i += 1;
    }
    None
}

const fn has_mistake(parts: &[PartInfo]) -> bool {
    let mut i = 0;
    while i < parts.len() {
        if parts[i].is_broken || find_late(parts, i).is_some() {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns the first local that a part takes and another one provides.
const fn first_need_of(part: &PartInfo, provider: &PartInfo) -> Option<&'static LocalId> {
    let mut arguments = part.arguments;
    while let [argument, rest @ ..] = arguments {
        let (ids, mut i) = (argument.needs, 0);
        while i < ids.len() {
            if provider.provides(&ids[i]) {
                return Some(&ids[i]);
            }
            i += 1;
        }
        arguments = rest;
    }
    None
}

impl Chain {
    /// Returns the first mistake, from the part with this index to the handler.
    pub(super) const fn find_problem(
        &self,
        mut at: usize,
        arguments: &'static [ArgumentFacts],
    ) -> Option<LocalProblem> {
        while at < self.len {
            if let Some(problem) = self.check(at, self.at(at)) {
                return Some(problem);
            }
            at += 1;
        }
        match self.find_missing(self.len, arguments) {
            Some(id) => Some(LocalProblem::HandlerNeeds(id)),
            None => None,
        }
    }

    /// Returns whether one `with(..)` has a part that does not compile, or parts in a wrong order.
    const fn is_reported(&self) -> bool {
        let mut i = 0;
        while i < self.n_lists {
            if has_mistake(self.lists[i]) {
                return true;
            }
            i += 1;
        }
        false
    }

    const fn check(&self, at: usize, part: &'static PartInfo) -> Option<LocalProblem> {
        let before = at - part.beside as usize;
        if let Some(id) = self.find_missing(before, part.arguments) {
            return Some(match self.find_provider(at, id) {
                Some(neighbour) => LocalProblem::Beside(part, neighbour, id),
                None => LocalProblem::PartNeeds(part, id),
            });
        }
        if let Some(outer) = self.find_misplaced(at, part) {
            return Some(LocalProblem::Order(outer, part));
        }
        let mut i = 0;
        while i < part.passes.len() {
            // A part that takes a local may pass another value of it on.
            if !part.takes(&part.passes[i])
                && let Some(first) = self.find_provider(at, &part.passes[i])
            {
                return Some(LocalProblem::Twice(first, part, &part.passes[i]));
            }
            i += 1;
        }
        None
    }

    /// Returns a part outside of this one that should be inside it.
    const fn find_misplaced(
        &self,
        at: usize,
        part: &'static PartInfo,
    ) -> Option<&'static PartInfo> {
        let mut i = 0;
        while i < at {
            let outer = self.at(i);
            if contains(outer.after, part.name) || contains(part.before, outer.name) {
                return Some(outer);
            }
            i += 1;
        }
        None
    }

    /// Returns the first of these locals that no part before `end` provides.
    const fn find_missing(
        &self,
        end: usize,
        arguments: &'static [ArgumentFacts],
    ) -> Option<&'static LocalId> {
        let mut i = 0;
        while i < arguments.len() {
            let (needs, mut j) = (arguments[i].needs, 0);
            while j < needs.len() {
                if self.find_provider(end, &needs[j]).is_none() {
                    return Some(&needs[j]);
                }
                j += 1;
            }
            i += 1;
        }
        None
    }

    /// Returns the part before `end` that provides a local.
    pub(super) const fn find_provider(
        &self,
        end: usize,
        id: &LocalId,
    ) -> Option<&'static PartInfo> {
        let (mut i, mut left) = (0, end);
        while i < self.n_lists {
            let mut parts = self.lists[i];
            while let [part, rest @ ..] = parts {
                if left == 0 {
                    return None;
                }
                if part.provides(id) {
                    return Some(part);
                }
                left -= 1;
                parts = rest;
            }
            i += 1;
        }
        None
    }
}

impl PartInfo {
    /// Returns whether the part provides a local.
    pub(super) const fn provides(&self, id: &LocalId) -> bool {
        let mut i = 0;
        while i < self.passes.len() {
            if self.passes[i].is(id) {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Returns whether the part takes a local.
    const fn takes(&self, id: &LocalId) -> bool {
        let mut arguments = self.arguments;
        while let [argument, rest @ ..] = arguments {
            let mut needs = argument.needs;
            while let [need, others @ ..] = needs {
                if need.is(id) {
                    return true;
                }
                needs = others;
            }
            arguments = rest;
        }
        false
    }
}

/// Returns a part anywhere in the app that provides a local.
const fn find_in_app(root: &'static Node, id: &LocalId) -> Option<&'static PartInfo> {
    let mut walk = Walk::new(root);
    while walk.next_route() {
        let chain = Chain::around(&walk).with_own(&walk);
        if let Some(part) = chain.find_provider(usize::MAX, id) {
            return Some(part);
        }
    }
    None
}

impl LocalProblem {
    /// Appends the description to the route's pattern and place.
    pub(crate) const fn text(self, text: ErrorText, root: &'static Node) -> ErrorText {
        match self {
            Self::HandlerNeeds(id) => {
                let text = text.with(" takes the local `").with(id.name());
                suggest_fix(text.with("`, which nothing around it provides"), root, id)
            }
            Self::PartNeeds(part, id) => {
                let text = text.with(" is behind `").with(part.name);
                let text = text.with("`, which takes the local `").with(id.name());
                suggest_fix(text.with("` that nothing before it provides"), root, id)
            }
            Self::Beside(part, neighbour, id) => {
                let text = text.with(" is behind `").with(part.name);
                let text = text.with("`, which takes the local `").with(id.name());
                let text = text.with("` of `").with(neighbour.name);
                text.with("`, but the two run side by side; take it out of `parallel(..)` and put it behind")
            }
            Self::Order(outer, inner) => {
                let text = text.with(" has `").with(outer.name);
                let text = text.with("` around `").with(inner.name);
                let order = if contains(outer.after, inner.name) {
                    "`, but the first is declared `after(..)` the second"
                } else {
                    "`, but the second is declared `before(..)` the first"
                };
                text.with(order).with("; swap the two in `with(..)`")
            }
            Self::Twice(first, second, id) => {
                let text = text.with(" gets the local `").with(id.name());
                let text = text.with("` twice: from `").with(first.name);
                text.with("` and from `")
                    .with(second.name)
                    .with("`; leave one out of `with(..)`, or give it a separate type")
            }
        }
    }
}

const fn suggest_fix(text: ErrorText, root: &'static Node, id: &'static LocalId) -> ErrorText {
    match find_in_app(root, id) {
        Some(part) => {
            let text = text.with("; put `").with(part.name);
            text.with("` before it, in `with(..)` of the route or of a group around it")
        }
        None => {
            let text = match id.provider() {
                Some(path) => text.with("; put `").with(path).with("` before it"),
                None => text.with("; put a guard that returns it before it"),
            };
            text.with(", in `with(..)` of the route or of a group around it")
        }
    }
}
