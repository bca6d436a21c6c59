//! The check that two types of a handler do not have one name in documents.

use highball_macro_stages::{
    errors::Errors,
    function::{Arg, Function},
    types::{last_name, source_text, type_arguments},
};
use syn::{ReturnType, Type};

use crate::schemas::is_on;

/// Rejects two types with the same last name and different paths. A document would have one schema for both.
///
/// Only documents have names for types, so the check belongs to the feature `schemas`. Types below the fields of a type
/// are compared when the document is built.
pub(crate) fn check_schema_names(function: &Function, args: &[Arg], errors: &mut Errors) {
    if !is_on() {
        return;
    }
    let mut leaves = Vec::new();
    for arg in args.iter().filter(|arg| arg.is_extract()) {
        collect(&arg.ty, &mut leaves);
    }
    if let ReturnType::Type(_, ty) = &function.sig.output {
        collect(ty, &mut leaves);
    }
    for (idx, (name, ty)) in leaves.iter().enumerate() {
        let mut earlier = leaves[..idx].iter();
        let text = source_text(ty);
        let Some((_, other)) = earlier.find(|(other, ty)| other == name && source_text(ty) != text)
        else {
            continue;
        };
        let other = source_text(other);
        errors.at(
            ty,
            format!(
                "`{other}` and `{text}` would both be `{name}` in a document: rename one there with `#[schemars(rename = \"..\")]`, and import it under its new name; if they are one type, write it the same way twice"
            ),
        );
        return;
    }
}

/// The wrappers of types that have schemas.
const WRAPPERS: [&str; 9] = [
    "Json",
    "Query",
    "Form",
    "Bind",
    "PrettyJson",
    "Xml",
    "Yaml",
    "Toml",
    "MsgPack",
];

/// Adds the types inside of wrappers of bodies and queries, with their last names.
fn collect<'t>(ty: &'t Type, leaves: &mut Vec<(String, &'t Type)>) {
    let is_wrapper = last_name(ty).is_some_and(|name| WRAPPERS.iter().any(|other| name == other));
    for inner in type_arguments(ty) {
        match is_wrapper {
            true => collect_leaves(inner, leaves),
            false => collect(inner, leaves),
        }
    }
}

/// Adds a type, or those inside of it, as in `Vec<Order>`.
fn collect_leaves<'t>(ty: &'t Type, leaves: &mut Vec<(String, &'t Type)>) {
    for inner in type_arguments(ty) {
        collect_leaves(inner, leaves);
    }
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.arguments.is_none()
    {
        leaves.push((last.ident.to_string(), ty));
    }
}
