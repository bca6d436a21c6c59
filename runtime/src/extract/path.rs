//! The extractor `Path`, which reads several path parameters into one struct.

use std::any::type_name;

use super::{
    Answers, Extract, Facts, Input, Inputs, PATH_ANSWERS,
    param::{PathParam, positional},
};
use crate::{deref::deref, request::Head, response::Rejection};

/// An extractor that reads path parameters into a struct that derives [`PathFields`].
///
/// Use plain arguments for single parameters, and `Path` for a set of parameters that several handlers share. Each
/// field reads the parameter of its name, and the compiler checks that the route has one.
///
/// As in axum, `Path((org, id)): Path<(String, u32)>` in a handler takes the parameters of the attribute's path by
/// their position, and `Path(id): Path<u32>` takes the only one. The compiler checks their number, and each type
/// implements [`FromStr`](std::str::FromStr).
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
    message = "`{Self}` does not declare which path parameters it takes",
    note = "put `#[derive(PathFields)]` on `{Self}`"
)]
pub trait PathFields: Sized {
    /// The names of the fields.
    const NAMES: &'static [&'static str];

    /// The types of the fields, for documents.
    #[doc(hidden)]
    const TYPES: &'static [fn() -> &'static str] = &[];

    /// Reads the fields.
    ///
    /// # Errors
    /// Returns a 400 if a parameter cannot be parsed as the type of its field.
    fn read(head: &Head) -> Result<Self, Rejection>;
}

impl<'r, T: PathFields> Extract<'r> for Path<T> {
    type State = ();
    const PARAMS: &'static [&'static str] = T::NAMES;
    const FACTS: Facts = Facts::PATH;
    const INPUTS: Inputs = Inputs::params(T::NAMES, T::TYPES);
    const ANSWERS: Answers = PATH_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        T::read(input.head).map(Path)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        T::read(input.head).map(drop)
    }
}

/// A single value is the last parameter. The macros check that the path of the route has no other.
#[diagnostic::do_not_recommend]
impl<T: PathParam + 'static> PathFields for T {
    const NAMES: &'static [&'static str] = &[];
    const TYPES: &'static [fn() -> &'static str] = T::TYPES;

    fn read(head: &Head) -> Result<Self, Rejection> {
        positional(head, 0)
    }
}

/// Implements [`PathParam`] for `Path` of a tuple, which the generated code reads like one parameter. The number
/// before each type is its distance from the last parameter.
macro_rules! tuples {
    ($($back:tt $name:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: PathParam + 'static),+> PathParam for Path<($($name,)+)> {
            const TYPES: &'static [fn() -> &'static str] = &[$(type_name::<$name>),+];

            fn parse(_: &str) -> Option<Self> {
                None
            }

            fn read(head: &Head, _: &str) -> Result<Option<Self>, Rejection> {
                Ok(Some(Self(($(positional::<$name>(head, $back)?,)+))))
            }
        }
    };
}

tuples!(0 A);
tuples!(1 A, 0 B);
tuples!(2 A, 1 B, 0 C);
tuples!(3 A, 2 B, 1 C, 0 D);
tuples!(4 A, 3 B, 2 C, 1 D, 0 E);
tuples!(5 A, 4 B, 3 C, 2 D, 1 E, 0 F);
tuples!(6 A, 5 B, 4 C, 3 D, 2 E, 1 F, 0 G);
tuples!(7 A, 6 B, 5 C, 4 D, 3 E, 2 F, 1 G, 0 H);
