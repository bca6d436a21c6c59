//! The code for `show::path(42)`, the link to a handler within its group. `url!` also calls it.
//!
//! The usual link is a method of a trait of the runtime, for which a handler only names the types of the parameters. A
//! link with a text is an inherent method, because that takes a `&str` of any lifetime.

use highball_macro_stages::{
    function::ArgKind,
    pattern::Pattern,
    types::{first_span, is_keyword, primitive_name, source_text},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Type, ext::IdentExt};

use super::handler::Handler;

/// The runtime has a trait for links with up to this many parameters.
const MAX_BY_TRAIT: usize = 6;

/// Returns the associated type of the link, and the impl with its method if that is an inherent one.
pub(super) fn link(handler: &Handler<'_>) -> (TokenStream, TokenStream) {
    let params = params(handler);
    let by_trait = params.iter().all(|(_, ty)| ty.is_some());
    if by_trait && params.len() <= MAX_BY_TRAIT {
        let types = params.iter().filter_map(|(_, ty)| ty.as_ref());
        // rustc reports here a type that is more private than the handler.
        let private = params.iter().filter_map(|(_, ty)| ty.as_ref());
        let mut private = private.filter(|ty| !is_primitive(ty));
        let span = private.next().map_or_else(Span::call_site, first_span);
        return (
            quote_spanned!(span=> type Link = (#(#types,)*);),
            TokenStream::new(),
        );
    }
    let (generics, types, bounds) = handler.generics();
    let (name, method) = (&handler.name, method(handler, &params, false));
    let method = quote! {
        #[automatically_derived]
        impl #generics #name #types where #bounds {
            #method
        }
    };
    (
        quote!(
            type Link = __hb::NoLink;
        ),
        method,
    )
}

fn is_primitive(ty: &TokenStream) -> bool {
    syn::parse2(ty.clone()).is_ok_and(|ty| primitive_name(&ty).is_some())
}

/// Returns the impl with the method of a handler with an error.
pub(super) fn stub(handler: &Handler<'_>) -> TokenStream {
    let (generics, types, bounds) = handler.generics();
    let mut params = params(handler);
    for (ident, ty) in &mut params {
        // The error may be in the type of the argument, so a link passes any value.
        if ty.is_none() && !takes_text(handler, &ident.unraw().to_string()) {
            *ty = Some(quote!(impl ::core::marker::Sized));
        }
    }
    let (name, method) = (&handler.name, method(handler, &params, true));
    quote! {
        impl #generics #name #types where #bounds {
            #method
        }
    }
}

fn method(handler: &Handler<'_>, params: &[LinkParam], is_stub: bool) -> TokenStream {
    let idents: Vec<_> = params.iter().map(|(ident, _)| ident).collect();
    let by_value = params.iter().filter_map(|(_, ty)| ty.as_ref());
    let by_value = by_value.filter(|_| !is_stub);
    let types = params.iter().map(|(_, ty)| match ty {
        Some(ty) => ty.clone(),
        None => quote!(&::core::primitive::str),
    });
    // Without a lifetime in the bound, rustc would check it at the definition and not where a link is written.
    let bounds = quote!(#(for<'__l> #by_value: __hb::LinkParam<'__l>,)*);
    let vis = &handler.function.vis;
    let doc = format!("Writes the path of `{}` within its group.", handler.name);
    let body = if is_stub {
        quote!({ #(let _ = #idents;)* __hb::String::new() })
    } else {
        quote!(__hb::write_link(<Self as __hb::Entry>::NODE, &[#(&#idents),*]))
    };
    quote! {
        #[doc = #doc]
        #[must_use]
        #[allow(unreachable_pub, clippy::too_many_arguments)]
        #vis fn path(#(#idents: #types),*) -> __hb::String where #bounds {
            #body
        }
    }
}

/// Returns whether the handler takes a parameter as text.
fn takes_text(handler: &Handler<'_>, name: &str) -> bool {
    let mut args = handler.args.iter();
    args.any(|arg| {
        let text = source_text(&arg.ty);
        arg.name == name && (text == "&str" || text == "String")
    })
}

/// The name and the type of a link's argument. Without a type it is text, a `&str` of any lifetime.
type LinkParam = (Ident, Option<TokenStream>);

/// Returns each argument of a link, in the order of the pattern.
fn params(handler: &Handler<'_>) -> Vec<LinkParam> {
    let none = Pattern::empty();
    let pattern = handler.pattern.unwrap_or(&none);
    pattern.names().map(|name| param(handler, name)).collect()
}

/// Returns an argument of a link: that of the handler, or text if the handler does not take it.
fn param(handler: &Handler<'_>, name: &str) -> LinkParam {
    let span = handler.function.sig.ident.span();
    let ident = match is_keyword(name) {
        true => Ident::new_raw(name, span),
        false => Ident::new(name, Span::call_site()),
    };
    let arg = handler
        .args
        .iter()
        .find(|arg| matches!(arg.kind, ArgKind::Param { .. }) && arg.name == name);
    let ty = match arg.map(|arg| &arg.ty) {
        Some(ty)
            if !matches!(ty, Type::Reference(_) | Type::ImplTrait(_))
                && source_text(ty) != "String" =>
        {
            Some(ty.to_token_stream())
        }
        _ => None,
    };
    (ident, ty)
}
