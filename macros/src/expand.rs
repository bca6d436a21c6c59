//! From models to code. Everything has been checked before, so nothing here can fail.

pub(crate) mod args;
mod cfg;
mod definition;
pub(crate) mod group;
pub(crate) mod guard;
pub(crate) mod handler;
mod jobs;
mod lifetimes;
mod links;
pub(crate) mod middleware;
pub(crate) mod observer;
pub(crate) mod part;
mod pattern;
mod payloads;
mod slo;
pub(crate) mod sources;
pub(crate) mod static_output;
mod value_facts;
mod with;

use std::fmt::Display;

use highball_macro_stages::types::first_span;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::attr::{Csrf, Priority, RouteOptions, Slash};

/// Returns the name of a constant that is only a check. rustc prints it at the end of an error:
/// "evaluation of `_::check_of_argument_1` failed here". A lint for names does not apply to an identifier of the macro.
pub(crate) fn check_name(subject: impl Display) -> Ident {
    format_ident!("check_of_{subject}", span = Span::call_site())
}

/// Returns the options of a route or a group as constant data.
fn route_options(options: &RouteOptions) -> TokenStream {
    let slash = options.slash.map(|slash| match slash {
        Slash::Strict => quote!(slash: __hb::Some(__hb::Slash::Strict),),
        Slash::Redirect => quote!(slash: __hb::Some(__hb::Slash::Redirect),),
        Slash::Ignore => quote!(slash: __hb::Some(__hb::Slash::Ignore),),
    });
    let finish = options
        .finish_on_disconnect
        .map(|finish| quote!(finish: __hb::Some(#finish),));
    let priority = options.priority.map(|priority| match priority {
        Priority::Critical => quote!(priority: __hb::Some(__hb::Priority::Critical),),
        Priority::Normal => quote!(priority: __hb::Some(__hb::Priority::Normal),),
        Priority::Background => quote!(priority: __hb::Some(__hb::Priority::Background),),
    });
    let csrf = options.csrf.as_ref().map(|csrf| match csrf {
        Csrf::Off(reason) => quote!(csrf: __hb::Some(__hb::Csrf::Off(#reason)),),
        Csrf::Strict => quote!(csrf: __hb::Some(__hb::Csrf::Strict),),
    });
    let dual_write = options.dual_write.as_ref();
    let dual_write = dual_write.map(|reason| quote!(dual_write: __hb::Some(#reason),));
    let admin = options.admin.then(|| quote!(admin: true,));
    let exposed = options.exposed.as_ref();
    let exposed = exposed.map(|reason| quote!(exposed: __hb::Some(#reason),));
    let set = quote!(#slash #finish #priority #csrf #dual_write #admin #exposed);
    match set.is_empty() {
        true => quote!(__hb::RouteOptions::NONE),
        false => quote!(__hb::RouteOptions { #set ..__hb::RouteOptions::NONE }),
    }
}

/// Returns the impl of `Endpoint` with this chain. Everything that depends on the state is in its bound, so the
/// compiler checks it where the app gets its state.
fn endpoint(
    ty: &TokenStream,
    params: &TokenStream,
    bounds: &TokenStream,
    chain: &TokenStream,
) -> TokenStream {
    let state = state_param(&[ty, params, bounds, chain]);
    let params = params.clone().into_iter();
    // The parameters come with their brackets.
    let params: Vec<_> = params.collect();
    let inner = match params.as_slice() {
        [_, inner @ .., _] => inner,
        _ => &[],
    };
    // rustc points at these two if the state has no value for an argument.
    let span = first_span(ty);
    let endpoint = quote_spanned!(span=> __hb::Endpoint<#state>);
    let is_chain = quote_spanned!(span=> __hb::Chain<#state>);
    quote! {
        #[automatically_derived]
        impl<#state: __hb::SharedValue, #(#inner)*> #endpoint for #ty
        where
            #chain: #is_chain,
            #bounds
        {
            fn chain() -> impl __hb::Chain<#state> {
                __hb::chain_of::<#chain, #state>()
            }
        }
    }
}

/// Returns the name of the type parameter for the state of the app, which errors show: "the trait
/// `Endpoint<AnyState>` is implemented for `Api`". If the code of the user has this name, it is another one.
fn state_param(code: &[&TokenStream]) -> Ident {
    let name = "AnyState";
    let is_taken = code.iter().any(|code| code.to_string().contains(name));
    Ident::new(if is_taken { "__S" } else { name }, Span::call_site())
}

/// Returns a name that rustc prints in an error, for a constant or a static of a part.
pub(crate) fn shown_name(noun: &str, shown: &str) -> Ident {
    format_ident!("{noun}{shown}", span = Span::call_site())
}
