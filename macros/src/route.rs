//! `#[get]` and the other methods, and `#[fallback]`: a handler.

use highball_macro_stages::{
    errors::Errors,
    function::{self, Function, cfg_args::expand_each, with_function},
    pattern::Pattern,
};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ItemStruct;

use crate::{
    attr::RouteArgs,
    check,
    expand::{group::stub, handler::Handler, static_output::with_static_output},
    route_attrs::is_route_attr,
};

const ON_METHOD: &str = "a method takes requests only in an impl block of routes: put `#[routes(..)]` on the `impl`, or make it a function outside";

/// Returns the expansion of `#[get]` and the like, by the name of the attribute.
pub(crate) fn verb(name: &str) -> impl Fn(TokenStream, TokenStream) -> TokenStream {
    move |args, item| expand_each(item, |item| expand_verb(name, args.clone(), item))
}

fn expand_verb(name: &str, args: TokenStream, item: TokenStream) -> TokenStream {
    if let Ok(item) = syn::parse2(item.clone()) {
        return expand_on_struct(name, args, &item);
    }
    with_function(item, ON_METHOD, |function, errors| {
        let borrows = !check::check_borrow(&function.sig, errors);
        let own = match borrows && check::lacks_lifetime(&function.sig) {
            true => with_static_output(function, is_route_attr),
            false => function.to_item_without(is_route_attr),
        };
        let attr = route_args(name, args, function, errors);
        check::check_single_route(function, errors);
        let none = Pattern::empty();
        let pattern = attr.pattern.as_ref().unwrap_or(&none);
        check::check_item(function, "a handler", errors);
        let list = function::parse_args(&function.sig, pattern, None, errors);
        // Without a valid pattern, each path parameter would be reported as unknown.
        if attr.pattern.is_some() && errors.is_empty() {
            check::check_handler(&list, pattern, false, errors);
            check::schema_names::check_schema_names(function, &list, errors);
            check::slo::check_slo(&function.sig, &attr, errors);
        }
        let rest = generated_items(function, list, &attr, Some(pattern), errors);
        quote!(#own #rest)
    })
}

/// Reports the attribute of a route on a struct. A stub makes the struct a route, so that its uses are not reported.
fn expand_on_struct(name: &str, args: TokenStream, item: &ItemStruct) -> TokenStream {
    let mut errors = Errors::default();
    let attr = RouteArgs::parse(args, name, &mut errors);
    errors.at(
        item.struct_token,
        format!("`#[{name}]` declares a handler, which is a function: write `async fn`; a struct lists routes by `#[routes]`"),
    );
    let (ident, (_, types, _)) = (&item.ident, item.generics.split_for_impl());
    let ty = syn::parse_quote!(#ident #types);
    let stub = stub(attr.krate.as_ref(), &item.generics, &ty);
    let cfgs = item.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    let errors = errors.into_tokens();
    quote!(#item #(#cfgs)* #stub #errors)
}

fn route_args(
    name: &str,
    args: TokenStream,
    function: &Function,
    errors: &mut Errors,
) -> RouteArgs {
    let mut attr = RouteArgs::parse(args, name, errors);
    set_methods(name, &mut attr, &function.sig.ident, errors);
    attr
}

/// Sets the methods of a route, and checks that it has a path.
pub(crate) fn set_methods(
    name: &str,
    attr: &mut RouteArgs,
    at: &impl quote::ToTokens,
    errors: &mut Errors,
) {
    if attr.pattern.is_none() && errors.is_empty() {
        errors.push(syn::Error::new(
            Span::call_site(),
            format!("`#[{name}]` needs a path: write `#[{name}(\"/\")]`"),
        ));
    }
    match (name, &attr.methods) {
        ("route", None) if errors.is_empty() => {
            errors.push(syn::Error::new(
                Span::call_site(),
                "`#[route]` needs its methods: write `#[route(\"/path\", methods = [GET, POST])]`, or `#[any]` for all",
            ));
        }
        ("route", _) | ("any", None) => {}
        (_, None) => attr.methods = Some(vec![name.to_uppercase()]),
        (_, Some(_)) => {
            let message = format!(
                "`#[{name}]` already names the method: leave out `methods`, or write `#[route(..)]`"
            );
            errors.at(at, message);
        }
    }
}

/// Returns the items that are generated next to a function. After an error these are only the type that other code
/// names and the impls that its uses require.
fn generated_items(
    function: &Function,
    args: Vec<function::Arg>,
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

/// Expands `#[fallback]`.
pub(crate) fn fallback(args: TokenStream, item: TokenStream) -> TokenStream {
    expand_each(item, |item| expand_fallback(args.clone(), item))
}

fn expand_fallback(args: TokenStream, item: TokenStream) -> TokenStream {
    with_function(item, ON_METHOD, |function, errors| {
        let own = function.to_item();
        check::check_borrow(&function.sig, errors);
        let attr = RouteArgs::parse(args, "fallback", errors);
        if let Some(pattern) = &attr.pattern {
            let message =
                "a fallback has no path: name it in the group, `#[routes(fallback = ..)]`";
            errors.push(syn::Error::new(pattern.span, message));
        }
        check::check_item(function, "a fallback", errors);
        let none = Pattern::empty();
        let list = function::parse_args(&function.sig, &none, None, errors);
        check::check_handler(&list, &none, true, errors);
        let rest = generated_items(function, list, &attr, None, errors);
        quote!(#own #rest)
    })
}
