//! The check that two types of a handler do not have one name in documents.

use highball_macro_stages::{
    errors::Errors,
    function::{Arg, Function},
    types::{source_text, type_arguments},
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

/// Adds the types inside of wrappers such as `Json<..>` and `Vec<..>`, with their last names.
fn collect<'t>(ty: &'t Type, leaves: &mut Vec<(String, &'t Type)>) {
    let mut inner = type_arguments(ty).peekable();
    if inner.peek().is_none() {
        return;
    }
    for ty in inner {
        collect(ty, leaves);
        if let Type::Path(path) = ty
            && type_arguments(ty).next().is_none()
            && let Some(last) = path.path.segments.last()
        {
            leaves.push((last.ident.to_string(), ty));
        }
    }
}
