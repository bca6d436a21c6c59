//! Path parameters as plain arguments of a handler.

use std::str::FromStr;

use crate::{decode::messages, request::Head, response::Rejection};

/// A type of a path parameter: every type that implements [`FromStr`]. Arguments of the type `&str` do not use it.
#[diagnostic::on_unimplemented(
    message = "a path parameter cannot be a `{Self}`",
    label = "cannot be made from the text of the path",
    note = "implement `std::str::FromStr` for `{Self}`, or take the parameter as `&str` or `String`"
)]
pub trait PathParam: Sized {
    /// Parses the decoded text.
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> PathParam for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Parses the parameter that is `back` places before the last one of the whole pattern.
///
/// # Errors
/// Returns a 400 if the text is not a valid `T`. `expected` is the name of the type, or `""` if the client must not see
/// it.
pub fn param<T: PathParam>(
    head: &Head,
    back: usize,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Rejection> {
    parse(head.param_from_end(back), name, expected)
}

/// Parses a parameter of the prefix of a group, by its name.
///
/// # Errors
/// Returns the errors of [`param`].
pub fn param_named<T: PathParam>(
    head: &Head,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Rejection> {
    parse(head.param_named(name).unwrap_or_default(), name, expected)
}

/// Returns a parameter of the prefix of a group as text.
pub fn param_text<'r>(head: &'r Head, name: &str) -> &'r str {
    head.param_named(name).unwrap_or_default()
}

fn parse<T: PathParam>(
    text: &str,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Rejection> {
    T::parse(text).ok_or_else(|| messages::param_rejection(name, expected, text))
}
