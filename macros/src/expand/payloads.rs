//! The code by which a visitor sees the types of a route's bodies. Only the feature `schemas` generates it, because it
//! costs compile time in every route.

use highball_macro_stages::{
    function::{ArgKind, output_span},
    types::{contains_impl_trait, first_span, highball_name, last_name, mentions, type_arguments},
};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReturnType, Type};

use super::{args::with_lifetime, handler::Handler};
use crate::{attr::AnswersExpr, schemas::is_on};

/// An impl that shows types.
struct Impl<'a> {
    /// The trait, with its method.
    of: (TokenStream, TokenStream),
    ty: TokenStream,
    /// The parameters with their brackets, and the bounds.
    params: TokenStream,
    bounds: TokenStream,
    /// The types that are shown if they have payloads.
    shown: Vec<&'a Type>,
}

/// Returns the impl for a handler.
pub(super) fn of_handler(handler: &Handler<'_>) -> TokenStream {
    if !is_on() || handler.pattern.is_none() {
        return TokenStream::new();
    }
    let generic = handler.type_params();
    let arguments = handler.args.iter().filter(|arg| arg.is_extract());
    let mut shown: Vec<&Type> = arguments.map(|arg| &arg.ty).collect();
    shown.retain(|ty| may_have_payloads(ty, &generic));
    let types = types(handler, &shown);
    if let ReturnType::Type(_, output) = &handler.function.sig.output {
        shown.push(output);
        // `Result<T, E>` shows only `T`, because most errors have no payloads.
        if last_name(output).is_some_and(|name| name == "Result") {
            shown.extend(type_arguments(output).nth(1));
        }
    }
    let stated = handler.attr.answers.iter();
    shown.extend(stated.flat_map(AnswersExpr::types));
    shown.retain(|ty| may_have_payloads(ty, &generic));
    let accepted = handler.attr.answers.is_none().then(|| {
        let ty = handler.returned_type();
        // A handler can set any status through the context.
        let mut args = handler.args.iter();
        let returned = match args.any(|arg| matches!(arg.kind, ArgKind::ContextMut)) {
            true => quote!(__hb::Returned<true, &'static mut __hb::Context<'static>>),
            false => {
                quote!(__hb::Returned<{ __hb::ResponseProbe::<#ty>::ANSWERS.is_opaque() }, #ty>)
            }
        };
        // rustc points at the return type if a strict document refuses it.
        quote_spanned!(output_span(&handler.function.sig)=> #returned: __hb::AcceptedBy<__V>,)
    });
    let payloads = of_route(handler, shown, accepted);
    quote!(#payloads #types)
}

/// Returns the impl by which a test sees the types of these arguments and of the response.
fn types(handler: &Handler<'_>, arguments: &[&Type]) -> TokenStream {
    let (params, own, bounds) = handler.generics();
    let (name, output) = (&handler.name, handler.returned_type());
    let list = arguments.iter().rev().fold(quote!(()), |rest, ty| {
        let owned = with_lifetime(ty, "'static");
        quote!((#owned, #rest))
    });
    quote! {
        #[automatically_derived]
        impl #params __hb::RouteTypes<#list, #output> for #name #own where #bounds {}
    }
}

/// Returns the impl for a handler with an error, which shows nothing.
pub(super) fn of_stub(handler: &Handler<'_>) -> TokenStream {
    match is_on() && handler.pattern.is_some() {
        true => of_route(handler, Vec::new(), None),
        false => TokenStream::new(),
    }
}

fn of_route(
    handler: &Handler<'_>,
    shown: Vec<&Type>,
    accepted: Option<TokenStream>,
) -> TokenStream {
    let (params, own, bounds) = handler.generics();
    let name = &handler.name;
    expand(&Impl {
        of: (quote!(RoutePayloads), quote!(show_all)),
        ty: quote!(#name #own),
        params,
        bounds: quote!(#accepted #bounds),
        shown,
    })
}

/// Returns the impl for a group with this list of entries.
pub(super) fn of_group(ty: &TokenStream, list: &TokenStream) -> TokenStream {
    if !is_on() {
        return TokenStream::new();
    }
    quote! {
        #[automatically_derived]
        impl<__V> __hb::RoutePayloads<__V> for #ty
        where
            #list: __hb::RoutePayloads<__V>,
        {
            fn show_all(__visitor: &mut __V) {
                <#list as __hb::RoutePayloads<__V>>::show_all(__visitor);
            }
        }
    }
}

/// Returns whether the spelling of a type leaves it open whether it has payloads.
fn may_have_payloads(ty: &Type, generic: &[&Ident]) -> bool {
    let is_state = highball_name(ty).is_some_and(|name| name == "State" || name == "Local");
    let is_named = matches!(ty, Type::Path(_) | Type::Tuple(_));
    is_named && !is_state && !contains_impl_trait(ty) && !mentions(ty, generic)
}

fn expand(code: &Impl<'_>) -> TokenStream {
    let Impl {
        of: (of, method),
        ty,
        params,
        bounds,
        shown,
    } = code;
    let shown: Vec<_> = shown
        .iter()
        .map(|ty| {
            let owned = with_lifetime(ty, "'static");
            // rustc points at the type if it has no schema.
            quote_spanned! {first_span(ty)=>
                __hb::Shown<{ __hb::PayloadsProbe::<(#owned,)>::IS }, #owned>
            }
        })
        .collect();
    let bound = shown.iter().map(|ty| quote!(#ty: __hb::Payloads<__V>,));
    let tokens: Vec<_> = params.clone().into_iter().collect();
    // The parameters come with their brackets.
    let inner = match tokens.as_slice() {
        [_, inner @ .., _] => inner,
        _ => &[],
    };
    let probe = (!shown.is_empty()).then(|| {
        quote!(
            use __hb::NoPayloads as _;
        )
    });
    quote! {
        #probe
        #[automatically_derived]
        impl<__V, #(#inner)*> __hb::#of<__V> for #ty
        where
            #(#bound)*
            #bounds
        {
            #[allow(unused_variables)]
            fn #method(__visitor: &mut __V) {
                #(<#shown as __hb::Payloads<__V>>::show(__visitor);)*
            }
        }
    }
}
