//! The macros of the Highball web framework.
//!
//! Use them through the crate `highball`, which re-exports them. `attr`, `pattern`, `function` and `entry` parse,
//! `check` reports mistakes, `expand` generates code, and the other modules are the attributes, which call these.

#![cfg_attr(docsrs, feature(doc_cfg))]

// The pages are included here, where an editor finds them, and are inside the package, so that they are published.
// Their examples need `highball`, which depends on this crate, so they run as documentation tests of `highball`.

mod attr;
mod bodies;
mod chain_attr;
mod check;
mod derive;
mod entry;
mod expand;
mod group;
mod main_fn;
mod route;
mod route_attrs;
mod schemas;
#[cfg(test)]
mod tests;
mod url;

use highball_macro_stages::fragments;
use proc_macro::TokenStream;

/// Declares the attributes. Each is documented by its page.
macro_rules! attributes {
    ($($name:ident, $page:literal $(, $doc:literal)?: $expand:expr;)*) => {$(
        $(#[doc = $doc] #[doc = ""])?
        #[doc = include_str!(concat!("../docs/attributes/", $page))]
        #[proc_macro_attribute]
        pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
            $expand(fragments::in_args(args.into()), fragments::in_item(item.into())).into()
        }
    )*};
}

attributes! {
    get, "route.md", "Declares a route for GET and HEAD: `#[get(\"/users/{id}\")]`.": route::verb("get");
    post, "route.md", "Declares a route for POST: `#[post(\"/users\")]`.": route::verb("post");
    put, "route.md", "Declares a route for PUT: `#[put(\"/users/{id}\")]`.": route::verb("put");
    patch, "route.md", "Declares a route for PATCH: `#[patch(\"/users/{id}\")]`.": route::verb("patch");
    delete, "route.md", "Declares a route for DELETE: `#[delete(\"/users/{id}\")]`.": route::verb("delete");
    head, "route.md", "Declares a route for HEAD, which replaces the one that `#[get]` declares.": route::verb("head");
    options, "route.md", "Declares a route for OPTIONS, which replaces the automatic response.": route::verb("options");
    query, "route.md", "Declares a route for QUERY, a safe method whose requests have a body.": route::verb("query");
    any, "route.md", "Declares a route for every method. Routes for a single method take precedence.": route::verb("any");
    route, "route.md", "Declares a route for several methods: `#[route(\"/x\", methods = [GET, \"PURGE\"])]`.": route::verb("route");
    fallback, "fallback.md": route::fallback;
    routes, "routes.md": group::routes;
    middleware, "middleware.md": chain_attr::middleware;
    guard, "guard.md": chain_attr::guard;
    observer, "observer.md": chain_attr::observer;
    main, "main.md": main_fn::expand;
}

#[doc = include_str!("../docs/attributes/url.md")]
#[proc_macro]
pub fn url(input: TokenStream) -> TokenStream {
    url::expand(fragments::in_args(input.into())).into()
}

/// Declares the derives, with the attributes that each takes apart from `#[highball(..)]`.
macro_rules! derives {
    ($($trait_name:ident($($attr:ident),*), $name:ident: $page:literal,)*) => {$(
        #[doc = include_str!(concat!("../docs/attributes/", $page))]
        #[proc_macro_derive($trait_name, attributes(highball, $($attr),*))]
        pub fn $name(input: TokenStream) -> TokenStream {
            derive::expand(fragments::in_type(input.into()), derive::$name).into()
        }
    )*

    #[cfg(test)]
    const DERIVES: &[(&str, &[&str])] =
        &[$((stringify!($trait_name), &["highball", $(stringify!($attr)),*])),*];
    };
}

derives! {
    Local(local), local: "local.md",
    State(), state: "state.md",
    PathFields(), path_fields: "path_fields.md",
    IntoResponse(status, transparent, from, source), response: "into_response.md",
}
