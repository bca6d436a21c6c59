//! Path parameters as plain typed arguments.

use std::str::FromStr;

use crate::{decode::messages, request::Head, response::Rejection};

/// A type that a path parameter can be: everything that is [`FromStr`], and `&str`.
#[diagnostic::on_unimplemented(
    message = "a path parameter cannot be a `{Self}`",
    label = "cannot be made from the text of the path",
    note = "implement `std::str::FromStr` for `{Self}`, or take the parameter as `&str` or `String`"
)]
pub trait PathParam: Sized {
    /// Reads the decoded text.
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> PathParam for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Reads the parameter that stands `back` places before the last one of the whole pattern.
///
/// # Errors
/// 400 where the text is no `T`; `expected` is the type's name where a client may know it.
pub fn param<T: PathParam>(
    head: &Head,
    back: usize,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Rejection> {
    read(head.param_from_end(back), name, expected)
}

/// Reads a parameter of a prefix.
///
/// # Errors
/// As [`param`].
pub fn param_named<T: PathParam>(
    head: &Head,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Rejection> {
    read(head.param_named(name).unwrap_or_default(), name, expected)
}

/// Returns a parameter of a prefix as text.
pub fn param_text<'r>(head: &'r Head, name: &str) -> &'r str {
    head.param_named(name).unwrap_or_default()
}

fn read<T: PathParam>(
    text: &str,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Rejection> {
    T::parse(text).ok_or_else(|| messages::param(name, expected, text))
}
