//! The argument `next` of a middleware, and how its body uses it.
//!
//! Each mistake is corrected in the code that is emitted, so that the compiler has nothing to add.

use highball_macro_stages::{
    errors::Errors,
    types::{first_type, last_name, source_text},
};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::{FnArg, Pat, Signature, Type, TypeParam, TypeParamBound};

/// Reports the mistakes in the argument `next`, and corrects them. `body` is the function's body, in braces.
pub(crate) fn correct(sig: &mut Signature, body: TokenStream, errors: &mut Errors) -> TokenStream {
    let Some((name, ty)) = sig.inputs.iter_mut().find_map(next_arg) else {
        return body;
    };
    if let Type::Path(path) = &*ty {
        let message = format!(
            "`{}` is a trait: write `{name}: impl {}`",
            source_text(path),
            source_text(path)
        );
        errors.at(path, message);
        *ty = syn::parse_quote!(impl #path);
    }
    let Some(value) = passed_type(ty) else {
        return body;
    };
    let is_run = count(body.clone(), &name, |rest| is_call(rest, "run")) > 0;
    // Any other use may bind the name to a value that has been passed on.
    let is_other = |rest: &[TokenTree]| !is_call(rest, "run") && !is_call(rest, "with");
    if !is_run || count(body.clone(), &name, is_other) > 0 {
        return body;
    }
    let message = format!(
        "this middleware must pass a `{}` on before it runs the rest: write `{name}.with(value).run(cx)`",
        source_text(&value)
    );
    with_skip(body, &name, &message, errors)
}

/// Returns the name and the type of the argument, written as `impl Next` or, as in axum, as `Next`.
fn next_arg(input: &mut FnArg) -> Option<(String, &mut Type)> {
    let FnArg::Typed(arg) = input else {
        return None;
    };
    let is_next = match &*arg.ty {
        Type::ImplTrait(_) => true,
        ty => last_name(ty).is_some_and(|name| name == "Next"),
    };
    match &*arg.pat {
        Pat::Ident(pat) if is_next => Some((pat.ident.to_string(), &mut arg.ty)),
        _ => None,
    }
}

/// Returns the `T` of `impl Next<T>`.
pub(crate) fn passed_type(next: &Type) -> Option<Type> {
    let Type::ImplTrait(next) = next else {
        return None;
    };
    next.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => first_type(&bound.path),
        _ => None,
    })
}

/// Returns whether a type parameter is bound by `Next`.
pub(super) fn is_bound_by_next(param: &TypeParam) -> bool {
    param.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| last.ident == "Next")
        }
        _ => false,
    })
}

/// Counts the uses of a variable for which the tokens that follow satisfy a condition.
fn count(tokens: TokenStream, name: &str, condition: fn(&[TokenTree]) -> bool) -> usize {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let uses = tokens.iter().enumerate().map(|(idx, token)| match token {
        TokenTree::Group(group) => count(group.stream(), name, condition),
        TokenTree::Ident(word) if word == name => usize::from(condition(&tokens[idx + 1..])),
        _ => 0,
    });
    uses.sum()
}

/// Returns whether the tokens call this method.
fn is_call(tokens: &[TokenTree], method: &str) -> bool {
    matches!(
        tokens,
        [TokenTree::Punct(dot), TokenTree::Ident(word), TokenTree::Group(_), ..]
            if dot.as_char() == '.' && word == method
    )
}

/// Reports each `run` of the variable, and makes the call valid for every type.
fn with_skip(tokens: TokenStream, name: &str, message: &str, errors: &mut Errors) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    for (idx, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let inner = with_skip(group.stream(), name, message, errors);
                let mut changed = Group::new(group.delimiter(), inner);
                changed.set_span(group.span());
                out.extend([TokenTree::Group(changed)]);
            }
            TokenTree::Ident(word) if word == name && is_call(&tokens[idx + 1..], "run") => {
                errors.at(&tokens[idx + 2], message);
                out.extend(quote!(#word.skip()));
            }
            other => out.extend([other.clone()]),
        }
    }
    out
}
