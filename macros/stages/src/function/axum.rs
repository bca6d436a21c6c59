//! Arguments as users of axum write them: `State(db): State<Db>` and `Local(user): Local<User>`.

use std::mem;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, GenericArgument, ImplItemFn, Lifetime, Pat, PathArguments, Signature, Type};

use crate::{
    function::is_lint_attr,
    types::{highball_name, is_own},
};

/// Writes `Local<'_, User>` for each `Local<User>` in the arguments, and `Context<'_>` for `Context`: an `async fn`
/// cannot elide the lifetime (E0726).
pub fn add_lifetimes(sig: &mut Signature) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(arg) = input {
            add_context_lifetime(&mut arg.ty);
            add_local_lifetime(&mut arg.ty);
        }
    }
}

fn add_context_lifetime(ty: &mut Type) {
    // An `Exchange` that is not borrowed is an extractor of the user.
    let (ty, names) = match ty {
        Type::Reference(reference) => (&mut *reference.elem, &["Context", "Exchange"][..]),
        ty => (ty, &["Context"][..]),
    };
    let Type::Path(path) = ty else { return };
    if is_own(&path.path) {
        return;
    }
    let Some(last) = path.path.segments.last_mut() else {
        return;
    };
    if last.arguments.is_none() && names.iter().any(|name| last.ident == name) {
        let span = last.ident.span();
        last.arguments = PathArguments::AngleBracketed(syn::parse_quote_spanned!(span=> <'_>));
    }
}

fn add_local_lifetime(ty: &mut Type) {
    let Type::Path(path) = ty else { return };
    if is_own(&path.path) {
        return;
    }
    let Some(last) = path.path.segments.last_mut() else {
        return;
    };
    let PathArguments::AngleBracketed(args) = &mut last.arguments else {
        return;
    };
    if last.ident == "Local" && matches!(args.args.first(), Some(GenericArgument::Type(_))) {
        let lifetime = Lifetime::new("'_", last.ident.span());
        args.args.insert(0, GenericArgument::Lifetime(lifetime));
    }
    for arg in &mut args.args {
        if let GenericArgument::Type(ty) = arg {
            add_local_lifetime(ty);
        }
    }
}

/// Replaces each `State(pattern): State<T>` and `Local(pattern): Local<T>` by an argument without a pattern. Returns
/// the statements that bind the patterns, for the beginning of the body.
///
/// A `State` shares its value with other requests, so its pattern binds a clone, as it does in axum. The pattern of a
/// `Local` binds a reference. A public field was rejected: `id.0` of a `Local<'_, Id>` is the field of `Id`.
pub fn take_patterns(sig: &mut Signature) -> TokenStream {
    let mut statements = TokenStream::new();
    for (idx, input) in sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(arg) = input else { continue };
        let Some((pattern, span)) = inner_pattern(&arg.pat, &arg.ty) else {
            continue;
        };
        if matches!(pattern, Pat::Wild(_)) {
            *arg.pat = pattern;
            continue;
        }
        // rustc joins the spans of one hygiene only, and the name must not be visible to the user's code.
        let span = Span::mixed_site().located_at(span);
        let name = format_ident!("__arg_{idx}", span = span);
        let (lints, attrs) = mem::take(&mut arg.attrs)
            .into_iter()
            .partition(is_lint_attr);
        arg.attrs = attrs;
        let lints: Vec<_> = lints;
        statements.extend(quote_spanned!(span=> #(#lints)* let #pattern = #name.__bind();));
        *arg.pat = syn::parse_quote!(#name);
    }
    statements
}

/// Returns the pattern inside of `State(..)` or `Local(..)`, and the span of that word.
fn inner_pattern(pattern: &Pat, ty: &Type) -> Option<(Pat, Span)> {
    let Pat::TupleStruct(outer) = pattern else {
        return None;
    };
    let last = outer.path.segments.last()?;
    let is_wrapper = (last.ident == "State" || last.ident == "Local") && !is_own(&outer.path);
    if !is_wrapper || highball_name(ty) != Some(&last.ident) || outer.elems.len() != 1 {
        return None;
    }
    Some((outer.elems.first()?.clone(), last.ident.span()))
}

/// Returns the body with these statements at its beginning, behind its inner attributes.
pub fn prepend(statements: TokenStream, body: TokenStream) -> TokenStream {
    if statements.is_empty() {
        return body;
    }
    let tokens = body.into_iter().map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace => {
            let tokens: Vec<_> = group.stream().into_iter().collect();
            let (attrs, rest) = tokens.split_at(inner_attrs_len(&tokens));
            let stream = quote!(#(#attrs)* #statements #(#rest)*);
            let mut whole = proc_macro2::Group::new(group.delimiter(), stream);
            whole.set_span(group.span());
            TokenTree::Group(whole)
        }
        other => other,
    });
    tokens.collect()
}

/// Returns the number of tokens in the attributes `#![..]` at the beginning.
fn inner_attrs_len(tokens: &[TokenTree]) -> usize {
    let is_punct = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let attrs = tokens.chunks(3).take_while(|attr| match attr {
        [hash, bang, TokenTree::Group(_)] => is_punct(hash, '#') && is_punct(bang, '!'),
        _ => false,
    });
    attrs.count() * 3
}

/// Binds the patterns of a method in its body.
pub fn bind_patterns(method: &mut ImplItemFn) {
    let statements = take_patterns(&mut method.sig);
    let block: syn::Block = syn::parse_quote!({ #statements });
    method.block.stmts.splice(0..0, block.stmts);
}
