//! The code for `jobs(..)`: the consumers of an app.

use highball_macro_stages::types::first_span;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

use crate::attr::JobsExpr;

/// Returns the items for the consumers of an app.
pub(super) fn of_app(jobs: &JobsExpr, ty: &Type) -> TokenStream {
    let infos = jobs.consumers.iter().map(|path| {
        let span = first_span(path);
        quote_spanned!(span=> <#path as __hb::Consumer>::INFO)
    });
    let nested = |rest, path| quote!((#path, #rest));
    let list = jobs.consumers.iter().rev().fold(quote!(()), nested);
    let elsewhere = &jobs.elsewhere;
    quote! {
        const __CONSUMERS: &'static [__hb::ConsumerInfo] = &[#(#infos),*];
        const __ELSEWHERE: &'static [&'static ::core::primitive::str] = &[#(#elsewhere),*];
        #[automatically_derived]
        impl __hb::Consumers for #ty {
            type List = #list;
            const INFOS: &'static [__hb::ConsumerInfo] = __CONSUMERS;
            const ELSEWHERE: &'static [&'static ::core::primitive::str] = __ELSEWHERE;
        }
    }
}
