//! Checks of a function's arguments by their types, in constant evaluation.

use crate::{
    chain::argument::NOT,
    const_text::{ErrorText, contains},
};

/// An argument of a function, as the generated code describes it.
#[derive(Debug)]
pub struct ArgCheck {
    /// Its name, or empty if the argument is a pattern.
    pub name: &'static str,
    /// Its type, as the user wrote it.
    pub ty: &'static str,
    /// The kind of extractor.
    pub mode: u8,
    /// Whether it takes the body.
    pub body: bool,
    /// Whether it is allowed to take the body.
    pub rule: BodyRule,
    /// The path parameters that it takes.
    pub params: &'static [&'static str],
    /// The pattern of the function's own path, with its parameters.
    pub path: Option<(&'static str, &'static [&'static str])>,
}

/// Which arguments may take the body.
#[derive(Debug, Clone, Copy)]
pub enum BodyRule {
    /// One argument may. The value is whether an argument before this one does.
    Once(bool),
    /// Every argument may: a guard with `body` has the whole body in memory.
    Shared,
    /// No argument may: the body is read for the handler, after this function.
    Never,
}

/// Fails to compile if an argument is not an extractor, or takes a body or a parameter that it cannot have.
#[track_caller]
pub const fn assert_argument(arg: &ArgCheck) {
    if arg.mode == NOT {
        panic!("{}", not_extractor(arg).as_str())
    }
    if arg.body
        && let Some(reason) = arg.rule.refuses()
    {
        let text = ErrorText::EMPTY.with("`").with(arg.ty);
        let text = text.with("` takes the request's body, ").with(reason);
        panic!("{}", text.as_str())
    }
    let Some((path, own)) = arg.path else { return };
    let mut i = 0;
    while i < arg.params.len() {
        if !contains(own, arg.params[i]) {
            panic!("{}", no_param(arg, arg.params[i], path).as_str())
        }
        i += 1;
    }
}

impl BodyRule {
    const fn refuses(self) -> Option<&'static str> {
        match self {
            Self::Once(false) | Self::Shared => None,
            Self::Once(true) => Some(
                "and so does an argument before it; a body can be read once, so keep one of them",
            ),
            Self::Never => Some(
                "which is read for the handler, behind guards and middleware: leave it to the handler, or have a guard see it, `#[guard(body)]`",
            ),
        }
    }
}

/// Fails to compile if a guard has `body` and no argument takes the body.
#[track_caller]
pub const fn assert_body(takes: bool) {
    assert!(
        takes,
        "no argument takes the body, which would be read for nothing: add one, `body: Bytes`, or leave out `body`"
    );
}

/// Fails to compile if a path parameter would become a file path without a check.
#[track_caller]
pub const fn assert_param(name: &str, ty: &str, names_a_file: bool) {
    if !names_a_file {
        return;
    }
    let text = ErrorText::EMPTY.with("the path parameter `").with(name);
    let text = text.with("` cannot be a `").with(ty);
    let text = text
        .with("`: a client may send an absolute path or `..` in it; write `")
        .with(name);
    let text = text.with(
        ": highball::extract::SafePath`, which stays inside the directory that it is joined to",
    );
    panic!("{}", text.as_str())
}

const fn not_extractor(arg: &ArgCheck) -> ErrorText {
    let mut text = ErrorText::EMPTY.with("`");
    if is_local(arg.ty) {
        return text
            .with(arg.ty)
            .with("` reads what is no local: put `#[derive(Local)]` on the type, or wrap it in a type of your own that has it");
    }
    if is_option(arg.ty) {
        return text
            .with(arg.ty)
            .with("` cannot be told from nothing: make the fields inside `Option`, take `Result<.., Rejection>` in its place, or implement `OptionalExtract` for the type inside");
    }
    if is_valid(arg.ty) {
        return text
            .with(arg.ty)
            .with("` has no rules to keep: put `#[derive(garde::Validate)]` on the type inside, and an extractor with that type between the two, as in `Valid<Json<T>>`");
    }
    let mut param = "name";
    if !arg.name.is_empty() {
        text = text.with(arg.name).with(": ");
        param = arg.name;
    }
    let text = text.with(arg.ty);
    let text = text.with("` is neither a parameter of the path nor an extractor; write `{");
    let text = text.with(param).with("}` in the path, `Json<").with(arg.ty);
    let text = text.with(">`, `Query<").with(arg.ty).with(">` or `State<");
    let text = text
        .with(arg.ty)
        .with(">` here, or implement `Extract` for `");
    text.with(arg.ty).with("`")
}

/// Returns whether the type is written as a local. Only the error message depends on it.
const fn is_local(ty: &str) -> bool {
    matches!(ty.as_bytes(), [b'L', b'o', b'c', b'a', b'l', b'<', ..])
}

/// Returns whether the type is written as an `Option`.
const fn is_option(ty: &str) -> bool {
    matches!(
        ty.as_bytes(),
        [b'O', b'p', b't', b'i', b'o', b'n', b'<', ..]
    )
}

/// Returns whether the type is written as a `Valid`.
const fn is_valid(ty: &str) -> bool {
    matches!(ty.as_bytes(), [b'V', b'a', b'l', b'i', b'd', b'<', ..])
}

const fn no_param(arg: &ArgCheck, param: &str, path: &str) -> ErrorText {
    let text = ErrorText::EMPTY.with("`").with(arg.ty);
    let text = text.with("` takes the parameter `").with(param);
    let text = text.with("`, but `").with(path).with("` has no `{");
    text.with(param)
        .with("}`; rename the field, or the parameter")
}

/// Fails to compile if no argument takes a parameter of the path. `taken` has the mode and the parameters of each
/// argument. An argument that is not an extractor may have been meant to take it, and has its own error already.
#[track_caller]
pub const fn assert_taken(name: &str, taken: &[(u8, &[&str])], message: &str) {
    let mut i = 0;
    while i < taken.len() {
        if taken[i].0 == NOT || contains(taken[i].1, name) {
            return;
        }
        i += 1;
    }
    panic!("{}", message)
}
