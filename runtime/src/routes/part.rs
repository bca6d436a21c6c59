//! The constant description of a guard, a middleware, an observer or a tower layer.

use std::panic::Location;

use crate::{
    const_text::equal,
    routes::{
        answers::Answers, argument_facts::ArgumentFacts, fact::Fact, fact_list::FactList,
        facts::Facts, inputs::Inputs, local::LocalId,
    },
};

/// The kind of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// `#[guard]`.
    Guard,
    /// `#[middleware]`.
    Middleware,
    /// `#[observer]`.
    Observer,
    /// A tower layer, `layer(..)`.
    Layer,
}

/// The description of a part of a chain, for checks in constant evaluation.
#[derive(Debug, Clone, Copy)]
pub struct PartInfo {
    /// The function's name with its module path.
    pub name: &'static str,
    /// The place of its attribute, which identifies it. Two functions, or two versions of a crate, may contain parts
    /// of the same name.
    pub place: &'static Location<'static>,
    /// Whether it has type parameters. They are not part of its identity.
    pub is_generic: bool,
    /// The kind of the part.
    pub kind: PartKind,
    /// Whether it is a guard that takes the context by shared reference. Only such a guard can run
    /// in `parallel(..)`.
    pub shares: bool,
    /// The locals and the facts of its arguments.
    pub arguments: &'static [ArgumentFacts],
    /// The facts of its arguments and of its code.
    pub facts: Facts,
    /// The facts that depend on its values.
    pub stated: &'static [Fact],
    /// The inputs of its code, without those of its arguments.
    pub inputs: &'static Inputs,
    /// The answers of its code, without those of its arguments.
    pub answers: &'static Answers,
    /// The locals that it passes on.
    pub passes: &'static [LocalId],
    /// The names of the parts that must be outside of it, if a chain has both.
    pub after: &'static [&'static str],
    /// The names of the parts that must be inside of it, if a chain has both.
    pub before: &'static [&'static str],
    /// How many parts come before it in the same `parallel(..)`. They run concurrently, so it cannot
    /// use their locals.
    pub beside: u8,
    /// Whether it is in a `when(..)`, so that it may not run.
    pub is_conditional: bool,
    /// Whether it does not compile. The mistake is reported where it is, so a chain that has it is not checked.
    pub is_broken: bool,
}

impl PartInfo {
    /// The description of something that is not a part.
    pub const NONE: Self = Self {
        name: "",
        place: Location::caller(),
        is_generic: false,
        kind: PartKind::Middleware,
        shares: false,
        arguments: &[],
        facts: Facts::NONE,
        stated: &[],
        inputs: &Inputs::NONE,
        answers: &Answers::NONE,
        passes: &[],
        after: &[],
        before: &[],
        beside: 0,
        is_conditional: false,
        is_broken: false,
    };

    /// The description of a part that does not compile.
    pub const BROKEN: Self = Self {
        is_broken: true,
        facts: Facts::BROKEN,
        ..Self::NONE
    };

    /// Creates the description of a tower layer. Its name is its expression in the source.
    #[must_use]
    pub const fn layer(written: &'static str) -> Self {
        Self {
            name: written,
            kind: PartKind::Layer,
            facts: Facts::OPAQUE,
            answers: &Answers::OPAQUE,
            ..Self::NONE
        }
    }

    /// Returns the description of the part in `parallel(..)`, after `count` others.
    #[must_use]
    pub const fn beside(mut self, count: u8) -> Self {
        self.beside = count;
        self
    }

    /// Returns the description of the part in `when(..)`. It passes on no locals, because it may not
    /// run.
    #[must_use]
    pub const fn maybe(mut self) -> Self {
        self.passes = &[];
        self.facts = self.facts.maybe();
        self.is_conditional = true;
        self
    }

    /// Returns the description with the facts that depend on the values of the part.
    #[must_use]
    pub const fn stating(mut self, list: &'static FactList) -> Self {
        self.stated = list.as_slice();
        self.facts.may |= list.bits();
        self
    }

    /// Returns the name of the first fact of this kind that depends on its values.
    pub(super) const fn stated(&self, kind: &str) -> Option<&'static str> {
        let mut rest = self.stated;
        while let [fact, others @ ..] = rest {
            if equal(fact.kind(), kind) {
                return Some(fact.name());
            }
            rest = others;
        }
        None
    }

    /// Returns whether both are the same part.
    pub(super) const fn is(&self, other: &Self) -> bool {
        self.place.line() == other.place.line()
            && self.place.column() == other.place.column()
            && equal(self.name, other.name)
            && equal(self.place.file(), other.place.file())
    }
}

/// Returns what parts may do and what they surely do, as bits of [`Facts`].
pub(super) const fn joined(parts: &[PartInfo]) -> (u64, u64) {
    let (mut may, mut surely, mut rest) = (0, 0, parts);
    while let [part, others @ ..] = rest {
        may |= part.facts.may;
        surely |= part.facts.surely;
        rest = others;
    }
    (may, surely)
}
