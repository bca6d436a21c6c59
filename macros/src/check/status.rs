//! The check that an error has a status.

use highball_macro_stages::{errors::Errors, types::last_name};
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypePath};

/// The types that are a response with 200 OK, by name. As an error they would be answered as a success.
const SUCCESSES: [&str; 8] = [
    "String", "str", "Cow", "Vec", "Bytes", "Json", "Html", "Value",
];

/// Rejects `Result<T, E>` as a return type if `E` is answered with 200 OK.
pub(super) fn check_status(sig: &Signature, errors: &mut Errors) {
    let ReturnType::Type(_, output) = &sig.output else {
        return;
    };
    if let Some(error) = error_type(output)
        && is_success(error)
    {
        errors.at(
            error,
            "an error needs a status, and this would be answered with 200 OK: write `(StatusCode, String)`, `Rejection`, or an enum with `#[derive(IntoResponse)]`",
        );
    }
}

/// Returns the `E` of `Result<T, E>`.
fn error_type(ty: &Type) -> Option<&Type> {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = ty
    else {
        return None;
    };
    let last = path.segments.last().filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    let mut types = args.args.iter().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.nth(1)
}

/// Returns whether the type is one of the responses with 200 OK. A type of the user has its own name.
fn is_success(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_success(&reference.elem),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => last_name(ty).is_some_and(|name| SUCCESSES.iter().any(|success| name == success)),
    }
}
