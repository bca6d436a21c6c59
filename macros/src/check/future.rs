//! Functions that return a future in place of an `async fn`.

use highball_macro_stages::{errors::Errors, types::source_text};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, ReturnType, Signature, Type,
    TypeParamBound, punctuated::Punctuated, token::Plus,
};

/// Rejects `-> impl Future<Output = T>`, and a boxed future. The generated code awaits only an `async fn`.
pub(super) fn check_output(sig: &Signature, noun: &str, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &sig.output else {
        return;
    };
    let Some(output) = future_output(ty) else {
        return;
    };
    let (name, output) = (&sig.ident, source_text(output));
    let message = match sig.asyncness {
        Some(_) => format!("an `async fn` is a future already: write `-> {output}`"),
        None => format!(
            "{noun} that returns a future is an `async fn`: write `async fn {name}(..) -> {output}`"
        ),
    };
    errors.at(ty, message);
}

/// Returns whether the function returns a future.
pub(super) fn returns_future(sig: &Signature) -> bool {
    match &sig.output {
        ReturnType::Type(_, ty) => future_output(ty).is_some(),
        ReturnType::Default => false,
    }
}

/// Returns the `T` of `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>` or `BoxFuture<'_, T>`.
fn future_output(ty: &Type) -> Option<&Type> {
    match ty {
        Type::ImplTrait(ty) => bounds_output(&ty.bounds),
        Type::TraitObject(ty) => bounds_output(&ty.bounds),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(args) = &last.arguments else {
                return None;
            };
            match last.ident.to_string().as_str() {
                "Pin" | "Box" => future_output(type_arg(args)?),
                "BoxFuture" => type_arg(args),
                _ => None,
            }
        }
        _ => None,
    }
}

fn type_arg(args: &AngleBracketedGenericArguments) -> Option<&Type> {
    args.args.iter().find_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn bounds_output(bounds: &Punctuated<TypeParamBound, Plus>) -> Option<&Type> {
    let mut paths = bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    });
    let last = paths.find(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    args.args.iter().find_map(|arg| match arg {
        GenericArgument::AssocType(arg) if arg.ident == "Output" => Some(&arg.ty),
        _ => None,
    })
}
