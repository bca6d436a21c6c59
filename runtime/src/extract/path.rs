//! The extractor `Path`, which reads several path parameters into one struct.

use super::{Extract, Input};
use crate::{deref::deref, response::Rejection};

/// An extractor that reads path parameters into a struct that derives [`PathFields`].
///
/// Use plain arguments for single parameters, and `Path` for a set of parameters that several handlers share. Each
/// field reads the parameter of its name, and the compiler checks that the route has one.
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

/// A struct whose fields are path parameters, for the extractor [`Path`]. Derive it.
///
/// # Examples
/// ```
/// use highball::{PathFields, prelude::*};
///
/// #[derive(PathFields)]
/// struct Release {
///     name: String,
///     version: u32,
/// }
///
/// assert_eq!(Release::NAMES, ["name", "version"]);
///
/// #[get("/{name}/{version}")]
/// async fn show(release: Path<Release>) -> String {
///     format!("{} {}", release.name, release.version)
/// }
/// # #[routes(app)] struct Api(show);
/// ```
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
    /// Returns a 400 if a parameter cannot be parsed as the type of its field.
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
