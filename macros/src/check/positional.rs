//! The rules for `Path<(u32, String)>` and `Path<u32>`, which take parameters by their position, as in axum.

use highball_macro_stages::{
    errors::Errors,
    function::{Arg, ArgKind},
    pattern::Pattern,
    types::{last_name, path_inner, primitive_name, source_text},
};
use syn::Type;

use super::params::{names_a_file, option_inner};

/// Checks the number of values of `Path<inner>` against the pattern, or rejects it where there is none.
pub(super) fn check_path(arg: &Arg, inner: &Type, pattern: Option<&Pattern>, errors: &mut Errors) {
    let shown = source_text(&arg.ty);
    let Some(pattern) = pattern else {
        errors.at(&arg.ty, format!("a fallback has no path parameters, so nothing gives `{shown}`; take the path from `&Context<'_>`"));
        return;
    };
    if matches!(arg.kind, ArgKind::OuterParam) {
        errors.at(
            &arg.ty,
            format!(
                "`#[param]` is one parameter, by its name: write `{}`",
                source_text(inner)
            ),
        );
        return;
    }
    let values: Vec<&Type> = match inner {
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        other => vec![other],
    };
    if let Some(message) = values.iter().find_map(|value| wrong_value(value)) {
        errors.at(&arg.ty, message);
        return;
    }
    let names: Vec<_> = pattern.names().collect();
    if names.len() == values.len() || !is_spelled_as_values(inner) && !names.is_empty() {
        return;
    }
    errors.at(&arg.ty, mismatch(&shown, &values, &names, &pattern.text));
}

/// Returns the message for a value that cannot be made from the text of a parameter.
fn wrong_value(value: &Type) -> Option<String> {
    let shown = source_text(value);
    if matches!(value, Type::Reference(_)) {
        return Some(format!(
            "`Path` owns its values, so none of them is `{shown}`: write `String`"
        ));
    }
    if let Some(inner) = option_inner(value) {
        return Some(format!(
            "a path parameter is always there, so none of them is `{shown}`: write `{}`",
            source_text(&inner)
        ));
    }
    let name = last_name(value).map(ToString::to_string);
    let is_file = matches!(
        name.as_deref(),
        Some("PathBuf" | "OsString" | "Utf8PathBuf")
    );
    (is_file || names_a_file(value)).then(|| {
        format!("a `{shown}` would be a client's text, which may be absolute or contain `..`: write `highball::extract::SafePath`")
    })
}

/// Rejects parameters by their position in a guard, a middleware or an observer, which run for many routes.
pub(super) fn check_part(args: &[Arg], errors: &mut Errors) {
    for arg in args {
        let Some(inner) = path_inner(&arg.ty).filter(|inner| is_spelled_as_values(inner)) else {
            continue;
        };
        let ty = match inner {
            Type::Tuple(tuple) => tuple.elems.first().map(source_text),
            other => Some(source_text(other)),
        };
        let ty = ty.unwrap_or_else(|| "String".to_owned());
        errors.at(&arg.ty, format!("routes have parameters at different positions, so a part takes each by its name: write `#[param] id: {ty}`"));
    }
}

/// Returns whether the spelling shows that the type is no struct that derives `PathFields`.
fn is_spelled_as_values(inner: &Type) -> bool {
    matches!(inner, Type::Tuple(_))
        || primitive_name(inner).is_some()
        || source_text(inner) == "String"
}

fn mismatch(shown: &str, values: &[&Type], names: &[&str], path: &str) -> String {
    if names.is_empty() {
        return format!(
            "`{path}` has no parameter, so nothing gives `{shown}`; a parameter of a prefix is an argument of its name, as in `#[param] id: u64`"
        );
    }
    let args = names.iter().enumerate().map(|(idx, name)| {
        let ty = values.get(idx).map(|ty| source_text(*ty));
        format!("{name}: {}", ty.as_deref().unwrap_or("String"))
    });
    let args: Vec<_> = args.collect();
    format!(
        "`{path}` has {} and `{shown}` takes {}: take each by its name, `{}`",
        n_params(names.len()),
        values.len(),
        args.join(", ")
    )
}

fn n_params(n: usize) -> String {
    match n {
        1 => "1 parameter".to_owned(),
        n => format!("{n} parameters"),
    }
}

/// Returns whether the argument takes every parameter of the pattern by its position.
pub(super) fn takes_all(arg: &Arg, pattern: &Pattern) -> bool {
    match arg.kind {
        ArgKind::Param { .. } => path_inner(&arg.ty).is_some(),
        // If it is a struct, the generated code checks that the parameter is one of its fields.
        ArgKind::Extract => path_inner(&arg.ty).is_some() && pattern.names().count() == 1,
        _ => false,
    }
}
