//! Searches in the named facts of something, in constant evaluation.

use crate::routes::{
    check_unique::{Seen, Unique},
    fact::Fact,
    facts::{Facts, Named, UNIQUE},
};

impl Facts {
    /// Returns the first scope that both open.
    pub(super) const fn shared_scope(&self, other: &Self) -> Option<&'static Fact> {
        match self.named {
            Named::Nothing => None,
            Named::List(list) => {
                let mut rest = list;
                while let [fact, others @ ..] = rest {
                    if fact.is_scope() && other.has(fact) {
                        return Some(fact);
                    }
                    rest = others;
                }
                None
            }
            Named::Both(first, second) => match first.shared_scope(other) {
                Some(scope) => Some(scope),
                None => second.shared_scope(other),
            },
        }
    }

    /// Adds the facts whose name has one value, and returns the first one that contradicts an earlier one.
    pub(super) const fn add_unique(
        &self,
        seen: &mut Seen,
        route: u32,
    ) -> Option<(Unique, &'static Fact)> {
        if self.may & UNIQUE == 0 {
            return None;
        }
        match self.named {
            Named::Nothing => None,
            Named::List(list) => {
                let mut rest = list;
                while let [fact, others @ ..] = rest {
                    if let Some(earlier) = seen.add(fact, route) {
                        return Some((earlier, fact));
                    }
                    rest = others;
                }
                None
            }
            Named::Both(first, second) => match first.add_unique(seen, route) {
                Some(found) => Some(found),
                None => second.add_unique(seen, route),
            },
        }
    }

    /// Returns the first name that has one value in the whole app.
    pub(super) const fn keyed(&self) -> Option<&'static Fact> {
        if self.may & UNIQUE == 0 {
            return None;
        }
        match self.named {
            Named::Nothing => None,
            Named::List(list) => {
                let mut rest = list;
                while let [fact, others @ ..] = rest {
                    if fact.value().is_some() {
                        return Some(fact);
                    }
                    rest = others;
                }
                None
            }
            Named::Both(first, second) => match first.keyed() {
                Some(fact) => Some(fact),
                None => second.keyed(),
            },
        }
    }

    /// Returns the first job that it publishes.
    pub(super) const fn job(&self) -> Option<&'static Fact> {
        if !self.may(Self::PUBLISHES) {
            return None;
        }
        match self.named {
            Named::Nothing => None,
            Named::List(list) => {
                let mut rest = list;
                while let [fact, others @ ..] = rest {
                    if fact.is_job() {
                        return Some(fact);
                    }
                    rest = others;
                }
                None
            }
            Named::Both(first, second) => match first.job() {
                Some(job) => Some(job),
                None => second.job(),
            },
        }
    }

    /// Returns whether it has this named fact.
    const fn has(&self, fact: &Fact) -> bool {
        match self.named {
            Named::Nothing => false,
            Named::List(list) => {
                let mut rest = list;
                while let [own, others @ ..] = rest {
                    if own.is(fact) {
                        return true;
                    }
                    rest = others;
                }
                false
            }
            Named::Both(first, second) => first.has(fact) || second.has(fact),
        }
    }
}
