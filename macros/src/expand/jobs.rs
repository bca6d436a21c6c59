//! The code for `jobs(..)`: the consumers of an app, and the checks of its jobs.

use highball_macro_stages::types::first_span;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

use super::check_name;
use crate::attr::JobsExpr;

/// Returns the items for the consumers of an app.
pub(super) fn of_app(jobs: &JobsExpr, ty: &Type) -> TokenStream {
    let infos = jobs.consumers.iter().map(|path| {
        let span = first_span(path);
        quote_spanned!(span=> <#path as __hb::Consumer>::INFO)
    });
    let nested = |rest, path| quote!((#path, #rest));
    let list = jobs.consumers.iter().rev().fold(quote!(()), nested);
    let (elsewhere, checks) = (&jobs.elsewhere, checks(jobs));
    quote! {
        const __CONSUMERS: &'static [__hb::ConsumerInfo] = &[#(#infos),*];
        const __ELSEWHERE: &'static [&'static ::core::primitive::str] = &[#(#elsewhere),*];
        #checks
        #[automatically_derived]
        impl __hb::Consumers for #ty {
            type List = #list;
            const INFOS: &'static [__hb::ConsumerInfo] = __CONSUMERS;
            const ELSEWHERE: &'static [&'static ::core::primitive::str] = __ELSEWHERE;
        }
    }
}

/// Returns the statics with the reports of an app with `n_entries` entries, which visit its routes once.
pub(super) fn reports(jobs: &JobsExpr, n_entries: usize) -> TokenStream {
    let n_names = jobs.consumers.len() + jobs.elsewhere.len();
    quote! {
        static __CHECKED: __hb::CheckedApp<#n_entries, #n_names> =
            __hb::check_with_jobs(&__NODE, __CONSUMERS, __ELSEWHERE);
        static __REPORTS: [__hb::Report; #n_entries] = __CHECKED.entries;
    }
}

/// Returns a constant for each name, whose evaluation fails at the name if there is a mistake.
fn checks(jobs: &JobsExpr) -> TokenStream {
    let consumers = jobs.consumers.iter().map(first_span);
    let elsewhere = jobs.elsewhere.iter().map(syn::LitStr::span);
    let spans = consumers.chain(elsewhere).enumerate();
    let checks = spans.map(|(idx, span)| {
        let check = check_name(format_args!("job_{idx}"));
        quote_spanned! {span=>
            #[allow(dead_code)]
            const #check: () = __hb::assert_job(&__CHECKED.names, #idx);
        }
    });
    checks.collect()
}
