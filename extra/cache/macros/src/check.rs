//! Rules about the function as a whole.

use highball_macro_stages::errors::Errors;

use crate::{model::Function, options::Options};

/// The attributes of Highball that make a function a route.
const ROUTES: [&str; 9] = [
    "get", "post", "put", "delete", "patch", "head", "options", "any", "route",
];

pub(crate) fn check(function: &Function, options: &Options, errors: &mut Errors) {
    check_async(function, errors);
    check_generics(function, errors);
    check_route(function, errors);
    check_soft(options, errors);
}

/// A function that does not wait is quicker than its cache.
fn check_async(function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        let name = &sig.ident;
        errors.at(
            sig.fn_token,
            format!("a cached function is async: write `async fn {name}`"),
        );
    }
}

/// The cache is a static, so there is one for all types.
fn check_generics(function: &Function, errors: &mut Errors) {
    if let Some(param) = function.sig.generics.params.first() {
        let name = &function.sig.ident;
        errors.at(
            param,
            format!("a cached function has no parameters in `<..>`, since it has one cache: remove those of `{name}`"),
        );
    }
}

/// The response of a route is cached with its headers, by an option of the route.
fn check_route(function: &Function, errors: &mut Errors) {
    for attr in &function.attrs {
        let last = attr.path().segments.last();
        if last.is_some_and(|last| ROUTES.iter().any(|route| last.ident == route)) {
            errors.at(
                attr,
                "a route cannot have `#[cache]`: move the work to a function of its arguments, and cache that one",
            );
        }
    }
}

/// Without an old value to return, a soft timeout has no effect.
fn check_soft(options: &Options, errors: &mut Errors) {
    if let Some(soft) = options.get("soft")
        && options.get("on_error").is_none()
    {
        errors.at(
            soft,
            "after `soft` the old value is returned, so it must be kept: add `on_error = hours(2)`",
        );
    }
}
