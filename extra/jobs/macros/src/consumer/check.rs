//! Rules about the function of a consumer.

use highball_macro_stages::{
    errors::Errors,
    function::{Function, cfgs},
    types::{PRIMITIVES, source_text},
};
use syn::{FnArg, ReturnType, Safety, Type};

use super::is_consumer_attr;

/// How a kind of consumer is named in messages.
pub(crate) struct Noun {
    pub(crate) name: &'static str,
    /// Why there are no generic parameters.
    pub(crate) is_one: &'static str,
}

pub(crate) const CONSUMER: Noun = Noun {
    name: "a consumer",
    is_one: "it takes one job",
};

pub(crate) const CRON: Noun = Noun {
    name: "a function with `#[cron]`",
    is_one: "the schedule calls it",
};

pub(crate) fn check(function: &Function, noun: &Noun, errors: &mut Errors) {
    check_attrs(function, errors);
    check_name(function, errors);
    check_async(function, noun, errors);
    check_generics(function, noun, errors);
    check_output(function, noun, errors);
}

/// A second consumer would be a second type of the same name.
fn check_attrs(function: &Function, errors: &mut Errors) {
    for attr in function.attrs.iter().filter(|attr| is_consumer_attr(attr)) {
        errors.at(
            attr,
            "a function is one consumer: move the work to a function that both call",
        );
    }
}

/// The type of the consumer would shadow a primitive type in the module.
fn check_name(function: &Function, errors: &mut Errors) {
    let name = function.sig.ident.to_string();
    if name == "str" || PRIMITIVES.contains(&name.as_str()) {
        errors.at(
            &function.sig.ident,
            format!("a consumer is a type of its function's name, and `{name}` is a type already: rename the function"),
        );
    }
}

/// A function that does not wait blocks the thread on which the worker renews its leases.
fn check_async(function: &Function, noun: &Noun, errors: &mut Errors) {
    let sig = &function.sig;
    let (noun, name) = (noun.name, &sig.ident);
    if sig.asyncness.is_none() {
        errors.at(
            sig.fn_token,
            format!(
                "{noun} is async: write `async fn {name}`, and run work that blocks in `tokio::task::spawn_blocking`"
            ),
        );
    }
    if let Some(constness) = &sig.constness {
        errors.at(
            constness,
            format!("{noun} is an `async fn`: leave out `const`"),
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, format!("{noun} is an `async fn`: leave out `extern`"));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token,
            format!("{noun} cannot be `unsafe`: any job can call it"),
        );
    }
    for input in &sig.inputs {
        // A few conditions have been replaced by copies of the item.
        if let FnArg::Typed(arg) = input
            && let Some(cfg) = cfgs(&arg.attrs).first()
        {
            errors.at(cfg, "the arguments have more than four conditions `#[cfg(..)]`: write the function once for each case, under a separate `#[cfg(..)]`");
            return;
        }
    }
}

fn check_generics(function: &Function, noun: &Noun, errors: &mut Errors) {
    let Noun { name: noun, is_one } = noun;
    if let Some(param) = function.sig.generics.params.first() {
        let name = &function.sig.ident;
        errors.at(
            param,
            format!("{noun} has no parameters in `<..>`, since {is_one}: remove those of `{name}`"),
        );
    }
}

/// A path can be an alias of the right type, which rustc checks.
fn check_output(function: &Function, noun: &Noun, errors: &mut Errors) {
    let (noun, name) = (noun.name, &function.sig.ident);
    let write = "write `-> Result<(), Retry>`";
    match &function.sig.output {
        ReturnType::Default => {
            errors.at(
                name,
                format!("{noun} returns whether it has failed: {write}"),
            );
        }
        ReturnType::Type(_, ty) if !matches!(**ty, Type::Path(_) | Type::Macro(_)) => {
            let shown = source_text(ty);
            errors.at(ty, format!("{noun} cannot return `{shown}`: {write}"));
        }
        ReturnType::Type(..) => {}
    }
}
