//! Path parameters as plain arguments of a handler.

use std::{
    any::{TypeId, type_name},
    ffi::OsString,
    path::PathBuf,
    str::FromStr,
};

use crate::{decode::messages, request::Head, response::Rejection};

/// A type of a path parameter: every type that implements [`FromStr`]. Arguments of the type `&str` do not use it.
#[diagnostic::on_unimplemented(
    message = "a path parameter cannot be a `{Self}`",
    label = "cannot be made from the text of the path",
    note = "implement `std::str::FromStr` for `{Self}`, or take the parameter as `&str` or `String`"
)]
pub trait PathParam: Sized {
    /// The type of the parameter, or of each parameter if it is a `Path` of a tuple.
    const TYPES: &'static [fn() -> &'static str] = &[type_name::<Self>];

    /// Parses the decoded text.
    fn parse(text: &str) -> Option<Self>;

    /// Reads the parameter, or each parameter if it is a `Path` of a tuple. Returns nothing if the text is not valid.
    ///
    /// # Errors
    /// Returns the rejection of a parameter of the tuple.
    fn read(head: &Head, text: &str) -> Result<Option<Self>, Rejection> {
        let _ = head;
        Ok(Self::parse(text))
    }
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

/// Parses a parameter by its position, for [`Path`](super::Path). The route has its name.
///
/// # Errors
/// Returns the errors of [`param_named`]. A file path is a 500: its alias hides it from the check of the macros.
pub(super) fn positional<T: PathParam + 'static>(head: &Head, back: usize) -> Result<T, Rejection> {
    let id = TypeId::of::<T>();
    if id == TypeId::of::<PathBuf>() || id == TypeId::of::<OsString>() {
        let cause = "a path parameter cannot be a file path; take a `SafePath`";
        return Err(Rejection::internal().with_cause(cause));
    }
    let name = type_name::<T>();
    // Only the names of primitive types have no path. Others are not for the client.
    let ty = if name.contains(':') { "" } else { name };
    let text = head.param_from_end(back);
    T::parse(text).ok_or_else(|| param_rejection(head.param_name_from_end(back), ty, text))
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
