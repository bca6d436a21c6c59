//! Locals: values that a guard or a middleware passes to the handlers inside it, found by type.

use crate::const_text::equal;

/// A type whose values guards and middleware can pass to handlers. `#[derive(Local)]` implements it.
///
/// The derive gives the type an identity that can be compared in constant evaluation, so that the
/// compiler can check that each route has its locals. Wrap a type of another crate in a new type.
///
/// # Examples
/// ```
/// use highball::{extract::LocalType, prelude::*};
///
/// #[derive(Local)]
/// struct User(String);
///
/// fn check_local<T: LocalType>() {}
/// # fn main() { check_local::<User>() }
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
    /// The identity of the type.
    const ID: LocalId;
}

/// The identity of a local's type, which `#[derive(Local)]` generates.
///
/// It exists because `TypeId` cannot be compared in constant evaluation.
///
/// # Examples
/// ```
/// use highball::{extract::{LocalId, LocalType}, prelude::*};
///
/// #[derive(Local)]
/// struct User(String);
///
/// const ID: LocalId = <User as LocalType>::ID;
/// # let _ = ID;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LocalId {
    name: &'static str,
    module: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    args: &'static [Self],
    /// The path of the part that provides it, if a package has exactly one.
    provider: Option<&'static str>,
}

impl LocalId {
    /// Creates the identity of a type from its name, the place of its definition and its type
    /// parameters. Only generated code calls it.
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
            provider: None,
        }
    }

    /// Names the part that provides it, for errors. Only generated code calls it.
    #[must_use]
    pub const fn provided_by(mut self, path: &'static str) -> Self {
        self.provider = Some(path);
        self
    }

    /// Returns the path of the part that provides it, if it is known.
    pub(crate) const fn provider(&self) -> Option<&'static str> {
        self.provider
    }

    /// Returns the name of the type, without its parameters.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns whether both are the same type.
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

/// The locals that a guard or a middleware passes on: one [`LocalType`], or `()` for none.
///
/// # Examples
/// ```
/// use highball::{__private::PassedLocals, prelude::*};
///
/// #[derive(Local)]
/// struct User(String);
///
/// assert_eq!(<User as PassedLocals>::IDS.len(), 1);
/// assert_eq!(<() as PassedLocals>::IDS.len(), 0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel along the chain",
    label = "passed on here, but it is not a local",
    note = "put `#[derive(Local)]` on `{Self}`, or wrap it in a type of your own that has it"
)]
pub trait PassedLocals: Send + Sync + 'static {
    /// The identities of the locals.
    const IDS: &'static [LocalId];
}

impl PassedLocals for () {
    const IDS: &'static [LocalId] = &[];
}

impl<T: LocalType> PassedLocals for T {
    const IDS: &'static [LocalId] = &[T::ID];
}
