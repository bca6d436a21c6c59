//! The code for a guard or a middleware: a type without size that calls the function.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, ReturnType};

use super::{args, args::Generic, private};
use crate::handler::{Arg, Function, Kind, first_span, last_name, output_span};

/// A guard or a middleware, of which `#[cfg]` or a mistake may leave less.
struct Part<'a> {
    function: &'a Function,
    krate: Option<&'a Path>,
    /// The type that it hands on.
    hands: TokenStream,
    checks: TokenStream,
    needs: TokenStream,
    bounds: TokenStream,
    future: TokenStream,
    body: TokenStream,
}

/// Returns what is left of one with a mistake: enough that nobody else has an error.
pub(crate) fn stub(function: &Function, krate: Option<&Path>) -> TokenStream {
    let part = Part {
        function,
        krate,
        hands: quote!(()),
        checks: TokenStream::new(),
        needs: quote!(&[]),
        bounds: TokenStream::new(),
        future: quote! {
            impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send
        },
        body: quote!(async move { __hb::Next::run(__next, __cx).await }),
    };
    part.expand()
}

/// Returns everything beside a middleware.
pub(crate) fn middleware(function: &Function, list: &[Arg], krate: Option<&Path>) -> TokenStream {
    let next = list.iter().find(|arg| matches!(arg.kind, Kind::Next));
    let hands = next.and_then(|next| handed(&next.ty));
    let body = around(function, list);
    expand(
        function,
        list,
        krate,
        hands.unwrap_or_else(|| quote!(())),
        body,
    )
}

/// Returns everything beside a guard.
pub(crate) fn guard(function: &Function, list: &[Arg], krate: Option<&Path>) -> TokenStream {
    let hands = match &function.sig.output {
        ReturnType::Type(_, ty) => {
            let ty = args::with_lifetime(ty, "'static");
            quote_spanned!(output_span(&function.sig)=> <#ty as __hb::Verdict>::Value)
        }
        ReturnType::Default => quote!(()),
    };
    expand(function, list, krate, hands, before(function, list))
}

fn expand(
    function: &Function,
    list: &[Arg],
    krate: Option<&Path>,
    hands: TokenStream,
    body: TokenStream,
) -> TokenStream {
    let part = Part {
        function,
        krate,
        hands,
        checks: args::modes(list, None),
        needs: args::needs(list, Generic::No),
        bounds: args::bounds(list, Generic::No),
        future: quote_spanned! {function.sig.ident.span()=>
            impl ::core::future::Future<Output = __hb::Response> + ::core::marker::Send
        },
        body,
    };
    part.expand()
}

/// Returns the `T` of `impl Next<T>`.
fn handed(next: &syn::Type) -> Option<TokenStream> {
    let syn::Type::ImplTrait(next) = next else {
        return None;
    };
    next.bounds.iter().find_map(|bound| match bound {
        syn::TypeParamBound::Trait(bound) => match &bound.path.segments.last()?.arguments {
            syn::PathArguments::AngleBracketed(args) => Some(args.args.first()?.to_token_stream()),
            _ => None,
        },
        _ => None,
    })
}

impl Part<'_> {
    fn expand(&self) -> TokenStream {
        let Self {
            function,
            krate,
            hands,
            checks,
            needs,
            bounds,
            future,
            body,
        } = self;
        let private = private(*krate);
        let cfgs = function.cfgs();
        let (vis, name) = (&function.vis, &function.sig.ident);
        let text = name.to_string();
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
                impl __hb::ChainPart for #name {
                    const PART: __hb::Part = __hb::Part {
                        name: ::core::concat!(::core::module_path!(), "::", #text),
                        needs: #needs,
                        hands: <#hands as __hb::Handed>::IDS,
                    };
                }
                #[automatically_derived]
                impl<__S: ::core::marker::Send + ::core::marker::Sync + 'static> __hb::Middleware<__S> for #name
                where #bounds
                {
                    type Hands = #hands;
                    #[allow(unused_variables)]
                    fn around<'__r>(
                        self,
                        __cx: &mut __hb::Context<'_>,
                        __env: __hb::Env<'__r, __S>,
                        __next: impl __hb::Next<Self::Hands>,
                    ) -> #future {
                        #body
                    }
                }
            };
        }
    }
}

/// Returns the future of a middleware, as it is where that will do: each layer around it would
/// count against the compiler's limit on nested types, once for every middleware of a chain.
fn around(function: &Function, list: &[Arg]) -> TokenStream {
    let name = &function.sig.ident;
    let values = args::values(list, Generic::No);
    let is_response = match &function.sig.output {
        ReturnType::Type(_, ty) => last_name(ty).is_some_and(|name| name == "Response"),
        ReturnType::Default => false,
    };
    if is_response && !list.iter().any(Arg::is_extract) {
        return quote!(#name(#(#values),*));
    }
    let respond = quote_spanned!(output_span(&function.sig)=> __hb::IntoResponse::into_response);
    let needs = args::needs(list, Generic::No);
    let (lets, args) = extracted(list, &values);
    quote! {
        async move {
            // What a guard would have provided is not there where no guard runs.
            if __env.is_miss() && __hb::asks(#needs) {
                return __hb::Next::run(__hb::Next::<Self::Hands>::skip(__next), __cx).await;
            }
            #lets
            #respond(#name(#(#args),*).await)
        }
    }
}

/// Returns the future of a guard and of what stands behind it.
fn before(function: &Function, list: &[Arg]) -> TokenStream {
    let name = &function.sig.ident;
    let values = args::values(list, Generic::No);
    let (lets, args) = extracted(list, &values);
    let wait = function.sig.asyncness.map(|_| quote!(.await));
    quote! {
        async move {
            if __env.is_miss() {
                return __hb::Next::run(__hb::Next::<Self::Hands>::skip(__next), __cx).await;
            }
            #lets
            match __hb::Verdict::open(#name(#(#args),*) #wait) {
                __hb::Ok(__value) => __hb::Next::run(__hb::Next::with(__next, __value), __cx).await,
                __hb::Err(__response) => __response,
            }
        }
    }
}

/// Returns statements that extract the arguments, and the arguments.
fn extracted(list: &[Arg], values: &[TokenStream]) -> (TokenStream, Vec<TokenStream>) {
    let mut lets = TokenStream::new();
    let mut args = Vec::new();
    for (idx, (arg, value)) in list.iter().zip(values).enumerate() {
        if !arg.is_extract() {
            args.push(value.clone());
            continue;
        }
        let ident = format_ident!("__arg_{idx}");
        lets.extend(quote! {
            let #ident = match #value {
                __hb::Ok(__value) => __value,
                __hb::Err(__rejection) => return __hb::IntoResponse::into_response(__rejection),
            };
        });
        args.push(quote_spanned!(first_span(&arg.ty)=> #ident));
    }
    (lets, args)
}
