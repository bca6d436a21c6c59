//! The code for arguments: the expression of each, and the checks of its type.

use highball_macro_stages::{
    function::{Arg, ArgKind, Function},
    types::{first_span, is_bare_name, source_text},
};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Generics, Lifetime, Type, WherePredicate};

use super::check_name;
use crate::check::spelling::is_extractor_name;

/// Whether the function or its impl block is generic. The types of generic code are known only where it is listed, so
/// no constant can check them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generic {
    No,
    Yes,
}

impl Generic {
    /// Returns whether the impl block of a guard or a middleware is generic.
    pub(crate) fn of_block(function: &Function) -> Self {
        match function.generics.params.is_empty() {
            true => Self::No,
            false => Self::Yes,
        }
    }
}

/// Returns the type with `name` in place of each elided or named lifetime.
pub(crate) fn with_lifetime(ty: &Type, name: &str) -> TokenStream {
    let lifetime = Lifetime::new(name, Span::call_site());
    replace_lifetimes(ty.to_token_stream(), &lifetime)
}

fn replace_lifetimes(tokens: TokenStream, lifetime: &Lifetime) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let name = tokens.next();
                if name
                    .as_ref()
                    .is_some_and(|name| name.to_string() == "static")
                {
                    out.extend([
                        TokenTree::Punct(punct),
                        name.unwrap_or_else(|| unreachable!()),
                    ]);
                } else {
                    lifetime.to_tokens(&mut out);
                }
            }
            // An elided lifetime gets the name; after `&'a` the arm above replaces the name.
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                out.extend([TokenTree::Punct(punct)]);
                let named = tokens
                    .peek()
                    .is_some_and(|next| matches!(next, TokenTree::Punct(p) if p.as_char() == '\''));
                if !named {
                    lifetime.to_tokens(&mut out);
                }
            }
            TokenTree::Group(group) => {
                let inner = replace_lifetimes(group.stream(), lifetime);
                let mut whole = Group::new(group.delimiter(), inner);
                whole.set_span(group.span());
                // A group without delimiters would separate the lifetime from the type that follows it.
                if group.delimiter() == Delimiter::None {
                    out.extend(whole.stream());
                } else {
                    out.extend([TokenTree::Group(whole)]);
                }
            }
            other => out.extend([other]),
        }
    }
    out
}

/// Returns the type that selects how an argument is extracted: without waiting, or asynchronously.
pub(crate) fn mode_type(idx: usize, generic: Generic) -> TokenStream {
    match generic {
        Generic::No => {
            // rustc prints it: "evaluation of `_::argument_0::{constant#0}` failed here".
            let name = format_ident!("argument_{idx}", span = Span::call_site());
            quote!(#name)
        }
        Generic::Yes => quote!(__hb::Mode<{ __hb::SYNC }>),
    }
}

/// Returns the modes of a part's extractors, with the checks that do not depend on the state. `shared` is whether the
/// whole body is in memory.
pub(crate) fn mode_items(args: &[Arg], shared: bool) -> TokenStream {
    let extractors = args.iter().enumerate().filter(|(_, arg)| arg.is_extract());
    let items = extractors.map(|(idx, arg)| {
        let ty = with_lifetime(&arg.ty, "'static");
        let mode = mode_type(idx, Generic::No);
        let (name, shown) = (&arg.name, source_text(&arg.ty));
        let local = local_probe(&arg.ty);
        quote_spanned! {first_span(&arg.ty)=>
            type #mode = __hb::Mode<{
                __hb::part_argument(
                    __hb::Probe::<#ty>::KIND,
                    __hb::ProbeAsync::<#ty>::KIND #local,
                    #name,
                    #shown,
                    #shared,
                )
            }>;
        }
    });
    items.collect()
}

