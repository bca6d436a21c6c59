//! The code for a middleware: a type without size that calls the function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;

use super::{args, args::Generic, private};
use crate::handler::{Arg, Function, output_span};

/// Returns everything beside the function itself.
pub(crate) fn expand(function: &Function, list: &[Arg], krate: Option<&Path>) -> TokenStream {
    let private = private(krate);
    let cfgs = function.cfgs();
    let (vis, name) = (&function.vis, &function.sig.ident);
    let modes = args::modes(list);
    let bounds = args::bounds(list, Generic::No);
    let values = args::values(list, Generic::No);
    let response = quote_spanned!(output_span(&function.sig)=> __hb::IntoResponse::into_response);
    let future = quote_spanned! {name.span()=>
        impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send
    };
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
            #modes
            #[automatically_derived]
            impl ::core::clone::Clone for #name {
                fn clone(&self) -> Self { *self }
            }
            #[automatically_derived]
            impl ::core::marker::Copy for #name {}
            #[automatically_derived]
            impl __hb::Wrap for #name {
                const NEW: Self = Self {};
            }
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
                    async move {
                        let __answer = async move {
                            __hb::Ok::<_, __hb::Rejection>(#response(#name(#(#values),*).await))
                        };
                        match __answer.await {
                            __hb::Ok(__response) => __response,
                            __hb::Err(__rejection) => __hb::IntoResponse::into_response(__rejection),
                        }
                    }
                }
            }
        };
    }
}
