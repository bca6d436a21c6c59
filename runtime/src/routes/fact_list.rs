//! The facts of a part that depend on its values.

use crate::routes::{fact::Fact, facts::NEEDS};

/// The most facts of one list.
const MOST: usize = 12;

/// The named facts of an option of routes that depend on its values, such as the tags of `cached(tags = ["products"])`.
///
/// A `const fn` of the option returns them, and `#[middleware(value_facts = Self::facts)]` names this function.
///
/// # Examples
/// ```
/// use highball::{extract::{Fact, FactList, Facts}, prelude::*};
///
/// /// Counts requests under a name.
/// #[allow(non_camel_case_types)]
/// #[derive(Debug)]
/// struct counted {
///     name: &'static str,
/// }
///
/// impl counted {
///     const fn new() -> Self {
///         Self { name: "requests" }
///     }
///
///     const fn name(mut self, name: &'static str) -> Self {
///         self.name = name;
///         self
///     }
///
///     const fn facts(&self) -> FactList {
///         FactList::NONE.with(Fact::new("counter", self.name))
///     }
/// }
///
/// #[middleware(facts = Facts::WRITES, value_facts = Self::facts)]
/// impl counted {
///     async fn count(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
///         next.run(cx).await
///     }
/// }
///
/// #[get("/", counted(name = "visits"))]
/// async fn home() {}
///
/// #[routes(app)]
/// struct Api(home);
///
/// # fn main() {
/// assert!(Api::ROUTES[0].named_facts().any(|fact| fact.is(&Fact::new("counter", "visits"))));
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct FactList {
    facts: [Fact; MOST],
    len: usize,
    mistake: Option<&'static str>,
}

impl FactList {
    /// The empty list.
    pub const NONE: Self = Self {
        facts: [Fact::new("", ""); MOST],
        len: 0,
        mistake: None,
    };

    /// Returns the list with one more fact.
    ///
    /// # Panics
    /// Panics if there are more than 12. In a constant that is a compile error.
    #[must_use]
    pub const fn with(mut self, fact: Fact) -> Self {
        assert!(self.len < MOST, "an option has at most 12 names");
        self.facts[self.len] = fact;
        self.len += 1;
        self
    }

    /// Returns the list with a mistake in the values, which is a compile error at the option with this message.
    ///
    /// # Examples
    /// ```
    /// use highball::extract::FactList;
    ///
    /// const fn facts(name: &'static str) -> FactList {
    ///     match name.is_empty() {
    ///         true => FactList::NONE.mistake("`counted(..)` has no name: write `counted(name = \"visits\")`"),
    ///         false => FactList::NONE,
    ///     }
    /// }
    /// assert!(facts("visits").as_slice().is_empty());
    /// ```
    #[must_use]
    pub const fn mistake(mut self, message: &'static str) -> Self {
        if self.mistake.is_none() {
            self.mistake = Some(message);
        }
        self
    }

    /// Returns the facts.
    pub const fn as_slice(&self) -> &[Fact] {
        self.facts.split_at(self.len).0
    }

    /// Returns the bits that a check looks for first.
    pub(super) const fn bits(&self) -> u64 {
        let mut rest = self.as_slice();
        while let [fact, others @ ..] = rest {
            if fact.is_needed() || fact.is_param() {
                return NEEDS;
            }
            rest = others;
        }
        0
    }
}

/// Fails to compile if the values of an option have a mistake.
#[track_caller]
pub const fn assert_facts(list: &FactList) {
    if let Some(message) = list.mistake {
        panic!("{}", message)
    }
}
