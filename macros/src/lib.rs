//! The macros of the Highball web framework.
//!
//! Use them through the crate `highball`, which re-exports and documents them. The modules below are the stages of an
//! expansion: `attr`, `pattern`, `function` and `entry` parse, `check` reports mistakes, `expand` generates code.

#![cfg_attr(docsrs, feature(doc_cfg))]

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
mod types;
mod url;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{errors::Errors, function::with_function};

macro_rules! verbs {
    ($($name:ident: $doc:literal,)*) => {$(
        #[doc = $doc]
        #[proc_macro_attribute]
        pub fn $name(
            args: proc_macro::TokenStream,
            item: proc_macro::TokenStream,
        ) -> proc_macro::TokenStream {
            route::route_attribute(stringify!($name), args.into(), item.into()).into()
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

/// Declares a group of routes: a tuple struct that lists them, an inline module or an impl block.
#[proc_macro_attribute]
pub fn routes(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    group::routes_attribute(args.into(), item.into()).into()
}

/// Declares a handler without a path, which responds if no route of a group matches.
#[proc_macro_attribute]
pub fn fallback(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    route::fallback_attribute(args.into(), item.into()).into()
}

/// Declares a middleware: a function that wraps the rest of the chain.
#[proc_macro_attribute]
pub fn middleware(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attr::MIDDLEWARE
        .expand(args.into(), item.into())
        .into()
}

/// Declares a guard: a function that runs before a handler, and provides a value or rejects the request.
#[proc_macro_attribute]
pub fn guard(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attr::GUARD.expand(args.into(), item.into()).into()
}

/// Declares an observer: a function that is called with each finished exchange.
#[proc_macro_attribute]
pub fn observer(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attr::OBSERVER.expand(args.into(), item.into()).into()
}

/// Runs an async `main` on Highball's runtime.
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

/// Returns the URL of a route: `url!(Api, show(42))`.
#[proc_macro]
pub fn url(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    url::expand(input.into()).into()
}

macro_rules! derives {
    ($($trait_name:ident($($attr:ident),*), $name:ident: $doc:literal,)*) => {$(
        #[doc = $doc]
        #[proc_macro_derive($trait_name, attributes(highball, $($attr),*))]
        pub fn $name(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
            derive_with(input.into(), derive::$name).into()
        }
    )*};
}

derives! {
    Local(), local: "Allows guards and middleware to provide values of a type to the rest of the chain.",
    State(), state: "Makes each field of the app state available to handlers by its type.",
    PathFields(), path_fields: "Makes a struct an extractor of the path parameters that its fields are named after.",
    IntoResponse(status, transparent, from, source), response: "Converts an enum of errors to responses: `#[status(404, \"no such user\")]` on each variant.\n\nOn a field, `#[from]` and `#[source]` mark the cause of the error, which is logged. `#[from]` also generates the conversion for `?`.",
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
