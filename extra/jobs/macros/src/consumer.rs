//! `#[consumer]`, and the parts of it that `#[cron]` shares.

use highball_macro_stages::{
    errors::Errors,
    fragments,
    function::{Function, cfg_args, with_function},
};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Type};

use crate::options::{Known, Options};

pub(crate) mod args;
pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod settings;

use expand::{Model, Source};

const KNOWN: Known = Known {
    attr: "consumer",
    has_text: false,
    options: &[
        ("timeout", "timeout = secs(30)"),
        ("at_once", "at_once = 8"),
        ("attempts", "attempts = 12"),
        ("crashes", "crashes = 3"),
        ("rate", "rate = 50"),
        ("backoff", "backoff = (secs(1), mins(10))"),
        ("keep", "keep = days(1)"),
        ("from", "from = outside"),
    ],
};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = fragments::in_args(args);
    each(item, "a consumer", |function, errors| {
        let mut options = Options::default();
        options.read(args.clone(), &KNOWN, errors);
        let settings = settings::read(&options, &function.sig.ident, "a job", errors);
        let is_outside = settings::is_from_outside(&options, errors);
        check::check(function, &check::CONSUMER, errors);
        let (job, args) = args::split_job(function, errors);
        expand::expand(&Model {
            function,
            source: Source::Job { job, is_outside },
            args,
            settings,
            is_sound: errors.is_empty(),
        })
    })
}

/// Expands a function, for each combination of the conditions on its arguments. After an error, there is still a
/// consumer, so that the list of consumers causes no further errors.
pub(crate) fn each(
    item: TokenStream,
    noun: &str,
    expand: impl Fn(&Function, &mut Errors) -> TokenStream,
) -> TokenStream {
    let on_method =
        format!("{noun} has no `self`: move it out of the impl block, and take `State<T>`");
    cfg_args::expand_each(fragments::in_item(item), |item| {
        with_function(item, &on_method, |function, errors| {
            let mut own = function.clone();
            args::add_lifetimes(&mut own.sig);
            let own = own.to_item_without(is_consumer_attr);
            let code = expand(function, errors);
            quote!(#own #code)
        })
    })
}

/// Returns whether the attribute makes a function a consumer.
pub(crate) fn is_consumer_attr(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == "consumer" || last.ident == "cron")
}

/// The arguments of a consumer, without the job, or none after an error.
pub(crate) type Args = Option<Vec<Type>>;
