//! The attribute macros of Highball; use them through the `highball` crate, which documents them.

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
    get: "Declares a route for GET, which also answers HEAD: `#[get(\"/users/{id}\")]`.",
    post: "Declares a route for POST: `#[post(\"/users\")]`.",
    put: "Declares a route for PUT: `#[put(\"/users/{id}\")]`.",
    patch: "Declares a route for PATCH: `#[patch(\"/users/{id}\")]`.",
    delete: "Declares a route for DELETE: `#[delete(\"/users/{id}\")]`.",
    head: "Declares a route for HEAD, in place of the one that GET brings.",
    options: "Declares a route for OPTIONS, in place of the automatic answer.",
    query: "Declares a route for QUERY: a safe request with a body.",
    any: "Declares a route for every method; a route that names the method comes first.",
    route: "Declares a route for some methods: `#[route(\"/x\", methods = [GET, \"PURGE\"])]`.",
}

/// Makes a group of routes: a tuple struct that lists them, an inline module or an impl block.
#[proc_macro_attribute]
pub fn routes(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    group::routes_attribute(args.into(), item.into()).into()
}

/// Makes a handler without a path: what a group answers where no route matches.
#[proc_macro_attribute]
pub fn fallback(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    route::fallback_attribute(args.into(), item.into()).into()
}

/// Makes a middleware: a function that wraps the rest of the chain.
#[proc_macro_attribute]
pub fn middleware(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attr::MIDDLEWARE
        .expand(args.into(), item.into())
        .into()
}

/// Makes a guard: a function that runs before a route, and provides a value or answers itself.
#[proc_macro_attribute]
pub fn guard(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    chain_attr::GUARD.expand(args.into(), item.into()).into()
}

/// Makes an observer: a plain function over each finished exchange.
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

/// Makes a link to a route: `url!(Api, show(42))`.
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
    Local(), local: "Lets values of a type travel along the chain, from a guard or a middleware to what is further in.",
    State(), state: "Lets handlers have each field of the app state by its type.",
    PathFields(), path_fields: "Lets a struct take the path parameters that its fields are named after.",
    IntoResponse(status, transparent, from, source), response: "Makes an enum of errors a response: `#[status(404, \"no such user\")]` on each variant.\n\nOn a field, `#[from]` converts the field's type by `?`, and `#[source]` does not; both make it the cause that is logged.",
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
