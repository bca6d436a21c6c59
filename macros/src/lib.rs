//! The macros of the Highball web framework.
//!
//! Use them through the crate `highball`, which re-exports them. Each macro is documented by a page in
//! `docs/attributes`. The modules below are the stages of an expansion: `attr`, `pattern`, `function` and `entry`
//! parse, `check` reports mistakes, `expand` generates code.

#![cfg_attr(docsrs, feature(doc_cfg))]

// The pages are included here and not on the re-exports in `highball`, for three reasons. An editor shows the text of
// the definition. rustdoc appends that text to the text of a re-export. A file outside the package would be missing
// from the published crate. The examples need `highball`, which depends on this crate, so they run as documentation
// tests of `highball`.

mod attr;
mod chain_attr;
mod check;
mod derive;
mod entry;
mod errors;
mod expand;
mod function;
mod group;
mod main_fn;
mod pattern;
mod route;
mod route_attrs;
mod runtime_path;
#[cfg(test)]
mod tests;
mod types;
mod url;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{
    chain_attr::ChainAttr,
    errors::Errors,
    function::{cfg_args::expand_each, with_function},
};

macro_rules! verbs {
    ($($name:ident: $doc:literal,)*) => {$(
        #[doc = $doc]
        #[doc = ""]
        #[doc = include_str!("../docs/attributes/route.md")]
        #[proc_macro_attribute]
        pub fn $name(
            args: proc_macro::TokenStream,
            item: proc_macro::TokenStream,
        ) -> proc_macro::TokenStream {
            let args: TokenStream = args.into();
            expand_each(item.into(), |item| {
                route::route_attribute(stringify!($name), args.clone(), item)
            })
            .into()
        }
    )*};
}

verbs! {
    get: "Declares a route for GET and HEAD: `#[get(\"/users/{id}\")]`.",
    post: "Declares a route for POST: `#[post(\"/users\")]`.",
    put: "Declares a route for PUT: `#[put(\"/users/{id}\")]`.",
    patch: "Declares a route for PATCH: `#[patch(\"/users/{id}\")]`.",
    delete: "Declares a route for DELETE: `#[delete(\"/users/{id}\")]`.",
    head: "Declares a route for HEAD, which replaces the one that `#[get]` declares.",
    options: "Declares a route for OPTIONS, which replaces the automatic response.",
    query: "Declares a route for QUERY, a safe method whose requests have a body.",
    any: "Declares a route for every method. Routes for a single method take precedence.",
    route: "Declares a route for several methods: `#[route(\"/x\", methods = [GET, \"PURGE\"])]`.",
}

#[doc = include_str!("../docs/attributes/routes.md")]
#[proc_macro_attribute]
pub fn routes(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    group::routes_attribute(args.into(), item.into()).into()
}

#[doc = include_str!("../docs/attributes/fallback.md")]
#[proc_macro_attribute]
pub fn fallback(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let args: TokenStream = args.into();
    expand_each(item.into(), |item| {
        route::fallback_attribute(args.clone(), item)
    })
    .into()
}

#[doc = include_str!("../docs/attributes/middleware.md")]
#[proc_macro_attribute]
pub fn middleware(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attribute(&chain_attr::MIDDLEWARE, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/attributes/guard.md")]
#[proc_macro_attribute]
pub fn guard(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attribute(&chain_attr::GUARD, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/attributes/observer.md")]
#[proc_macro_attribute]
pub fn observer(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attribute(&chain_attr::OBSERVER, args.into(), item.into()).into()
}

fn chain_attribute(attr: &ChainAttr, args: TokenStream, item: TokenStream) -> TokenStream {
    expand_each(item, |item| attr.expand(args.clone(), item))
}

#[doc = include_str!("../docs/attributes/main.md")]
#[proc_macro_attribute]
pub fn main(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let item: TokenStream = item.into();
    with_function(item, |function, errors| {
        main_fn::expand(args.into(), function, errors)
    })
    .into()
}

#[doc = include_str!("../docs/attributes/url.md")]
#[proc_macro]
pub fn url(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    url::expand(input.into()).into()
}

macro_rules! derives {
    ($($trait_name:ident($($attr:ident),*), $name:ident: $page:literal,)*) => {$(
        #[doc = include_str!(concat!("../docs/attributes/", $page))]
        #[proc_macro_derive($trait_name, attributes(highball, $($attr),*))]
        pub fn $name(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
            derive_with(input.into(), derive::$name).into()
        }
    )*

    /// Each derive with the attributes that it takes.
    #[cfg(test)]
    pub(crate) const DERIVES: &[(&str, &[&str])] =
        &[$((stringify!($trait_name), &["highball", $(stringify!($attr)),*])),*];
    };
}

derives! {
    Local(), local: "local.md",
    State(), state: "state.md",
    PathFields(), path_fields: "path_fields.md",
    IntoResponse(status, transparent, from, source), response: "into_response.md",
}

fn derive_with(
    input: TokenStream,
    expand: impl FnOnce(&DeriveInput, &mut Errors) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let code = errors
        .keep(syn::parse2(input))
        .map(|input| expand(&input, &mut errors));
    if errors.is_empty() {
        code.unwrap_or_default()
    } else {
        errors.into_tokens()
    }
}
