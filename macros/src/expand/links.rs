//! The code for `show::path(42)`, the link to a handler within its group. `url!` also calls it.
//!
//! The usual link is a method of a trait of the runtime, for which a handler only names the types of the parameters. A
//! link with a text is an inherent method, because that takes a `&str` of any lifetime.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Type;

use super::handler::Handler;
use crate::{function::ArgKind, pattern::Pattern, types::source_text};

/// The runtime has a trait for links with up to this many parameters.
const MAX_BY_TRAIT: usize = 6;

/// Returns the type of the link, and the impl with its method if that is an inherent one.
pub(super) fn link(handler: &Handler<'_>) -> (TokenStream, TokenStream) {
    let params = params(handler);
    let by_trait = params.iter().all(|(_, ty)| !is_text(ty));
    if by_trait && params.len() <= MAX_BY_TRAIT {
        let types = params.iter().map(|(_, ty)| ty);
        return (quote!((#(#types,)*)), TokenStream::new());
    }
    let (generics, types, bounds) = handler.generics();
    let (name, method) = (&handler.name, method(handler, &params, false));
    let method = quote! {
        #[automatically_derived]
        impl #generics #name #types where #bounds {
            #method
        }
    };
    (quote!(__hb::NoLink), method)
}

/// Returns the impl with the method of a handler with an error.
pub(super) fn stub(handler: &Handler<'_>) -> TokenStream {
    let (generics, types, bounds) = handler.generics();
    let (name, method) = (&handler.name, method(handler, &params(handler), true));
    quote! {
        impl #generics #name #types where #bounds {
            #method
        }
    }
}

fn method(handler: &Handler<'_>, params: &[(Ident, TokenStream)], is_stub: bool) -> TokenStream {
    let idents: Vec<_> = params.iter().map(|(ident, _)| ident).collect();
    let types: Vec<_> = params.iter().map(|(_, ty)| ty).collect();
    let by_value = types.iter().filter(|ty| !is_text(ty));
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

/// Returns the name and type of each argument of a link, in the order of the pattern.
fn params(handler: &Handler<'_>) -> Vec<(Ident, TokenStream)> {
    let none = Pattern::empty();
    let pattern = handler.pattern.unwrap_or(&none);
    pattern.names().map(|name| param(handler, name)).collect()
}

/// Returns whether the argument is text, which a link takes as a `&str` of any lifetime.
fn is_text(ty: &TokenStream) -> bool {
    ty.to_string() == "& str"
}

/// Returns the name and type of a link's argument: those of the handler, or text if the handler does not take it.
fn param(handler: &Handler<'_>, name: &str) -> (Ident, TokenStream) {
    let span = handler.function.sig.ident.span();
    let ident = syn::parse_str::<Ident>(name).unwrap_or_else(|_| Ident::new_raw(name, span));
    let arg = handler
        .args
        .iter()
        .find(|arg| matches!(arg.kind, ArgKind::Param { .. }) && arg.name == name);
    let ty = match arg.map(|arg| &arg.ty) {
        Some(ty)
            if !matches!(ty, Type::Reference(_) | Type::ImplTrait(_))
                && source_text(ty) != "String" =>
        {
            ty.to_token_stream()
        }
        _ => quote!(&str),
    };
    (ident, ty)
}
