//! A fact with a name.

use crate::const_text::equal;

const PARAM: &str = "path parameter";
const JOB: &str = "job";

/// A fact with a name: the header that is read, the pool that is used, the job that is published.
///
/// # Examples
/// ```
/// use highball::extract::{Fact, Facts};
///
/// const FACTS: Facts = Facts::named(&[Fact::header("accept-language"), Fact::new("pool", "main")]);
/// assert!(FACTS.names().any(|fact| fact.kind() == "pool" && fact.name() == "main"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    kind: &'static str,
    name: &'static str,
    /// Whether it is the identity of a scope.
    is_scope: bool,
    /// Whether another fact of this name must be in the app.
    is_needed: bool,
    /// The value of the name, if this must be the same in the whole app.
    value: Option<&'static str>,
}

impl Fact {
    /// Creates a fact of a kind that a package defines, for example `Fact::new("pool", "main")`.
    pub const fn new(kind: &'static str, name: &'static str) -> Self {
        Self {
            kind,
            name,
            is_scope: false,
            is_needed: false,
            value: None,
        }
    }

    /// Creates the identity of a [`Scope`](crate::extract::Scope), for example `Fact::scope("transaction", "main")`.
    pub const fn scope(kind: &'static str, name: &'static str) -> Self {
        Self {
            kind,
            name,
            is_scope: true,
            is_needed: false,
            value: None,
        }
    }

    /// Creates the fact that a name has a value, such as the key of a slot a type. If it has another value elsewhere in
    /// the app, the app does not compile.
    ///
    /// # Examples
    /// ```
    /// use highball::extract::Fact;
    ///
    /// const CART: Fact = Fact::unique("slot of the session", "cart", "shop::Cart");
    /// assert_eq!(CART.name(), "cart");
    /// ```
    pub const fn unique(kind: &'static str, name: &'static str, value: &'static str) -> Self {
        Self {
            kind,
            name,
            is_scope: false,
            is_needed: false,
            value: Some(value),
        }
    }

    /// Creates a need in a [`FactList`](crate::extract::FactList): another option must state a fact of this kind and
    /// name, or the app does not compile. Text in braces is not compared.
    ///
    /// # Examples
    /// ```
    /// use highball::extract::Fact;
    ///
    /// const PRODUCT: Fact = Fact::needed("tag of a cached route", "product");
    /// assert!(PRODUCT.is(&Fact::new("tag of a cached route", "product")));
    /// ```
    pub const fn needed(kind: &'static str, name: &'static str) -> Self {
        Self {
            is_needed: true,
            ..Self::new(kind, name)
        }
    }

    /// Creates the fact, in a [`FactList`](crate::extract::FactList), that a parameter of the path is used. The route
    /// must have it, or the app does not compile.
    ///
    /// # Examples
    /// ```
    /// use highball::extract::Fact;
    ///
    /// assert_eq!(Fact::param("id").kind(), "path parameter");
    /// ```
    pub const fn param(name: &'static str) -> Self {
        Self::new(PARAM, name)
    }

    /// Creates the fact that a header is read. `name` is in lower case.
    pub const fn header(name: &'static str) -> Self {
        Self::new("header", name)
    }

    /// Returns the kind: `header`, or a word of the package that defines the fact.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Returns the name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the value that the name has in the whole app.
    pub(super) const fn value(&self) -> Option<&'static str> {
        self.value
    }

    /// Returns whether it is the identity of a scope.
    pub(super) const fn is_scope(&self) -> bool {
        self.is_scope
    }

    /// Returns whether another fact of this name must be in the app.
    pub(super) const fn is_needed(&self) -> bool {
        self.is_needed
    }

    /// Returns whether it is the use of a parameter of the path.
    pub(super) const fn is_param(&self) -> bool {
        equal(self.kind, PARAM)
    }

    /// Returns whether it is a job, which something that [publishes](super::Facts::PUBLISHES) has.
    pub(crate) const fn is_job(&self) -> bool {
        equal(self.kind, JOB)
    }

    /// Returns whether both are of one kind.
    pub(super) const fn is_of_kind(&self, other: &Self) -> bool {
        equal(self.kind, other.kind)
    }

    /// Returns whether both are the same fact.
    pub const fn is(&self, other: &Self) -> bool {
        equal(self.name, other.name) && equal(self.kind, other.kind)
    }
}
