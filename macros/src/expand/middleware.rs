//! The code for a middleware: a type without size that calls the function.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Path, ReturnType};

use super::{args, args::Generic, private};
use crate::handler::{Arg, Function, last_name, output_span};

/// Returns what is left of a middleware with a mistake: enough that nobody else has an error.
pub(crate) fn stub(function: &Function, krate: Option<&Path>) -> TokenStream {
    let rest = quote!(async move { __hb::Next::run(__next, __cx).await });
    let future = quote! {
        impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send
    };
    around(
        function,
        krate,
        &TokenStream::new(),
        &TokenStream::new(),
        &future,
        &rest,
    )
}

/// Returns everything beside the function itself.
pub(crate) fn expand(function: &Function, list: &[Arg], krate: Option<&Path>) -> TokenStream {
    let name = &function.sig.ident;
    let modes = args::modes(list, None);
    let bounds = args::bounds(list, Generic::No);
    let values = args::values(list, Generic::No);
    let body = body(function, list, &values);
    let future = quote_spanned! {name.span()=>
        impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send
    };
    around(function, krate, &modes, &bounds, &future, &body)
}

/// The type of a middleware, and what it does around the rest.
fn around(
    function: &Function,
    krate: Option<&Path>,
    checks: &TokenStream,
    bounds: &TokenStream,
    future: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let private = private(krate);
    let cfgs = function.cfgs();
    let (vis, name) = (&function.vis, &function.sig.ident);
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
        #vis struct #name {}
        #(#cfgs)*
        #[allow(deprecated, unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            use #private as __hb;
            use __hb::NoExtractor as _;
            #checks
            #[automatically_derived]
            impl<__S: ::core::marker::Send + ::core::marker::Sync + 'static> __hb::Middleware<__S> for #name
            where #bounds
            {
                #[allow(unused_variables)]
                fn around<'__r>(
                    self,
                    __cx: &mut __hb::Context<'_>,
                    __env: __hb::Env<'__r, __S>,
                    __next: impl __hb::Next,
                ) -> #future {
                    #body
                }
            }
        };
    }
}

/// Returns the future of the function, as it is where that will do: each layer around it would
/// count against the compiler's limit on nested types, once for every middleware of a chain.
fn body(function: &Function, list: &[Arg], values: &[TokenStream]) -> TokenStream {
    let name = &function.sig.ident;
    let is_response = match &function.sig.output {
        ReturnType::Type(_, ty) => last_name(ty).is_some_and(|name| name == "Response"),
        ReturnType::Default => false,
    };
    if is_response && !list.iter().any(Arg::is_extract) {
        return quote!(#name(#(#values),*));
    }
    let respond = quote_spanned!(output_span(&function.sig)=> __hb::IntoResponse::into_response);
    let idents: Vec<_> = (0..list.len())
        .map(|idx| format_ident!("__arg_{idx}"))
        .collect();
    let lets = list
        .iter()
        .zip(&idents)
        .zip(values)
        .filter(|((arg, _), _)| arg.is_extract());
    let lets = lets.map(|((_, ident), value)| {
        quote! {
            let #ident = match #value {
                __hb::Ok(__value) => __value,
                __hb::Err(__rejection) => return __hb::IntoResponse::into_response(__rejection),
            };
        }
    });
    let args = list
        .iter()
        .zip(&idents)
        .zip(values)
        .map(|((arg, ident), value)| {
            if arg.is_extract() {
                quote!(#ident)
            } else {
                value.clone()
            }
        });
    quote! {
        async move {
            #(#lets)*
            #respond(#name(#(#args),*).await)
        }
    }
}
