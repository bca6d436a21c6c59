//! The rules for path parameters, which are arguments by their names.

use highball_macro_stages::{
    errors::Errors,
    function::Arg,
    pattern::Pattern,
    types::{first_type, is_keyword, last_name, source_text},
};
use syn::{GenericArgument, PathArguments, Type};

/// Checks the type of a path parameter.
pub(super) fn check_param(arg: &Arg, errors: &mut Errors) {
    if let Type::ImplTrait(_) = &arg.ty {
        let name = &arg.name;
        errors.at(
            &arg.ty,
            format!("a path parameter has a concrete type: write `{name}: u64`, `{name}: String` or another type that is `FromStr`"),
        );
        return;
    }
    if !check_presence(arg, errors) {
        return;
    }
    if names_a_file(&arg.ty) {
        let name = &arg.name;
        errors.at(
            &arg.ty,
            format!("the path parameter `{name}` is a client's text, which may be absolute or contain `..`: write `{name}: highball::extract::SafePath`"),
        );
        return;
    }
    if let Type::Reference(reference) = &arg.ty {
        let name = &arg.name;
        if reference.mutability.is_some() {
            errors.at(
                &arg.ty,
                format!("the path parameter `{name}` cannot be changed: write `{name}: &str`"),
            );
        } else if last_name(&reference.elem).is_none_or(|ty| ty != "str") {
            let ty = source_text(&reference.elem);
            errors.at(
                &arg.ty,
                format!("the path parameter `{name}` is borrowed as text, `{name}: &str`, or taken by value, `{name}: {ty}`"),
            );
        }
    }
}

/// Rejects an `Option` as a path parameter: a route without the parameter does not match. Returns whether it is none.
pub(super) fn check_presence(arg: &Arg, errors: &mut Errors) -> bool {
    let Some(inner) = option_inner(&arg.ty) else {
        return true;
    };
    let (name, ty, inner) = (&arg.name, source_text(&arg.ty), source_text(&inner));
    errors.at(
        &arg.ty,
        format!("`{name}: {ty}` is a path parameter, which is always there: write `{name}: {inner}`; for a value that may be missing, write a second route, or take it from the query"),
    );
    false
}

/// Returns the `T` of `Option<T>`.
pub(super) fn option_inner(ty: &Type) -> Option<Type> {
    last_name(ty).filter(|name| *name == "Option")?;
    match ty {
        Type::Path(path) => first_type(&path.path),
        _ => None,
    }
}

/// Returns whether the type is `Path` or `OsStr`, borrowed or boxed. Owned paths may be aliased, so the generated
/// code checks those.
pub(super) fn names_a_file(ty: &Type) -> bool {
    let inner = match ty {
        Type::Reference(reference) => &reference.elem,
        Type::Path(path) => match path.path.segments.last().map(|last| &last.arguments) {
            Some(PathArguments::AngleBracketed(args)) => {
                let mut args = args.args.iter();
                let inner = args.find_map(|arg| match arg {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                });
                let Some(inner) = inner else { return false };
                inner
            }
            _ => return false,
        },
        _ => return false,
    };
    let name = last_name(inner).map(ToString::to_string);
    matches!(name.as_deref(), Some("Path" | "OsStr")) && !source_text(inner).ends_with('>')
}

/// Returns the name of a parameter as the name of an argument, with `r#` in front of a keyword.
pub(super) fn as_ident(name: &str) -> String {
    match is_keyword(name) {
        true => format!("r#{name}"),
        false => name.to_owned(),
    }
}

/// Reports an argument that can only be a path parameter but whose name is not in the pattern. `unused` are the
/// parameters that no argument takes.
pub(super) fn check_param_in_path(
    arg: &Arg,
    pattern: &Pattern,
    unused: &[&str],
    is_fallback: bool,
    errors: &mut Errors,
) {
    let (name, ty) = (&arg.name, source_text(&arg.ty));
    if is_fallback {
        errors.at(&arg.ty, format!("a fallback has no path parameters, so nothing gives `{name}: {ty}`; take the path from `&Context<'_>`"));
        return;
    }
    let names: Vec<_> = pattern
        .names()
        .map(|name| format!("`{{{name}}}`"))
        .collect();
    let path = &pattern.text;
    let has = if names.is_empty() {
        "has no parameter".to_owned()
    } else {
        format!("has {}", names.join(" and "))
    };
    let rename = match unused {
        [other] => format!("`{}: {ty}`, or ", as_ident(other)),
        _ => String::new(),
    };
    errors.at(
        &arg.ty,
        format!("nothing gives `{name}: {ty}`: `{path}` {has}; write {rename}`{{{name}}}` in the path, or `#[param] {name}: {ty}` if a prefix has it"),
    );
}
