//! Checks of a function's arguments by their types, in constant evaluation.

use crate::{
    chain::{
        argument::{ArgumentKind, NOT, SYNC},
        no_extractor::not_extractor,
    },
    const_text::{ErrorText, contains},
};

/// An argument of a function, as the generated code describes it.
struct ArgCheck {
    /// Its name, or empty if the argument is a pattern.
    name: &'static str,
    /// Its type, as the user wrote it.
    ty: &'static str,
    kind: ArgumentKind,
    /// Whether it is allowed to take the body.
    rule: BodyRule,
    /// The pattern of the function's own path, with its parameters.
    path: Option<(&'static str, &'static [&'static str])>,
}

/// Which arguments may take the body.
#[derive(Clone, Copy)]
enum BodyRule {
    /// One argument may. The value is whether an argument before this one does.
    Once(bool),
    /// Every argument may: a guard with `body` has the whole body in memory.
    Shared,
    /// No argument may: the body is read for the handler, after this function.
    Never,
    /// No argument may: the content of a GET or a HEAD has no meaning (RFC 9110 §9.3.1, §9.3.2).
    Get,
}

/// Returns the mode of a handler's argument. Fails to compile if the argument is not an extractor, or takes a body or
/// a parameter that it cannot have.
///
/// `body_taken` is whether an argument before this one takes the body.
#[track_caller]
pub const fn handler_argument(
    sync: ArgumentKind,
    later: ArgumentKind,
    name: &'static str,
    ty: &'static str,
    path: &'static str,
    params: &'static [&'static str],
    body_taken: bool,
) -> u8 {
    if is_simple(&sync) {
        return sync.mode;
    }
    check(&ArgCheck {
        name,
        ty,
        kind: either(sync, later),
        rule: BodyRule::Once(body_taken),
        path: Some((path, params)),
    })
}

/// Returns the mode of an argument of a handler for GET or HEAD alone, like [`handler_argument`].
#[track_caller]
pub const fn get_argument(
    sync: ArgumentKind,
    later: ArgumentKind,
    name: &'static str,
    ty: &'static str,
    path: &'static str,
    params: &'static [&'static str],
) -> u8 {
    if is_simple(&sync) {
        return sync.mode;
    }
    check(&ArgCheck {
        name,
        ty,
        kind: either(sync, later),
        rule: BodyRule::Get,
        path: Some((path, params)),
    })
}

/// Returns the mode of an argument of a guard, a middleware or an observer, like [`handler_argument`]. `shared` is
/// whether the whole body is in memory.
#[track_caller]
pub const fn part_argument(
    sync: ArgumentKind,
    later: ArgumentKind,
    name: &'static str,
    ty: &'static str,
    shared: bool,
) -> u8 {
    check(&ArgCheck {
        name,
        ty,
        kind: either(sync, later),
        rule: if shared {
            BodyRule::Shared
        } else {
            BodyRule::Never
        },
        path: None,
    })
}

/// Returns whether nothing about an extractor has to be checked, which is the usual case.
const fn is_simple(kind: &ArgumentKind) -> bool {
    kind.mode != NOT
        && !kind.body
        && matches!(kind.params, [])
        && kind.n_scopes == kind.names_scope as u8
}

const fn either(sync: ArgumentKind, later: ArgumentKind) -> ArgumentKind {
    if sync.mode == NOT { later } else { sync }
}

#[track_caller]
const fn check(arg: &ArgCheck) -> u8 {
    if arg.kind.mode == NOT {
        let text = not_extractor(arg.name, arg.ty, arg.kind.lacks);
        panic!("{}", text.as_str())
    }
    if let Some(wrong) = arg.wrong_scope() {
        let text = ErrorText::EMPTY.with("`").with(arg.ty);
        panic!("{}", text.with("` ").with(wrong).as_str())
    }
    let takes_body = match arg.rule {
        BodyRule::Get => arg.kind.body_of_get,
        _ => arg.kind.body,
    };
    if takes_body && let Some(reason) = arg.rule.refuses() {
        let text = ErrorText::EMPTY.with("`").with(arg.ty);
        let text = text.with("` takes the request's body, ").with(reason);
        panic!("{}", text.as_str())
    }
    if let Some((path, own)) = arg.path {
        let mut i = 0;
        while i < arg.kind.params.len() {
            if !contains(own, arg.kind.params[i]) {
                panic!("{}", no_param(arg, arg.kind.params[i], path).as_str())
            }
            i += 1;
        }
    }
    arg.kind.mode
}

