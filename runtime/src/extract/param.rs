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

/// Parses a path parameter, by its name, for a field of a `PathFields`.
///
/// # Errors
/// Returns a 400 if the text is not a valid `T`. `ty` is the type of the field, as written in the source.
pub fn param_named<T: PathParam>(
    head: &Head,
    name: &'static str,
    ty: &'static str,
) -> Result<T, Rejection> {
    let text = head.param_named(name).unwrap_or_default();
    T::parse(text).ok_or_else(|| param_rejection(name, ty, text))
}

/// Returns the rejection of a text that is not a valid value of the type. `ty` is the type as written in the source;
/// the client sees only the names of primitive types.
#[cold]
pub(crate) fn param_rejection(name: &'static str, ty: &str, text: &str) -> Rejection {
    let ty = ty.rsplit("::").next().unwrap_or_default().trim();
    messages::param_rejection(name, if is_primitive(ty) { ty } else { "" }, text)
}

fn is_primitive(ty: &str) -> bool {
    const PRIMITIVES: [&str; 16] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char",
    ];
    match ty.strip_prefix("NonZero") {
        Some(number) => PRIMITIVES.contains(&number.to_lowercase().as_str()),
        None => PRIMITIVES.contains(&ty),
    }
}
