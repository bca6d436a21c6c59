//! The rules for a function's signature. Rules that require types are checked by the generated code.

use highball_macro_stages::{
    errors::Errors,
    function::{Arg, ArgKind, Function, cfgs},
    pattern::Pattern,
    types::{PRIMITIVES, contains_impl_trait, is_param_only, path_inner},
};
use syn::{FnArg, GenericParam, ReturnType, Signature};

use crate::route_attrs::is_route_attr;

mod borrowed_output;
mod future;
mod guard_output;
pub(crate) mod next;
mod params;
mod positional;
pub(crate) mod schema_names;
pub(crate) mod slo;
pub(crate) mod spelling;
mod status;

pub(crate) use borrowed_output::{check_borrow, lacks_lifetime};

/// Checks a function for which a type of the same name is generated.
pub(crate) fn check_item(item: &Function, noun: &str, errors: &mut Errors) {
    check_function_name(&item.sig, errors);
    check_signature(item, noun, errors);
}

/// Rejects a second route attribute: it would generate a second type of the same name.
pub(crate) fn check_single_route(function: &Function, errors: &mut Errors) {
    for attr in function.attrs.iter().filter(|attr| is_route_attr(attr)) {
        errors.at(
            attr,
            "a function has one route: write `#[route(\"/path\", methods = [GET, POST])]` for several methods, or a second function for another path",
        );
    }
}

/// Checks the parts of a signature that all attributes restrict in the same way.
pub(crate) fn check_signature(function: &Function, noun: &str, errors: &mut Errors) {
    let sig = &function.sig;
    if let Some(constness) = &sig.constness {
        errors.at(
            constness,
            format!("{noun} is a plain or an `async` function: leave out `const`"),
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            format!("{noun} is a plain or an `async` function: leave out `extern`"),
        );
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token,
            format!("{noun} cannot be `unsafe`: any request can call it"),
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, format!("{noun} has a fixed number of arguments"));
    }
    future::check_output(sig, noun, errors);
    status::check_status(sig, errors);
    for input in &sig.inputs {
        // A few conditions have been replaced by copies of the item.
        if let FnArg::Typed(arg) = input
            && let Some(cfg) = cfgs(&arg.attrs).first()
        {
            errors.at(cfg, "the arguments have more than four conditions `#[cfg(..)]`: write the function once for each case, under a separate `#[cfg(..)]`");
            return;
        }
    }
    for param in &sig.generics.params {
        if let GenericParam::Const(param) = param {
            errors.at(
                param,
                format!("{noun} cannot be generic over a constant: pass it as state"),
            );
        }
    }
}

/// Rejects the name of a primitive type: the generated type would shadow the primitive in the whole module.
fn check_function_name(sig: &Signature, errors: &mut Errors) {
    let name = sig.ident.to_string();
    if name == "str" || PRIMITIVES.contains(&name.as_str()) {
        errors.at(
            &sig.ident,
            format!("a route is a type of its function's name, and `{name}` is a type already: rename the function"),
        );
    }
}

/// Checks the arguments of a handler against its pattern.
pub(crate) fn check_handler(
    args: &[Arg],
    pattern: &Pattern,
    is_fallback: bool,
    errors: &mut Errors,
) {
    check_contexts(args, errors);
    let unused = unused_params(args, pattern);
    let mut n_misnamed = 0;
    // Each argument is checked even after an error, so that one build reports all of them.
    for arg in args {
        if let Some(inner) = path_inner(&arg.ty) {
            positional::check_path(arg, inner, (!is_fallback).then_some(pattern), errors);
            continue;
        }
        if !spelling::check_extractor(arg, errors) {
            continue;
        }
        match arg.kind {
            ArgKind::Param { .. } | ArgKind::OuterParam => params::check_param(arg, errors),
            ArgKind::Extract if is_param_only(&arg.ty) => {
                n_misnamed += 1;
                params::check_param_in_path(arg, pattern, &unused, is_fallback, errors);
            }
            ArgKind::Config { .. } => errors.at(&arg.ty, "a handler is not configured: `#[config]` belongs to guards and middleware"),
            ArgKind::Exchange => errors.at(&arg.ty, EXCHANGE_TOO_EARLY),
            ArgKind::Next => errors.at(&arg.ty, "`impl Trait` cannot be an argument of a handler: name the type; `impl Next` belongs to a `#[middleware]`"),
            _ => {}
        }
    }
    // An argument of another name was meant to take the parameter. That is one mistake, and it has its error.
    if n_misnamed < unused.len() {
        check_params_used(args, pattern, &unused, errors);
    }
}

