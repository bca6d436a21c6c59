//! The facts and the descriptions of a function's arguments and of its result.

use crate::routes::{answers::Answers, fact::Fact, facts::Facts, inputs::Inputs, local::LocalId};

/// The locals that an argument of a function needs, and its facts.
#[derive(Debug, Clone, Copy)]
pub struct ArgumentFacts {
    /// The locals.
    pub(crate) needs: &'static [LocalId],
    /// The facts.
    pub(crate) facts: Facts,
    /// Returns the inputs and the answers. It is a function, because constants would cost compile time in every route.
    pub(crate) describe: fn() -> Description,
}

/// The parts of a request that an argument reads, and the rejections if it cannot be created.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// The parts of the request.
    pub(crate) inputs: &'static Inputs,
    /// The rejections.
    pub(crate) answers: &'static Answers,
}

impl Description {
    /// The description of an argument that needs nothing of the request.
    pub(crate) const NONE: Self = Self {
        inputs: &Inputs::NONE,
        answers: &Answers::NONE,
    };

    /// Returns [`NONE`](Self::NONE).
    pub(crate) fn none() -> Self {
        Self::NONE
    }
}

/// The facts and the answers of a response.
#[derive(Debug, Clone, Copy)]
pub struct ResponseInfo {
    /// The facts.
    pub(crate) facts: Facts,
    /// The answers.
    pub(crate) answers: &'static Answers,
    /// The answers that the attribute of the route states.
    pub(crate) stated: Option<&'static Answers>,
}

impl ResponseInfo {
    /// Sets the answers that the attribute of the route states.
    #[must_use]
    pub fn stated(mut self, answers: &'static Answers) -> Self {
        self.stated = Some(answers);
        self
    }

    /// That of a response of which nothing is known.
    pub(crate) const OPAQUE: Self = Self {
        facts: Facts::OPAQUE,
        answers: &Answers::OPAQUE,
        stated: None,
    };
}

impl ArgumentFacts {
    /// An argument that needs nothing and reads nothing.
    pub const NONE: Self = Self {
        needs: &[],
        facts: Facts::NONE,
        describe: Description::none,
    };
}

/// Returns the facts of a part: those of its code, with the bits of its arguments. The names stay with the arguments.
pub const fn part_facts(arguments: &[ArgumentFacts], mut all: Facts) -> Facts {
    let mut rest = arguments;
    while let [argument, others @ ..] = rest {
        all.may |= argument.facts.may;
        all.surely |= argument.facts.surely;
        rest = others;
    }
    all
}

/// Returns whether an argument needs a local.
pub const fn needs_locals(arguments: &[ArgumentFacts]) -> bool {
    let mut rest = arguments;
    while let [argument, others @ ..] = rest {
        if let [_, ..] = argument.needs {
            return true;
        }
        rest = others;
    }
    false
}

/// Returns the first name of these arguments that only routes can have: one that has one value in the whole app, or a
/// job.
pub(crate) const fn first_keyed(arguments: &[ArgumentFacts]) -> Option<&'static Fact> {
    let mut rest = arguments;
    while let [argument, others @ ..] = rest {
        if let Some(fact) = argument.facts.keyed() {
            return Some(fact);
        }
        if let Some(job) = argument.facts.job() {
            return Some(job);
        }
        rest = others;
    }
    None
}

/// Two arguments of a handler that open the same scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharedScope {
    pub(super) first: usize,
    pub(super) second: usize,
    pub(super) scope: &'static Fact,
}

/// Returns the first two arguments that open the same scope.
pub(super) const fn find_shared_scope(arguments: &[ArgumentFacts]) -> Option<SharedScope> {
    let mut second = 1;
    while second < arguments.len() {
        let mut first = 0;
        while first < second {
            if let Some(scope) = arguments[first]
                .facts
                .shared_scope(&arguments[second].facts)
            {
                return Some(SharedScope {
                    first,
                    second,
                    scope,
                });
            }
            first += 1;
        }
        second += 1;
    }
    None
}
