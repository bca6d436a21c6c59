//! Return types that borrow, such as `&str`.
//!
//! A response owns its text. rustc would report a missing lifetime first (E0106), and then generated code.

use highball_macro_stages::{
    errors::Errors,
    types::{last_name, source_text},
};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type};

/// Reports borrowed text in the return type of a handler. Returns whether there is none.
pub(crate) fn check_borrow(sig: &Signature, errors: &mut Errors) -> bool {
    let ReturnType::Type(_, ty) = &sig.output else {
        return true;
    };
    let mut found = Vec::new();
    borrowed(ty, &mut found);
    for ty in &found {
        errors.at(ty, message(ty));
    }
    found.is_empty()
}

fn message(ty: &Type) -> String {
    let shown = source_text(ty);
    match is_str(ty) {
        true => format!(
            "a response owns its text, and `{shown}` borrows: write `String`, or `&'static str` for text of the program"
        ),
        false => {
            format!("a response owns its bytes, and `{shown}` borrows: write `Bytes` or `Vec<u8>`")
        }
    }
}

/// Collects the borrowed text in the places of a return type that have to be responses.
fn borrowed<'a>(ty: &'a Type, found: &mut Vec<&'a Type>) {
    match ty {
        Type::Reference(reference) => {
            let lifetime = reference.lifetime.as_ref();
            let is_static = lifetime.is_some_and(|lifetime| lifetime.ident == "static");
            if !is_static && (is_str(ty) || matches!(*reference.elem, Type::Slice(_))) {
                found.push(ty);
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| borrowed(ty, found)),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return;
            };
            // `Json<&str>` is valid: only these pass their types on as responses.
            let wrappers = [
                "Option",
                "Result",
                "Either",
                "Created",
                "Accepted",
                "WithStatus",
                "Conditional",
                "Attachment",
            ];
            if let PathArguments::AngleBracketed(args) = &last.arguments
                && wrappers.iter().any(|name| last.ident == name)
            {
                for arg in &args.args {
                    if let GenericArgument::Type(ty) = arg {
                        borrowed(ty, found);
                    }
                }
            }
        }
        _ => {}
    }
}

fn is_str(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => last_name(&reference.elem).is_some_and(|name| name == "str"),
        _ => false,
    }
}

/// Returns whether rustc would miss a lifetime in the return type: it has an elided one, and not exactly one argument
/// has a lifetime.
pub(crate) fn lacks_lifetime(sig: &Signature) -> bool {
    let ReturnType::Type(_, ty) = &sig.output else {
        return false;
    };
    if sig.receiver().is_some() || !lifetimes(ty).contains(&None) {
        return false;
    }
    let mut found: Vec<_> = sig.inputs.iter().flat_map(lifetimes).collect();
    found.sort();
    found.dedup_by(|a, b| a.is_some() && a == b);
    found.len() != 1
}

/// Returns the lifetimes in the tokens, and `None` for each elided one.
fn lifetimes(tokens: &impl ToTokens) -> Vec<Option<String>> {
    let mut found = Vec::new();
    collect(tokens.to_token_stream(), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<Option<String>>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut after_and = false;
    while let Some(token) = tokens.next() {
        let is_punct = |sign| matches!(&token, TokenTree::Punct(punct) if punct.as_char() == sign);
        if is_punct('\'') {
            let name = tokens.next().map(|name| name.to_string());
            found.push(name.filter(|name| name != "_"));
            after_and = false;
            continue;
        }
        if after_and {
            found.push(None);
        }
        after_and = is_punct('&');
        if let TokenTree::Group(group) = token {
            collect(group.stream(), found);
        }
    }
}
