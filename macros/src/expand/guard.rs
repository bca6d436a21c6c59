//! The code for a guard: a part that provides a value or responds.

use highball_macro_stages::{
    function::{Arg, ArgKind, Function, output_span},
    types::{first_type, last_name},
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ReturnType, Type};

use super::{
    args,
    args::Generic,
    part::{Extraction, PartImpl, extract_args},
};
use crate::attr::PartArgs;

/// Returns all items that are generated for a guard.
pub(crate) fn guard(function: &Function, list: &[Arg], attr: &PartArgs) -> TokenStream {
    let provides = match &function.sig.output {
        ReturnType::Type(_, ty) => ok_type(ty).unwrap_or_else(|| (**ty).clone()),
        ReturnType::Default => syn::parse_quote!(()),
    };
    // A guard that changes the context or reads the body needs it alone, so it cannot run in parallel.
    let exclusive = list
        .iter()
        .any(|arg| matches!(arg.kind, ArgKind::ContextMut))
        || attr.body;
    let generic = Generic::of_block(function);
    let modes = list.iter().enumerate().filter(|(_, arg)| arg.is_extract());
    let modes = modes.map(|(idx, _)| args::mode_type(idx, generic));
    let part = PartImpl {
        function,
        attr,
        args: list,
        around: around_body(function, list, &provides, attr.body),
        check: (!exclusive).then(|| check_method(function, list, &provides)),
        observe: None,
        provides,
        kind: quote!(Guard),
        rejects: true,
        shares: quote!(!#exclusive #(&& <#modes>::IS != __hb::ASYNC)*),
    };
    part.expand()
}

/// Returns the `T` of `Result<T, E>`.
fn ok_type(output: &Type) -> Option<Type> {
    match output {
        Type::Path(path) if last_name(output)? == "Result" => first_type(&path.path),
        _ => None,
    }
}

/// Returns the future that runs the guard and then the rest of the chain.
fn around_body(function: &Function, list: &[Arg], provides: &Type, body: bool) -> TokenStream {
    let generic = Generic::of_block(function);
    let values = args::value_exprs(list, generic);
    let refuse = quote!(return __hb::IntoResponse::into_response(__rejection));
    let (lets, args) = extract_args(list, &values, Extraction::Async(generic), &refuse);
    let (item, verdict) = (skip_key(function), verdict_expr(function, &args, provides));
    let body = body.then(|| {
        let checks = args::head_checks(list);
        quote! {
            #(if let __hb::Err(__rejection) = #checks { #refuse })*
            let __ready = match __hb::buffer_body(__cx).await {
                __hb::Ok(__ready) => __ready,
                __hb::Err(__rejection) => #refuse,
            };
            let __env = __env.with_buffered(&__ready);
        }
    });
    quote! {
        async move {
            if __env.skips::<Self::Passes>(#item) {
                return __hb::Next::pass(__hb::Next::<Self::Passes>::skip(__next), __cx).await;
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

/// Returns the method that runs the guard in parallel with others, on a shared context.
fn check_method(function: &Function, list: &[Arg], provides: &Type) -> TokenStream {
    let values = args::value_exprs(list, Generic::of_block(function));
    let refuse = quote!(return __hb::Err(__hb::IntoResponse::into_response(__rejection)));
    let (lets, args) = extract_args(list, &values, Extraction::Sync, &refuse);
    let (item, verdict) = (skip_key(function), verdict_expr(function, &args, provides));
    quote! {
        fn check<'request>(
            &'static self,
            __cx: &__hb::Context<'_>,
            __env: __hb::Call<'request, __S>,
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

/// Returns the expression by which a test identifies a guard that it replaces: the function or the value.
fn skip_key(function: &Function) -> TokenStream {
    match function.owner {
        Some(_) => quote!(self),
        None => {
            let name = function.callee();
            quote!(&#name)
        }
    }
}

fn verdict_expr(function: &Function, args: &[TokenStream], provides: &Type) -> TokenStream {
    let name = function.callee();
    let wait = function.sig.asyncness.map(|_| quote!(.await));
    let is_result =
        matches!(&function.sig.output, ReturnType::Type(_, ty) if ok_type(ty).is_some());
    if !is_result {
        // `assert_passed` checks that it is a local.
        return quote!(__hb::Result::<_, __hb::Response>::Ok(#name(#(#args),*) #wait));
    }
    let into_result =
        quote_spanned!(output_span(&function.sig)=> __hb::GuardOutput::<#provides>::into_result);
    quote!(#into_result(#name(#(#args),*) #wait))
}
