//! Checks that the chain of a route provides the locals that its parts and its handler read.

use crate::{
    const_text::{ErrorText, contains},
    routes::{
        definition::{Field, Mounted},
        local::LocalId,
        part::PartInfo,
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

/// Checks the chain of a route from its outermost part to the handler. Returns the first mistake.
pub(crate) const fn check(
    fields: &'static [Field],
    route: &'static Mounted,
) -> Option<LocalProblem> {
    if !route.has_locals {
        return None;
    }
    let mut at = 0;
    while let Some(part) = part_at(fields, route, at) {
        if let Some(problem) = check_part(fields, route, at, part) {
            return Some(problem);
        }
        at += 1;
    }
    match find_missing(fields, route, at, route.definition.needs) {
        Some(id) => Some(LocalProblem::HandlerNeeds(id)),
        None => None,
    }
}

const fn check_part(
    fields: &'static [Field],
    route: &'static Mounted,
    at: usize,
    part: &'static PartInfo,
) -> Option<LocalProblem> {
    let before = at - part.beside as usize;
    if let Some(id) = find_missing(fields, route, before, part.needs) {
        return Some(match find_provider(fields, route, at, id) {
            Some(neighbour) => LocalProblem::Beside(part, neighbour, id),
            None => LocalProblem::PartNeeds(part, id),
        });
    }
    if let Some(outer) = find_misplaced(fields, route, at, part) {
        return Some(LocalProblem::Order(outer, part));
    }
    let mut i = 0;
    while i < part.passes.len() {
        if let Some(first) = find_provider(fields, route, at, &part.passes[i]) {
            return Some(LocalProblem::Twice(first, part, &part.passes[i]));
        }
        i += 1;
    }
    None
}

/// Returns a part outside of this one that should be inside it.
const fn find_misplaced(
    fields: &'static [Field],
    route: &'static Mounted,
    at: usize,
    part: &'static PartInfo,
) -> Option<&'static PartInfo> {
    let mut i = 0;
    while i < at {
        if let Some(outer) = part_at(fields, route, i)
            && (contains(outer.after, part.name) || contains(part.before, outer.name))
        {
            return Some(outer);
        }
        i += 1;
    }
    None
}

/// Returns the part of the chain with this index, counted from the outermost.
const fn part_at(
    fields: &'static [Field],
    route: &'static Mounted,
    mut at: usize,
) -> Option<&'static PartInfo> {
    let mut depth = 0;
    while let Some(field) = route.field_path.field(fields, depth) {
        let with = field.context.with;
        if at < with.len() {
            return Some(&with[at]);
        }
        at -= with.len();
        depth += 1;
    }
    let own = route.definition.with;
    if at < own.len() { Some(&own[at]) } else { None }
}

/// Returns the first of these locals that no part before `end` provides.
const fn find_missing(
    fields: &'static [Field],
    route: &'static Mounted,
    end: usize,
    needs: &'static [&'static [LocalId]],
) -> Option<&'static LocalId> {
    let mut i = 0;
    while i < needs.len() {
        let mut j = 0;
        while j < needs[i].len() {
            if find_provider(fields, route, end, &needs[i][j]).is_none() {
                return Some(&needs[i][j]);
            }
            j += 1;
        }
        i += 1;
    }
    None
}

/// Returns the part before `end` that provides a local.
const fn find_provider(
    fields: &'static [Field],
    route: &'static Mounted,
    end: usize,
    id: &LocalId,
) -> Option<&'static PartInfo> {
    let mut at = 0;
    while at < end {
        if let Some(part) = part_at(fields, route, at)
            && provides(part, id)
        {
            return Some(part);
        }
        at += 1;
    }
    None
}

const fn provides(part: &PartInfo, id: &LocalId) -> bool {
    let mut i = 0;
    while i < part.passes.len() {
        if part.passes[i].is(id) {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns a part anywhere in the app that provides a local.
const fn find_in_app(fields: &'static [Field], id: &LocalId) -> Option<&'static PartInfo> {
    let mut i = 0;
    while i < fields.len() {
        let mut j = 0;
        while j < fields[i].routes.len() {
            let route = &fields[i].routes[j];
            let mut at = 0;
            while let Some(part) = part_at(fields[i].fields, route, at) {
                if provides(part, id) {
                    return Some(part);
                }
                at += 1;
            }
            j += 1;
        }
        i += 1;
    }
    None
}

impl LocalProblem {
    /// Appends the description to the route's pattern and place.
    pub(crate) const fn text(self, text: ErrorText, fields: &'static [Field]) -> ErrorText {
        match self {
            Self::HandlerNeeds(id) => {
                let text = text.with(" asks for the local `").with(id.name());
                suggest_fix(text.with("`, which nothing around it provides"), fields, id)
            }
            Self::PartNeeds(part, id) => {
                let text = text.with(" stands behind `").with(part.name);
                let text = text.with("`, which asks for the local `").with(id.name());
                suggest_fix(text.with("` that nothing before it provides"), fields, id)
            }
            Self::Beside(part, neighbour, id) => {
                let text = text.with(" stands behind `").with(part.name);
                let text = text.with("`, which asks for the local `").with(id.name());
                let text = text.with("` of `").with(neighbour.name);
                text.with("`, but the two run side by side; take it out of `parallel(..)` and put it behind")
            }
            Self::Order(outer, inner) => {
                let text = text.with(" has `").with(outer.name);
                let text = text.with("` around `").with(inner.name);
                let says = if contains(outer.after, inner.name) {
                    "`, but the first says `after(..)` the second"
                } else {
                    "`, but the second says `before(..)` the first"
                };
                text.with(says).with("; swap the two in `with(..)`")
            }
            Self::Twice(first, second, id) => {
                let text = text.with(" gets the local `").with(id.name());
                let text = text.with("` twice: from `").with(first.name);
                text.with("` and from `")
                    .with(second.name)
                    .with("`; leave one out of `with(..)`, or give it a type of its own")
            }
        }
    }
}

const fn suggest_fix(text: ErrorText, fields: &'static [Field], id: &'static LocalId) -> ErrorText {
    match find_in_app(fields, id) {
        Some(part) => {
            let text = text.with("; put `").with(part.name);
            text.with("` before it, in `with(..)` of the route or of a group around it")
        }
        None => text.with("; put a guard that returns it before it, in `with(..)` of the route or of a group around it"),
    }
}