/// Returns what is appended to the properties of an argument that may be a local without its `Local`. Other arguments
/// do without this probe, because it costs compile time.
pub(super) fn local_probe(ty: &Type) -> TokenStream {
    let named = match ty {
        Type::Reference(reference) => &reference.elem,
        ty => ty,
    };
    if !is_bare_name(named) || is_extractor_name(named) {
        return TokenStream::new();
    }
    quote_spanned!(first_span(ty)=> .or_local(__hb::LocalProbe::<#named>::IS_LOCAL))
}

/// Returns the bounds on the state `__S` that the arguments require.
pub(crate) fn state_bounds(args: &[Arg], generic: Generic) -> TokenStream {
    bounds_on_state(args, generic, quote!(Argument))
}

/// Like [`state_bounds`], for functions that may await their extractors.
pub(crate) fn async_state_bounds(args: &[Arg], generic: Generic) -> TokenStream {
    bounds_on_state(args, generic, quote!(AsyncArgument))
}

fn bounds_on_state(args: &[Arg], generic: Generic, need: TokenStream) -> TokenStream {
    let bounds = args.iter().enumerate().map(|(idx, arg)| match arg.kind {
        // Whether a part can be configured like this is checked where it is used.
        ArgKind::PartSelf | ArgKind::Config { .. } => {
            quote!(for<'request> Self: ::core::marker::Send + ::core::marker::Sync,)
        }
        ArgKind::Extract => {
            let (ty, mode) = (with_lifetime(&arg.ty, "'request"), mode_type(idx, generic));
            quote_spanned!(first_span(&arg.ty)=> for<'request> __S: __hb::#need<'request, #mode, #ty>,)
        }
        _ => TokenStream::new(),
    });
    bounds.collect()
}

/// Returns the expression of each argument, in order, in terms of `__cx` and `__env`. The expression of an extractor
/// is a `Result`.
pub(crate) fn value_exprs(args: &[Arg], generic: Generic) -> Vec<TokenStream> {
    args.iter()
        .enumerate()
        .map(|(idx, arg)| value_expr(idx, arg, generic))
        .collect()
}

fn value_expr(idx: usize, arg: &Arg, generic: Generic) -> TokenStream {
    let span = first_span(&arg.ty);
    let (name, ty) = (&arg.name, &arg.ty);
    // With the span of the argument, rustc reports a type mismatch there and not in the macro.
    let own = |name: &str| generated_ident(name, span);
    match arg.kind {
        // Only a handler has a path and a receiver.
        ArgKind::Param { .. } | ArgKind::OuterParam | ArgKind::HandlerSelf => TokenStream::new(),
        ArgKind::ContextMut => own("__cx").to_token_stream(),
        ArgKind::ContextRef => {
            let cx = own("__cx");
            quote_spanned!(span=> &*#cx)
        }
        ArgKind::Next => own("__next").to_token_stream(),
        ArgKind::Exchange => own("__exchange").to_token_stream(),
        ArgKind::PartSelf => quote!(self),
        ArgKind::Config { by_ref } => {
            let mut field = config_field(name);
            field.set_span(field.span().located_at(span));
            let this = own("self");
            match by_ref {
                true => quote_spanned!(span=> &#this.#field),
                false => quote_spanned!(span=> __hb::copy_config(&#this.#field)),
            }
        }
        ArgKind::Extract => {
            let (ty, mode) = (with_lifetime(ty, "'request"), mode_type(idx, generic));
            let env = own("__env");
            quote_spanned!(span=> <__S as __hb::Argument<'request, #mode, #ty>>::extract(#env))
        }
    }
}

/// Returns the expressions by which each extractor checks the head of the request.
pub(crate) fn head_checks(args: &[Arg]) -> Vec<TokenStream> {
    let extractors = args.iter().enumerate().filter(|(_, arg)| arg.is_extract());
    let checks = extractors.map(|(idx, arg)| {
        let (ty, mode) = (
            with_lifetime(&arg.ty, "'static"),
            mode_type(idx, Generic::No),
        );
        quote!(<__S as __hb::Argument<'static, #mode, #ty>>::check_head(__env))
    });
    checks.collect()
}

/// Returns an identifier of the generated code that is located at the user's code. With the user's own span it would
/// be a different name if a `macro_rules!` macro had passed that code on.
pub(crate) fn generated_ident(name: &str, at: Span) -> Ident {
    Ident::new(name, Span::call_site().located_at(at))
}

/// Returns the expression that awaits an extractor.
pub(crate) fn async_value_expr(idx: usize, arg: &Arg, generic: Generic) -> TokenStream {
    let (ty, mode) = (with_lifetime(&arg.ty, "'_"), mode_type(idx, generic));
    let span = first_span(&arg.ty);
    let [cx, env] = ["__cx", "__env"].map(|name| generated_ident(name, span));
    quote_spanned! {span=>
        <__S as __hb::AsyncArgument<'_, #mode, #ty>>::extract_async(#cx, #env).await
    }
}

/// Returns the check that a guard with `body` has an argument that takes the body.
pub(crate) fn assert_body(args: &[Arg], at: Span) -> TokenStream {
    let types = args.iter().filter(|arg| arg.is_extract());
    let types: Vec<_> = types.map(|arg| with_lifetime(&arg.ty, "'static")).collect();
    let check = check_name("the_body");
    quote_spanned! {at=>
        #[allow(dead_code)]
        const #check: () = __hb::assert_body(&[
            #((__hb::Probe::<#types>::KIND, __hb::ProbeAsync::<#types>::KIND)),*
        ]);
    }
}

/// Returns the name of the field that stores a configured value.
pub(crate) fn config_field(name: &str) -> Ident {
    format_ident!("__{name}")
}

/// Returns the fields that store the configured values, with their types.
pub(crate) fn config_fields(args: &[Arg]) -> Vec<(Ident, TokenStream)> {
    let configured = args.iter().filter_map(|arg| match (&arg.kind, &arg.ty) {
        (ArgKind::Config { by_ref: true }, Type::Reference(reference)) => {
            Some((arg, with_lifetime(&reference.elem, "'static")))
        }
        (ArgKind::Config { .. }, ty) => Some((arg, with_lifetime(ty, "'static"))),
        _ => None,
    });
    configured
        .map(|(arg, ty)| (config_field(&arg.name), ty))
        .collect()
}

/// Returns the needs and the facts of the extractors among the arguments, as constant data.
pub(crate) fn known_arguments(args: &[Arg], generic: Generic) -> TokenStream {
    let known = args.iter().filter(|arg| arg.is_extract()).map(|arg| {
        let ty = with_lifetime(&arg.ty, "'static");
        match generic {
            Generic::No => quote! {
                __hb::known_argument(
                    __hb::Probe::<#ty>::KIND,
                    __hb::Probe::<#ty>::KNOWN,
                    __hb::ProbeAsync::<#ty>::KNOWN,
                )
            },
            Generic::Yes => quote! {
                <__hb::Extracted<__hb::Mode<{ __hb::SYNC }>, #ty> as __hb::Described>::KNOWN
            },
        }
    });
    quote!(&[#(#known),*])
}

/// Returns the bounds of the where clause, without those on lifetimes.
pub(super) fn where_bounds(generics: &Generics) -> TokenStream {
    let clause = generics.where_clause.as_ref();
    let Some(predicates) = clause.map(|clause| &clause.predicates) else {
        return TokenStream::new();
    };
    let kept = predicates
        .iter()
        .filter(|predicate| !matches!(predicate, WherePredicate::Lifetime(_)));
    quote!(#(#kept,)*)
}
