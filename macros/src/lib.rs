//! The attribute macros of Highball; use them through the `highball` crate, which documents them.

mod attr;
mod check;
mod derive;
mod errors;
mod expand;
mod group;
mod handler;
mod main_fn;
mod part;
mod pattern;
mod url;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::{
    attr::{GroupArgs, RouteArgs},
    errors::Errors,
    expand::handler::Handler,
    handler::Function,
    pattern::Pattern,
};

macro_rules! verbs {
    ($($name:ident: $doc:literal,)*) => {$(
        #[doc = $doc]
        #[proc_macro_attribute]
        pub fn $name(
            args: proc_macro::TokenStream,
            item: proc_macro::TokenStream,
        ) -> proc_macro::TokenStream {
            route_attribute(stringify!($name), args.into(), item.into()).into()
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
    routes_attribute(args.into(), item.into()).into()
}

/// Makes a handler without a path: what a group answers where no route matches.
#[proc_macro_attribute]
pub fn fallback(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    fallback_attribute(args.into(), item.into()).into()
}

/// Makes a middleware: a function that wraps the rest of the chain.
#[proc_macro_attribute]
pub fn middleware(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    part::MIDDLEWARE.expand(args.into(), item.into()).into()
}

/// Makes a guard: a function that runs before a route, and provides a value or answers itself.
#[proc_macro_attribute]
pub fn guard(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    part::GUARD.expand(args.into(), item.into()).into()
}

/// Makes an observer: a plain function over each finished exchange.
#[proc_macro_attribute]
pub fn observer(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    part::OBSERVER.expand(args.into(), item.into()).into()
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

/// Expands a function; where its signature cannot be read, it stays as it is, with the error.
fn with_function(
    item: TokenStream,
    expand: impl FnOnce(&Function, &mut Errors) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let code = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => match function.sig.receiver() {
            None => expand(&function, &mut errors),
            Some(receiver) => {
                errors.at(
                    receiver,
                    "a method takes requests only in an impl block of routes: put `#[routes(..)]` on the `impl`, or make it a function outside",
                );
                item
            }
        },
        Err(error) => {
            errors.push(error);
            item
        }
    };
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

fn route_attribute(name: &str, args: TokenStream, item: TokenStream) -> TokenStream {
    with_function(item, |function, errors| {
        let own = function.to_item_without(group::is_verb);
        let attr = route_args(name, args, function, errors);
        check::one_route(function, errors);
        let none = Pattern::none();
        let pattern = attr.pattern.as_ref().unwrap_or(&none);
        check::item(function, "a handler", errors);
        let list = handler::args(&function.sig, pattern, None, errors);
        if attr.pattern.is_some() && errors.is_empty() {
            check::handler(&list, pattern, false, errors);
        }
        let rest = beside(function, list, &attr, Some(pattern), errors);
        quote!(#own #rest)
    })
}

fn route_args(
    name: &str,
    args: TokenStream,
    function: &Function,
    errors: &mut Errors,
) -> RouteArgs {
    let mut attr = RouteArgs::parse(args, name, errors);
    verb_methods(name, &mut attr, &function.sig.ident, errors);
    attr
}

/// Settles the methods of a route, and that it has a path.
fn verb_methods(name: &str, attr: &mut RouteArgs, at: &impl quote::ToTokens, errors: &mut Errors) {
    if attr.pattern.is_none() && errors.is_empty() {
        errors.push(syn::Error::new(
            proc_macro2::Span::call_site(),
            format!("`#[{name}]` needs a path: write `#[{name}(\"/\")]`"),
        ));
    }
    match (name, &attr.methods) {
        ("route", None) if errors.is_empty() => {
            errors.push(syn::Error::new(
                proc_macro2::Span::call_site(),
                "`#[route]` needs its methods: write `#[route(\"/path\", methods = [GET, POST])]`, or `#[any]` for all",
            ));
        }
        ("route", _) | ("any", None) => {}
        (_, None) => attr.methods = Some(vec![name.to_uppercase()]),
        (_, Some(_)) => {
            let message = format!(
                "`#[{name}]` says the method itself: leave out `methods`, or write `#[route(..)]`"
            );
            errors.at(at, message);
        }
    }
}

/// Returns what stands beside a function: all of it, or after a mistake only the type that
/// others name, with what they ask of it.
fn beside(
    function: &Function,
    args: Vec<handler::Arg>,
    attr: &RouteArgs,
    pattern: Option<&Pattern>,
    errors: &Errors,
) -> TokenStream {
    let name = function.sig.ident.clone();
    let call = quote!(#name);
    let krate = attr.krate.as_ref();
    let handler = Handler {
        function,
        args,
        attr,
        pattern,
        name,
        call,
        krate,
    };
    if errors.is_empty() {
        handler.expand()
    } else {
        handler.stub()
    }
}

fn fallback_attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    with_function(item, |function, errors| {
        let own = function.to_item();
        let attr = RouteArgs::parse(args, "fallback", errors);
        if let Some(pattern) = &attr.pattern {
            let message =
                "a fallback has no path: name it in the group, `#[routes(fallback = ..)]`";
            errors.push(syn::Error::new(pattern.span, message));
        }
        check::item(function, "a fallback", errors);
        let none = Pattern::none();
        let list = handler::args(&function.sig, &none, None, errors);
        check::handler(&list, &none, true, errors);
        let rest = beside(function, list, &attr, None, errors);
        quote!(#own #rest)
    })
}

fn routes_attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = GroupArgs::parse(args.clone(), &mut errors);
    let code = if let Ok(group) = syn::parse2(item.clone()) {
        group::expand_struct(&parsed, &group, &mut errors)
    } else if let Ok(block) = syn::parse2(item.clone()) {
        group::expand_block(&parsed, &block, &mut errors)
    } else if let Ok(module) = syn::parse2(item.clone()) {
        let krate = parsed
            .krate
            .as_ref()
            .map_or_else(|| quote!(::highball), |path| quote!(#path));
        group::expand_module(&args, &krate, &module, &mut errors)
    } else {
        group::refuse(&item, &mut errors);
        item
    };
    let errors = errors.into_tokens();
    quote!(#code #errors)
}
