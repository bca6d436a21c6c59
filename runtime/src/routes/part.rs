//! What the compiler knows of a guard, a middleware, an observer or a layer.

use crate::routes::local::LocalId;

/// What kind of part it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// `#[guard]`.
    Guard,
    /// `#[middleware]`.
    Middleware,
    /// `#[observer]`.
    Observer,
    /// `layer(..)`, of tower's.
    Layer,
}

/// A guard or a middleware, as constant data.
#[derive(Debug, Clone, Copy)]
pub struct PartInfo {
    /// The function's name with its module path.
    pub name: &'static str,
    /// What kind of part it is.
    pub kind: PartKind,
    /// Whether it is a guard that shares the context: only such a one runs in `parallel(..)`.
    pub shares: bool,
    /// The locals that its arguments ask for.
    pub needs: &'static [&'static [LocalId]],
    /// The locals that it hands on.
    pub passes: &'static [LocalId],
    /// The names of what stands outside of it, where a chain has both.
    pub after: &'static [&'static str],
    /// The names of what stands further in, where a chain has both.
    pub before: &'static [&'static str],
    /// How many before it in the same `parallel(..)` run beside it.
    pub beside: u8,
}

impl PartInfo {
    /// What stands for something that is no part.
    pub const NONE: Self = Self {
        name: "",
        kind: PartKind::Middleware,
        shares: false,
        needs: &[],
        passes: &[],
        after: &[],
        before: &[],
        beside: 0,
    };

    /// Returns a tower layer, which is known by how it is written.
    #[must_use]
    pub const fn layer(written: &'static str) -> Self {
        Self {
            name: written,
            kind: PartKind::Layer,
            ..Self::NONE
        }
    }

    /// Returns the part as it stands in `parallel(..)`, behind that many others.
    #[must_use]
    pub const fn beside(mut self, count: u8) -> Self {
        self.beside = count;
        self
    }

    /// Returns the part as it stands in `when(..)`: nobody can rely on what it hands on.
    #[must_use]
    pub const fn maybe(mut self) -> Self {
        self.passes = &[];
        self
    }
}