/// Rejects a second context next to `&mut Context<'_>`, since the two would borrow the same value.
fn check_contexts(args: &[Arg], errors: &mut Errors) {
    let contexts = args
        .iter()
        .filter(|arg| matches!(arg.kind, ArgKind::ContextMut | ArgKind::ContextRef));
    let contexts: Vec<_> = contexts.collect();
    if contexts
        .iter()
        .any(|arg| matches!(arg.kind, ArgKind::ContextMut))
    {
        for arg in contexts.into_iter().skip(1) {
            errors.at(
                &arg.ty,
                "a handler has one `&mut Context<'_>` and no other context",
            );
        }
    }
}

/// Reports a parameter that no argument uses. A context or an extractor such as `Path<T>` may read it; in that case
/// the generated code checks it.
fn check_params_used(args: &[Arg], pattern: &Pattern, unused: &[&str], errors: &mut Errors) {
    if args.iter().any(may_use_params) {
        return;
    }
    for name in unused {
        let text = unused_param_message(name, pattern);
        errors.push(syn::Error::new(pattern.span, text));
    }
}

fn may_use_params(arg: &Arg) -> bool {
    match arg.kind {
        ArgKind::ContextMut | ArgKind::ContextRef => true,
        // `check_path` has compared it with the pattern.
        ArgKind::Param { .. } => path_inner(&arg.ty).is_some(),
        ArgKind::Extract => !is_param_only(&arg.ty),
        _ => false,
    }
}

/// Returns whether any argument is a context, which can read every parameter by name.
pub(crate) fn has_context(args: &[Arg]) -> bool {
    args.iter()
        .any(|arg| matches!(arg.kind, ArgKind::ContextMut | ArgKind::ContextRef))
}

/// Returns the parameters of the pattern that no argument is named after, and that no `Path` takes by their position.
pub(crate) fn unused_params<'a>(args: &[Arg], pattern: &'a Pattern) -> Vec<&'a str> {
    if args.iter().any(|arg| positional::takes_all(arg, pattern)) {
        return Vec::new();
    }
    let is_used = |name: &str| {
        args.iter()
            .any(|arg| matches!(arg.kind, ArgKind::Param { .. }) && arg.name == name)
    };
    pattern.names().filter(|name| !is_used(name)).collect()
}

/// Returns the error message for a parameter that no argument uses.
pub(crate) fn unused_param_message(name: &str, pattern: &Pattern) -> String {
    format!(
        "no argument takes `{{{name}}}` of `{}`: add `{}: String` (or another type) to the function, or take the parameter out of the path",
        pattern.text,
        params::as_ident(name),
    )
}

const EXCHANGE_TOO_EARLY: &str =
    "an exchange is seen when it is over, by an `#[observer]`: take `&Context<'_>` here";

/// Rejects `&Exchange<'_>`, which only observers receive.
fn check_exchange(args: &[Arg], errors: &mut Errors) {
    for arg in args
        .iter()
        .filter(|arg| matches!(arg.kind, ArgKind::Exchange))
    {
        errors.at(&arg.ty, EXCHANGE_TOO_EARLY);
    }
}

/// Checks the arguments of a guard, a middleware or an observer.
fn check_part_args(args: &[Arg], function: &Function, errors: &mut Errors) {
    positional::check_part(args, errors);
    spelling::check_values(args, function, errors);
    for arg in args {
        spelling::check_extractor(arg, errors);
        if matches!(arg.kind, ArgKind::OuterParam) {
            params::check_presence(arg, errors);
        }
    }
}

