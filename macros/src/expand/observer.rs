//! The code for an observer: a part that is called with each finished exchange.

use highball_macro_stages::{
    function::{Arg, Function},
    types::{first_span, source_text},
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    args,
    args::Generic,
    check_name,
    part::{Extraction, PartImpl, extract_args},
};
use crate::attr::PartArgs;

/// Returns all items that are generated for an observer.
pub(crate) fn observer(function: &Function, list: &[Arg], attr: &PartArgs) -> TokenStream {
    let part = PartImpl {
        function,
        attr,
        args: list,
        provides: syn::parse_quote!(()),
        kind: quote!(Observer),
        rejects: false,
        shares: quote!(false),
        around: TokenStream::new(),
        check: None,
        observe: Some(observe(function, list)),
    };
    part.expand()
}

/// Returns the checks of an observer's arguments, and the impl that calls it.
fn observe(function: &Function, list: &[Arg]) -> TokenStream {
    let (name, callee) = (function.type_name(), function.callee());
    let bounds = args::state_bounds(list, Generic::No);
    let checks = list.iter().enumerate().filter(|(_, arg)| arg.is_extract());
    let checks = checks.map(|(idx, arg)| {
        let (mode, text) = (args::mode_type(idx, Generic::No), source_text(&arg.ty));
        let ty = args::with_lifetime(&arg.ty, "'static");
        let check = check_name(format_args!("argument_{idx}"));
        quote_spanned! {first_span(&arg.ty)=>
            #[allow(dead_code)]
            const #check: () = __hb::assert_observer(#text, #mode::IS, __hb::Probe::<#ty>::NEEDS);
        }
    });
    let values = args::value_exprs(list, Generic::No);
    let (lets, args) = extract_args(list, &values, Extraction::Sync, &quote!(return));
    quote! {
        #(#checks)*
        #[automatically_derived]
        impl<__S: __hb::SharedValue> __hb::Observer<__S> for #name
        where #bounds
        {
            #[allow(unused_variables)]
            fn observe<'request>(
                &'static self,
                __exchange: &__hb::Exchange<'_>,
                __env: __hb::Call<'request, __S>,
            ) {
                #lets
                #callee(#(#args),*);
            }
        }
    }
}
