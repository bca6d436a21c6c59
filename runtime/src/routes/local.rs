//! Locals: values that a part of a chain provides and what is further in reads, by their type.

use crate::const_text::equal;

/// A type whose values may travel along the chain. `#[derive(Local)]` implements it.
///
/// It gives the type an identity that constant evaluation can compare, so that the compiler knows
/// whether the chain of a route provides it. A type of another crate goes into a type of your own.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(Local)]
/// struct User(String);
///
/// #[guard]
/// async fn signed_in(token: Bearer) -> Result<User, StatusCode> {
///     match token.token() {
///         "secret" => Ok(User("zoe".to_owned())),
///         _ => Err(StatusCode::FORBIDDEN),
///     }
/// }
///
/// #[get("/me", with(signed_in))]
/// async fn me(user: Local<'_, User>) -> String {
///     user.0.clone()
/// }
/// # #[routes(app)] struct Api(me);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel along the chain",
    label = "not a local",
    note = "put `#[derive(Local)]` on `{Self}`, or wrap it in a type of your own that has it"
)]
pub trait LocalType: Send + Sync + 'static {
    /// Which type it is.
    const ID: LocalId;
}

/// Which type a local has: `TypeId` cannot be compared in constant evaluation.
#[derive(Debug, Clone, Copy)]
pub struct LocalId {
    name: &'static str,
    module: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    args: &'static [Self],
}

impl LocalId {
    /// Makes the identity of the type that stands at this place.
    pub const fn new(
        name: &'static str,
        module: &'static str,
        (file, line, column): (&'static str, u32, u32),
        args: &'static [Self],
    ) -> Self {
        Self {
            name,
            module,
            file,
            line,
            column,
            args,
        }
    }

    /// Returns the name of the type, without its parameters.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn is(&self, other: &Self) -> bool {
        if self.line != other.line
            || self.column != other.column
            || self.args.len() != other.args.len()
            || !equal(self.name, other.name)
            || !equal(self.module, other.module)
            || !equal(self.file, other.file)
        {
            return false;
        }
        let mut i = 0;
        while i < self.args.len() {
            if !self.args[i].is(&other.args[i]) {
                return false;
            }
            i += 1;
        }
        true
    }
}

/// What a part of a chain hands on: one local, or `()`, which is nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel along the chain",
    label = "handed on here, but it is no local",
    note = "put `#[derive(Local)]` on `{Self}`, or wrap it in a type of your own that has it"
)]
pub trait PassedLocals: Send + Sync + 'static {
    /// Which locals that is.
    const IDS: &'static [LocalId];
}

impl PassedLocals for () {
    const IDS: &'static [LocalId] = &[];
}

impl<T: LocalType> PassedLocals for T {
    const IDS: &'static [LocalId] = &[T::ID];
}
