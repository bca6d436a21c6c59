//! Several path parameters as one struct.

use super::{Extract, Input};
use crate::{deref::deref, response::Rejection};

/// Path parameters, read into a struct that derives `PathFields`.
///
/// Single parameters are better plain arguments; this is for a set of them that several handlers
/// share. Each field takes the parameter of its name, and the compiler knows that it is there.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(PathFields)]
/// struct Issue {
///     repo: String,
///     number: u64,
/// }
///
/// #[get("/{repo}/issues/{number}")]
/// async fn issue(issue: Path<Issue>) -> String {
///     format!("{}#{}", issue.repo, issue.number)
/// }
/// # #[routes(app)] struct Api(issue);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Path<T>(pub T);

deref!(Path);

/// A struct whose fields are path parameters. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which path parameters it takes",
    note = "put `#[derive(PathFields)]` on `{Self}`"
)]
pub trait PathFields: Sized {
    /// The names of the fields.
    const NAMES: &'static [&'static str];

    /// Reads the fields.
    ///
    /// # Errors
    /// 400 where a value is not of its field's type.
    fn read(head: &crate::request::Head) -> Result<Self, Rejection>;
}

impl<'r, T: PathFields> Extract<'r> for Path<T> {
    type State = ();
    const PARAMS: &'static [&'static str] = T::NAMES;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        T::read(input.head).map(Path)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        T::read(input.head).map(drop)
    }
}
