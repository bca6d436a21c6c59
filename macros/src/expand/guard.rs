//! The code for a guard: a part that provides a value or answers.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ReturnType, Type};

use super::{
    args,
    args::Generic,
    middleware::{Part, Waits, extracted, first_type},
};
use crate::{
    attr::RouteArgs,
    function::{Arg, Function, Kind, output_span},
    types::last_name,
};

/// Returns everything beside a guard.
pub(crate) fn guard(function: &Function, list: &[Arg], attr: &RouteArgs) -> TokenStream {
    let hands = match &function.sig.output {
        ReturnType::Type(_, ty) => provided(ty).unwrap_or_else(|| (**ty).clone()),
        ReturnType::Default => syn::parse_quote!(()),
    };
    let exclusive = list.iter().any(|arg| matches!(arg.kind, Kind::ContextMut)) || attr.body;
    let generic = Generic::of(function);
    let modes = list.iter().enumerate().filter(|(_, arg)| arg.is_extract());
    let modes = modes.map(|(idx, _)| args::mode(idx, generic));
    let part = Part {
        function,
        attr,
        args: list,
        around: before(function, list, &hands, attr.body),
        check: (!exclusive).then(|| check(function, list, &hands)),
        observe: None,
        hands,
        kind: quote!(Guard),
        shares: quote!(!#exclusive #(&& <#modes>::IS != __hb::ASYNC)*),
    };
    part.expand()
}

/// Returns the `T` of `Result<T, E>`.
fn provided(output: &Type) -> Option<Type> {
    match output {
        Type::Path(path) if last_name(output)? == "Result" => first_type(&path.path),
        _ => None,
    }
}

/// Returns the future of a guard and of what stands behind it.
fn before(function: &Function, list: &[Arg], hands: &Type, body: bool) -> TokenStream {
    let generic = Generic::of(function);
    let values = args::values(list, generic);
    let refuse = quote!(return __hb::IntoResponse::into_response(__rejection));
    let (lets, args) = extracted(list, &values, Waits::Yes(generic), &refuse);
    let (item, verdict) = (item(function), verdict(function, &args, hands));
    let body = body.then(|| {
        let checks = args::head_checks(list);
        quote! {
            #(if let __hb::Err(__rejection) = #checks { #refuse })*
            let __ready = match __hb::peek(__cx).await {
                __hb::Ok(__ready) => __ready,
                __hb::Err(__rejection) => #refuse,
            };
            let __env = __env.with_ready(&__ready);
        }
    });
    quote! {
        async move {
            if __env.skips::<Self::Hands>(#item) {
                return __hb::Next::pass(__hb::Next::<Self::Hands>::skip(__next), __cx).await;
            }
            #body
            #lets
            match #verdict {
                __hb::Ok(__value) => __hb::Next::pass(__hb::Next::with(__next, __value), __cx).await,
                __hb::Err(__response) => __response,
            }
        }
    }
}

/// Returns how a guard is asked beside others.
fn check(function: &Function, list: &[Arg], hands: &Type) -> TokenStream {
    let values = args::values(list, Generic::of(function));
    let refuse = quote!(return __hb::Err(__hb::IntoResponse::into_response(__rejection)));
    let (lets, args) = extracted(list, &values, Waits::No, &refuse);
    let (item, verdict) = (item(function), verdict(function, &args, hands));
    quote! {
        fn check<'__r>(
            &'static self,
            __cx: &__hb::Context<'_>,
            __env: __hb::Env<'__r, __S>,
        ) -> impl ::core::future::Future<Output = __hb::Result<__hb::Option<Self::Value>, __hb::Response>>
             + ::core::marker::Send {
            async move {
                if __env.skips::<Self::Value>(#item) {
                    return __hb::Ok(__hb::None);
                }
                #lets
                __hb::Result::map(#verdict, __hb::Some)
            }
        }
    }
}

/// Returns what a test names to leave the guard out: its function, or its value.
fn item(function: &Function) -> TokenStream {
    match function.owner {
        Some(_) => quote!(self),
        None => {
            let name = function.callee();
            quote!(&#name)
        }
    }
}

fn verdict(function: &Function, args: &[TokenStream], hands: &Type) -> TokenStream {
    let name = function.callee();
    let wait = function.sig.asyncness.map(|_| quote!(.await));
    let open = quote_spanned!(output_span(&function.sig)=> __hb::Verdict::<#hands>::open);
    quote!(#open(#name(#(#args),*) #wait))
}
