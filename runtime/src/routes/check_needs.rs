//! Checks that the names that parts state exist: a parameter in the path, and any other name elsewhere in the app.

use crate::{
    const_text::ErrorText,
    routes::{
        chain::Chain,
        fact::Fact,
        field_path::Place,
        node::Node,
        part::PartInfo,
        route_text::{with_path, with_place},
        walk::Walk,
    },
};

/// The most names that are compared. An app with more of them is compiled, and its other names are not checked.
const MOST: usize = 128;

/// The names that parts of the app state, without those that they need.
pub(super) struct Offered {
    facts: [Option<&'static Fact>; MOST],
    len: usize,
}

impl Offered {
    /// Returns the names of an app.
    pub(super) const fn of(root: &'static Node) -> Self {
        let mut all = Self {
            facts: [None; MOST],
            len: 0,
        };
        let mut walk = Walk::new(root);
        while walk.next_route() {
            let chain = Chain::around(&walk).with_own(&walk);
            let mut i = 0;
            while i < chain.len {
                all.add(chain.at(i));
                i += 1;
            }
        }
        all
    }

    const fn add(&mut self, part: &PartInfo) {
        let mut rest = part.stated;
        while let [fact, others @ ..] = rest {
            if !fact.is_needed() && !self.has(fact) && self.len < MOST {
                self.facts[self.len] = Some(fact);
                self.len += 1;
            }
            rest = others;
        }
    }

    const fn has(&self, fact: &Fact) -> bool {
        let mut i = 0;
        while i < self.len {
            if let Some(own) = self.facts[i]
                && own.is_of_kind(fact)
                && is_same_template(own.name(), fact.name())
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Returns the name of the same kind that is most similar to another one: the one with the longest common start.
    const fn similar(&self, fact: &Fact) -> Option<&'static str> {
        let (mut best, mut most, mut i) = (None, 0, 0);
        while i < self.len {
            if let Some(own) = self.facts[i]
                && own.is_of_kind(fact)
            {
                let common = common_start(own.name(), fact.name());
                if common > most {
                    (best, most) = (Some(own.name()), common);
                }
            }
            i += 1;
        }
        best
    }
}

/// Returns whether two names are the same, apart from the text in braces: `product:{id}` and `product:{key}`.
const fn is_same_template(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] != b[j] {
            return false;
        }
        if a[i] == b'{' {
            while i < a.len() && a[i] != b'}' {
                i += 1;
            }
            while j < b.len() && b[j] != b'}' {
                j += 1;
            }
        } else {
            i += 1;
            j += 1;
        }
    }
    i == a.len() && j == b.len()
}

const fn common_start(a: &str, b: &str) -> usize {
    let (a, b, mut i) = (a.as_bytes(), b.as_bytes(), 0);
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i
}

/// A name that does not exist.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown {
    part: &'static PartInfo,
    fact: &'static Fact,
    similar: Option<&'static str>,
}

/// Checks the route that a walk has visited. `whole` is its chain.
pub(super) const fn check(whole: &Chain, walk: &Walk, offered: &Offered) -> Option<Unknown> {
    let mut i = 0;
    while i < whole.len {
        let part = whole.at(i);
        let mut rest = part.stated;
        while let [fact, others @ ..] = rest {
            let is_missing = if fact.is_param() {
                !walk.has_param(fact.name())
            } else {
                fact.is_needed() && offered.len < MOST && !offered.has(fact)
            };
            if is_missing {
                let similar = offered.similar(fact);
                return Some(Unknown {
                    part,
                    fact,
                    similar,
                });
            }
            rest = others;
        }
        i += 1;
    }
    None
}

impl Unknown {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let text = ErrorText::EMPTY.with("`").with(self.part.name);
        let text = text.with("` names the ").with(self.fact.kind()).with(" `");
        let text = text.with(self.fact.name()).with("`, which ");
        if self.fact.is_param() {
            let text = with_place(with_path(text.with("`"), place, root).with("`"), place);
            return text.with(" does not have; write one of its parameters");
        }
        let text = text.with("nothing in the app has: in `");
        let text = with_place(with_path(text, place, root).with("`"), place);
        match self.similar {
            Some(name) => text.with("; did you mean `").with(name).with("`?"),
            None => text.with("; add it to a route, or leave it out"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_template;

    #[test]
    fn templates_are_equal_apart_from_the_names_of_parameters() {
        for (a, b, expected) in [
            ("products", "products", true),
            ("product:{id}", "product:{key}", true),
            ("a:{x}/{y}", "a:{y}/{x}", true),
            ("product:{id}", "product", false),
            ("product:{id}", "product:{shop}/{id}", false),
            ("product:{id}", "prodcut:{id}", false),
            ("a:{x", "a:{y", true),
        ] {
            assert_eq!(is_same_template(a, b), expected, "{a} {b}");
            assert_eq!(is_same_template(b, a), expected, "{b} {a}");
        }
    }
}
