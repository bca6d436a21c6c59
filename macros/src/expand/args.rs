//! Arguments: how each is made, and what is checked of its type.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Lifetime, Type};

use crate::{
    check::primitive,
    handler::{Arg, Kind, first_span, shown},
};

/// Where the code about an argument stands: a generic handler's types are known only when it is
/// listed, so nothing of them can be checked in a constant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generic {
    No,
    Yes,
}

/// Returns the type with this lifetime wherever the user left it out or gave it a name.
pub(crate) fn with_lifetime(ty: &Type, name: &str) -> TokenStream {
    let lifetime = Lifetime::new(name, Span::call_site());
    rewrite(ty.to_token_stream(), &lifetime)
}

fn rewrite(tokens: TokenStream, lifetime: &Lifetime) -> TokenStream {
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
                let inner = rewrite(group.stream(), lifetime);
                let mut whole = Group::new(group.delimiter(), inner);
                whole.set_span(group.span());
                // An invisible group would hide the lifetime from what follows.
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

/// Returns the name of the constant that says which kind of extractor an argument is.
fn mode(idx: usize, generic: Generic) -> TokenStream {
    match generic {
        Generic::No => {
            let name = format_ident!("__MODE_{idx}");
            quote!(#name)
        }
        Generic::Yes => quote!({ __hb::SYNC }),
    }
}

/// Returns constants about the extractors, and the checks that need no state.
pub(crate) fn modes(args: &[Arg]) -> TokenStream {
    let extractors = args.iter().enumerate().filter(|(_, arg)| arg.is_extract());
    let mut earlier: Vec<TokenStream> = Vec::new();
    let mut out = TokenStream::new();
    for (idx, arg) in extractors {
        let span = first_span(&arg.ty);
        let ty = with_lifetime(&arg.ty, "'static");
        let name = format_ident!("__MODE_{idx}");
        let message = not_extractor(arg);
        out.extend(quote_spanned! {span=>
            const #name: u8 = __hb::Probe::<#ty>::MODE | __hb::ProbeAsync::<#ty>::MODE;
            const _: () = __hb::assert_extractor(#name, #message);
        });
        if !earlier.is_empty() {
            let message = second_body(arg);
            out.extend(quote_spanned! {span=>
                const _: () = __hb::assert_one_body(
                    false #(|| #earlier)*, __hb::Probe::<#ty>::BODY, #message
                );
            });
        }
        earlier.push(quote!(__hb::Probe::<#ty>::BODY));
    }
    out
}

/// Returns checks that no extractor takes the body, which only the handler reads.
pub(crate) fn headers_only(args: &[Arg]) -> TokenStream {
    let extractors = args.iter().filter(|arg| arg.is_extract());
    let checks = extractors.map(|arg| {
        let ty = with_lifetime(&arg.ty, "'static");
        let message = format!(
            "`{}` takes the request's body, which is read behind the middleware, for the handler: leave it to the handler",
            shown(&arg.ty)
        );
        quote_spanned! {first_span(&arg.ty)=>
            const _: () = __hb::assert_one_body(true, __hb::Probe::<#ty>::BODY, #message);
        }
    });
    checks.collect()
}

fn not_extractor(arg: &Arg) -> String {
    let (name, ty) = (&arg.name, shown(&arg.ty));
    let named = if name.is_empty() {
        format!("`{ty}`")
    } else {
        format!("`{name}: {ty}`")
    };
    format!(
        "{named} is neither a parameter of the path nor an extractor; write `{{{name}}}` in the path, `Json<{ty}>`, `Query<{ty}>` or `State<{ty}>` here, or implement `Extract` for `{ty}`",
        name = if name.is_empty() { "name" } else { name },
    )
}

fn second_body(arg: &Arg) -> String {
    format!(
        "`{}` takes the request's body, and so does an argument before it; a body can be read once, so keep one of them",
        shown(&arg.ty)
    )
}

/// Returns the bounds on the state `__S` that the arguments need.
pub(crate) fn bounds(args: &[Arg], generic: Generic) -> TokenStream {
    let bounds = args.iter().enumerate().map(|(idx, arg)| match arg.kind {
        Kind::Extract => {
            let (ty, mode) = (with_lifetime(&arg.ty, "'__r"), mode(idx, generic));
            quote_spanned!(first_span(&arg.ty)=> for<'__r> __S: __hb::Need<'__r, #mode, #ty>,)
        }
        Kind::Receiver => {
            let ty = &arg.ty;
            quote!(__S: __hb::Provide<#ty>,)
        }
        _ => TokenStream::new(),
    });
    bounds.collect()
}

/// Returns the expression that makes each argument, in order, from `__cx` and `__env`; that of an
/// extractor is a `Result`.
pub(crate) fn values(args: &[Arg], generic: Generic) -> Vec<TokenStream> {
    args.iter()
        .enumerate()
        .map(|(idx, arg)| value(idx, arg, generic))
        .collect()
}

fn value(idx: usize, arg: &Arg, generic: Generic) -> TokenStream {
    let span = first_span(&arg.ty);
    let (name, ty) = (&arg.name, &arg.ty);
    let expected = primitive(ty).unwrap_or_default();
    let is_text = matches!(ty, Type::Reference(_));
    match arg.kind {
        Kind::Param { back } if is_text => quote_spanned!(span=> __env.head.param_from_end(#back)),
        Kind::Param { back } => {
            quote_spanned!(span=> __hb::param::<#ty>(__env.head, #back, #name, #expected)?)
        }
        Kind::OuterParam if is_text => {
            quote_spanned!(span=> __hb::param_text(__env.head, #name))
        }
        Kind::OuterParam => {
            quote_spanned!(span=> __hb::param_named::<#ty>(__env.head, #name, #expected)?)
        }
        Kind::ContextMut => quote_spanned!(span=> __cx),
        Kind::ContextRef => quote_spanned!(span=> &*__cx),
        Kind::Next => quote_spanned!(span=> __next),
        Kind::Receiver => quote!(__env.state::<#ty>()),
        Kind::Extract => {
            let (ty, mode) = (with_lifetime(ty, "'__r"), mode(idx, generic));
            quote_spanned!(span=> <__S as __hb::Need<'__r, #mode, #ty>>::extract(__env))
        }
    }
}

/// Returns the constants `BODY` and `PREPARE` of an endpoint.
pub(crate) fn constants(args: &[Arg], generic: Generic) -> TokenStream {
    let extractors: Vec<_> = args
        .iter()
        .enumerate()
        .filter(|(_, arg)| arg.is_extract())
        .collect();
    if extractors.is_empty() {
        return TokenStream::new();
    }
    let types: Vec<_> = extractors
        .iter()
        .map(|(_, arg)| with_lifetime(&arg.ty, "'static"))
        .collect();
    let modes: Vec<_> = extractors
        .iter()
        .map(|(idx, _)| mode(*idx, generic))
        .collect();
    let body = match generic {
        Generic::No => quote!(false #(|| __hb::Probe::<#types>::BODY)*),
        Generic::Yes => quote!(false #(|| <#types as __hb::Extract<'static>>::BODY)*),
    };
    quote! {
        const BODY: bool = #body;
        const PREPARE: &'static [__hb::Option<__hb::Prepare<__S>>] =
            &[#(<__S as __hb::Need<'static, #modes, #types>>::PREPARE),*];
    }
}
