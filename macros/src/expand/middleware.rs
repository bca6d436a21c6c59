//! The code for a middleware.

use highball_macro_stages::{
    function::{Arg, ArgKind, Function, output_span},
    types::last_name,
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ReturnType;

use super::{
    args,
    args::Generic,
    part::{Extraction, PartImpl, extract_args},
};
use crate::{attr::PartArgs, check::next::passed_type};

/// Returns all items that are generated for a middleware.
pub(crate) fn middleware(function: &Function, list: &[Arg], attr: &PartArgs) -> TokenStream {
    let next = list.iter().find(|arg| matches!(arg.kind, ArgKind::Next));
    let provides = next.and_then(|next| passed_type(&next.ty));
    let around = around(function, list, provides.is_some());
    let part = PartImpl {
        function,
        attr,
        args: list,
        provides: provides.unwrap_or_else(|| syn::parse_quote!(())),
        kind: quote!(Middleware),
        rejects: false,
        shares: quote!(false),
        around,
        check: None,
        observe: None,
    };
    part.expand()
}

/// Returns the expression of the middleware's future. Where possible, it is the function's own future: each wrapper
/// would count against rustc's limit on nested types, once for every middleware of a chain.
fn around(function: &Function, list: &[Arg], provides: bool) -> TokenStream {
    let (name, generic) = (function.callee(), Generic::of_block(function));
    let values = args::value_exprs(list, generic);
    let is_response = match &function.sig.output {
        ReturnType::Type(_, ty) => last_name(ty).is_some_and(|name| name == "Response"),
        ReturnType::Default => false,
    };
    if is_response && !provides && !list.iter().any(Arg::is_extract) {
        return quote!(#name(#(#values),*));
    }
    let respond = quote_spanned!(output_span(&function.sig)=> __hb::IntoResponse::into_response);
    let known = args::known_arguments(list, generic);
    let stands_in = provides.then(|| quote!(|| __env.stands_in::<Self::Passes>()));
    let refuse = quote!(return __hb::IntoResponse::into_response(__rejection));
    let (lets, args) = extract_args(list, &values, Extraction::Async(generic), &refuse);
    quote! {
        async move {
            // On a miss no guard runs, so a middleware that requires a local is skipped. It is also skipped if a test
            // provides the value that it would provide.
            if __env.is_miss() && const { __hb::needs_locals(#known) } #stands_in {
                return __hb::Next::pass(__hb::Next::<Self::Passes>::skip(__next), __cx).await;
            }
            #lets
            #respond(#name(#(#args),*).await)
        }
    }
}