impl ArgCheck {
    /// Returns the mistake in the scope of the argument, if there is one.
    const fn wrong_scope(&self) -> Option<&'static str> {
        match (self.kind.n_scopes, self.kind.names_scope, &self.path) {
            (1, true, None) => Some(
                "opens a scope around a handler, and this is not a handler: take it in the handler, or take a resource without a scope here",
            ),
            (1.., false, _) => Some(
                "opens a scope that its facts do not name: write `const FACTS: Facts = Facts::named(&[Name::ID]);` with the name of the scope",
            ),
            (0, true, _) => Some(
                "has the fact of a scope and does not open it: write `const OPENS: Option<Opens<Self::State>> = Inner::OPENS;` with the extractor that it wraps, or leave the fact out",
            ),
            (2.., ..) => Some(
                "opens the scope of both sides: take two arguments, an `Option<..>` or a `Result<.., Rejection>` of each",
            ),
            _ => None,
        }
    }
}

impl BodyRule {
    const fn refuses(self) -> Option<&'static str> {
        match self {
            Self::Once(false) | Self::Shared => None,
            Self::Once(true) => Some(
                "and so does an argument before it; a body can be read once, so keep one of them",
            ),
            Self::Get => Some(
                "which has no meaning in a GET: take `Query<..>` for values in the query, write `#[post]`, or insist with `#[get(.., body)]`",
            ),
            Self::Never => Some(
                "which is read for the handler, behind guards and middleware: leave it to the handler, or have a guard see it, `#[guard(body)]`",
            ),
        }
    }
}

/// Fails to compile if a guard has `body` and no argument takes the body. An argument that is not an extractor may
/// have been meant to take it, and has its own error already.
#[track_caller]
pub const fn assert_body(args: &[(ArgumentKind, ArgumentKind)]) {
    let mut i = 0;
    while i < args.len() {
        let kind = either(args[i].0, args[i].1);
        if kind.body || kind.mode == NOT {
            return;
        }
        i += 1;
    }
    panic!(
        "no argument takes the body, which would be read for nothing: add one, `body: Bytes`, or leave out `body`"
    )
}

/// Returns the mode of a path parameter. Fails to compile if it cannot be parsed, or would become a file path without
/// a check.
#[track_caller]
pub const fn param_argument(name: &str, ty: &str, parses: bool, names_a_file: bool) -> u8 {
    if !parses {
        let text = ErrorText::EMPTY.with("the path parameter `").with(name);
        let text = text.with("` cannot be a `").with(ty);
        let text = text
            .with("`, which cannot be made from text: implement `std::str::FromStr` for `")
            .with(ty);
        panic!(
            "{}",
            text.with("`, or take the parameter as `&str` or `String`")
                .as_str()
        )
    }
    if names_a_file {
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
    SYNC
}

const fn no_param(arg: &ArgCheck, param: &str, path: &str) -> ErrorText {
    let text = ErrorText::EMPTY.with("`").with(arg.ty);
    let text = text.with("` takes the parameter `").with(param);
    let text = text.with("`, but `").with(path).with("` has no `{");
    text.with(param)
        .with("}`; rename the field, or the parameter")
}

/// Fails to compile if no argument takes a parameter of the path. `taken` has the properties of each argument. An
/// argument that is not an extractor may have been meant to take it, and has its own error already.
#[track_caller]
pub const fn assert_taken(name: &str, taken: &[(ArgumentKind, ArgumentKind)], message: &str) {
    let mut i = 0;
    while i < taken.len() {
        let kind = either(taken[i].0, taken[i].1);
        if kind.mode == NOT || contains(kind.params, name) {
            return;
        }
        i += 1;
    }
    panic!("{}", message)
}
