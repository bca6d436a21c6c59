//! Checks that a name has one value in the whole app, such as the key of a slot one type.

use crate::{
    const_text::{ErrorText, equal},
    routes::{
        argument_facts::ArgumentFacts,
        chain::Chain,
        clash::nth,
        fact::Fact,
        field_path::Place,
        node::Node,
        part::PartInfo,
        route_text::{with_path, with_place},
        walk::Walk,
    },
};

/// The most names that are compared. An app with more of them is compiled, and its other names are not checked.
const MOST: usize = 64;

/// A fact, and the index of the route that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unique {
    fact: &'static Fact,
    route: u32,
}

/// The names that have been seen.
pub(super) struct Seen {
    names: [Option<Unique>; MOST],
    len: usize,
}

impl Seen {
    pub(super) const NONE: Self = Self {
        names: [None; MOST],
        len: 0,
    };

    /// Adds a fact, and returns an earlier one whose name has another value.
    pub(super) const fn add(&mut self, fact: &'static Fact, route: u32) -> Option<Unique> {
        let Some(value) = fact.value() else {
            return None;
        };
        let mut i = 0;
        while i < self.len {
            if let Some(seen) = self.names[i]
                && let Some(known) = seen.fact.value()
                && seen.fact.is(fact)
            {
                return match equal(known, value) {
                    true => None,
                    false => Some(seen),
                };
            }
            i += 1;
        }
        if self.len < MOST {
            self.names[self.len] = Some(Unique { fact, route });
            self.len += 1;
        }
        None
    }
}

/// A name that has two values.
#[derive(Debug, Clone, Copy)]
pub(super) struct TwoValues {
    first: Unique,
    second: &'static Fact,
}

/// Adds the names of a route that a walk has visited. `own` is the chain around it.
pub(super) const fn check(
    seen: &mut Seen,
    whole: &Chain,
    walk: &Walk,
    route: u32,
) -> Option<TwoValues> {
    let mut i = 0;
    while i < whole.len {
        if let Some(found) = check_part(seen, whole.at(i), route) {
            return Some(found);
        }
        i += 1;
    }
    check_arguments(seen, walk.arguments, route)
}

const fn check_part(seen: &mut Seen, part: &PartInfo, route: u32) -> Option<TwoValues> {
    if let Some((first, second)) = part.facts.add_unique(seen, route) {
        return Some(TwoValues { first, second });
    }
    check_arguments(seen, part.arguments, route)
}

const fn check_arguments(
    seen: &mut Seen,
    arguments: &[ArgumentFacts],
    route: u32,
) -> Option<TwoValues> {
    let mut rest = arguments;
    while let [argument, others @ ..] = rest {
        if let Some((first, second)) = argument.facts.add_unique(seen, route) {
            return Some(TwoValues { first, second });
        }
        rest = others;
    }
    None
}

impl TwoValues {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let text = ErrorText::EMPTY
            .with("the ")
            .with(self.second.kind())
            .with(" `")
            .with(self.second.name())
            .with("` is ");
        let text = match nth(root, self.first.route) {
            Some(first) => with_value(text, self.first.fact, first, root),
            None => text,
        };
        with_value(text.with(" and "), self.second, place, root)
            .with("; use one type, or give one of them another name")
    }
}

/// Appends a value and the route that has it.
const fn with_value(text: ErrorText, fact: &Fact, place: Place, root: &'static Node) -> ErrorText {
    let value = match fact.value() {
        Some(value) => value,
        None => "",
    };
    let text = text.with("`").with(value).with("` for `");
    with_place(with_path(text, place, root).with("`"), place)
}
