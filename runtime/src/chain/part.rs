//! What the compiler knows of a guard or a middleware: what it needs and what it hands on.

use crate::{
    local::{Handed, LocalId, LocalType},
    response::{IntoResponse, Response},
};

/// A guard or a middleware, as constant data.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The function's name with its module path.
    pub name: &'static str,
    /// The locals that its arguments ask for.
    pub needs: &'static [&'static [LocalId]],
    /// The locals that it hands on.
    pub hands: &'static [LocalId],
}

/// Something that `with(..)` may name. `#[guard]` and `#[middleware]` implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a guard and not a middleware",
    label = "named in `with(..)`, but it cannot stand before a route",
    note = "put `#[guard]` or `#[middleware]` on the function"
)]
pub trait ChainPart {
    /// What is known of it.
    const PART: Part;
}

/// What a guard returns: the value that it provides, or nothing, or the answer in its place.
#[diagnostic::on_unimplemented(
    message = "a guard cannot return a `{Self}`",
    label = "neither a `Result` nor a local",
    note = "return `Result<T, E>`, where `T` is a local or `()` and `E` a response, or the local itself"
)]
pub trait Verdict {
    /// The local, or `()`.
    type Value: Handed;

    /// Opens it.
    ///
    /// # Errors
    /// The answer of a guard that refuses.
    #[allow(clippy::result_large_err, reason = "a box would be an allocation")]
    fn open(self) -> Result<Self::Value, Response>;
}

impl<T: Handed, E: IntoResponse> Verdict for Result<T, E> {
    type Value = T;

    fn open(self) -> Result<T, Response> {
        self.map_err(IntoResponse::into_response)
    }
}

impl<T: LocalType> Verdict for T {
    type Value = T;

    fn open(self) -> Result<T, Response> {
        Ok(self)
    }
}