/// Checks the signature of an observer.
pub(crate) fn check_observer(args: &[Arg], function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    check_part_args(args, function, errors);
    if let Some(token) = &sig.asyncness {
        errors.at(
            token,
            "an observer never waits: leave out `async`, and hand slow work to a channel",
        );
    }
    if let ReturnType::Type(_, ty) = &sig.output
        && !future::returns_future(sig)
    {
        errors.at(
            ty,
            "an observer returns nothing: the answer has been sent when it runs",
        );
    }
    for arg in args {
        match arg.kind {
            ArgKind::ContextMut | ArgKind::ContextRef => errors.at(
                &arg.ty,
                "the context is gone when an observer runs: take `exchange: &Exchange<'_>`",
            ),
            ArgKind::Next => errors.at(
                &arg.ty,
                "an observer does not wrap the rest: leave out this argument, or write `#[middleware]`",
            ),
            _ => {}
        }
    }
    if !args.iter().any(|arg| matches!(arg.kind, ArgKind::Exchange)) && errors.is_empty() {
        errors.at(
            &sig.ident,
            "an observer looks at the exchange: add the argument `exchange: &Exchange<'_>`",
        );
    }
    if let Some(param) = sig.generics.type_params().next() {
        errors.at(param, "an observer cannot be generic: name the type");
    }
}

/// Checks the signature of a guard.
pub(crate) fn check_guard(args: &[Arg], function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    check_exchange(args, errors);
    check_part_args(args, function, errors);
    for arg in args.iter().filter(|arg| matches!(arg.kind, ArgKind::Next)) {
        errors.at(
            &arg.ty,
            "a guard runs before the rest and does not wrap it: leave out this argument, or write `#[middleware]`",
        );
    }
    check_contexts(args, errors);
    match &sig.output {
        ReturnType::Default => errors.at(
            &sig.ident,
            "a guard returns whether it accepts the request: write `-> Result<T, E>`, where `T` is the value that it provides or `()`, and `E` is its response",
        ),
        ReturnType::Type(_, ty) if contains_impl_trait(ty) && !future::returns_future(sig) => errors.at(
            ty,
            "the value of a guard is identified by its type: name the type, as in `Result<User, Rejection>`",
        ),
        ReturnType::Type(_, ty) => guard_output::check(ty, errors),
    }
    if let Some(param) = sig.generics.type_params().next() {
        errors.at(param, "a guard cannot be generic: name the type");
    }
}

/// Checks the signature of a middleware.
pub(crate) fn check_middleware(args: &[Arg], function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    check_exchange(args, errors);
    if let Some(param) = sig
        .generics
        .type_params()
        .find(|param| next::is_bound_by_next(param))
    {
        errors.at(
            param,
            "a middleware has no type parameter for the rest of the chain: write `next: impl Next`",
        );
        return;
    }
    check_part_args(args, function, errors);
    let n_next = args
        .iter()
        .filter(|arg| matches!(arg.kind, ArgKind::Next))
        .count();
    if n_next == 0 {
        errors.at(
            &sig.ident,
            "a middleware wraps the rest of the chain: add the argument `next: impl Next`",
        );
    }
    for arg in args
        .iter()
        .filter(|arg| matches!(arg.kind, ArgKind::Next))
        .skip(1)
    {
        errors.at(
            &arg.ty,
            "a middleware has one `next`: the rest of the chain runs once",
        );
    }
    if !args
        .iter()
        .any(|arg| matches!(arg.kind, ArgKind::ContextMut))
    {
        errors.at(
            &sig.ident,
            "`next.run(cx)` needs the context: add the argument `cx: &mut Context<'_>`",
        );
    }
    check_contexts(args, errors);
    if sig.asyncness.is_none() && !future::returns_future(sig) {
        errors.at(
            sig.fn_token,
            "a middleware waits for the rest of the chain: write `async fn`",
        );
    }
    if matches!(sig.output, ReturnType::Default) {
        errors.at(
            &sig.ident,
            "a middleware returns the response: write `-> Response`",
        );
    }
    if let Some(param) = sig.generics.type_params().next() {
        errors.at(param, "a middleware cannot be generic: name the type");
    }
}
