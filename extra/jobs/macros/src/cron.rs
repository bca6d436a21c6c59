//! `#[cron]`.

use highball_macro_stages::{errors::Errors, fragments};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Expr, Lit, LitStr};

use crate::{
    consumer::{
        args, check, each,
        expand::{Model, Source, expand as expand_model},
        settings,
    },
    options::{Known, Options},
    schedule,
    values::word,
};

const KNOWN: Known = Known {
    attr: "cron",
    has_text: true,
    options: &[
        ("timeout", "timeout = mins(10)"),
        ("zone", "zone = \"Europe/Berlin\""),
        ("missed", "missed = once"),
        ("attempts", "attempts = 12"),
        ("crashes", "crashes = 3"),
        ("backoff", "backoff = (secs(1), mins(10))"),
        ("keep", "keep = days(1)"),
    ],
};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = fragments::in_args(args);
    each(item, check::CRON.name, |function, errors| {
        let mut options = Options::default();
        options.read(args.clone(), &KNOWN, errors);
        let settings = settings::read(&options, &function.sig.ident, "a run", errors);
        let schedule = schedule(&options, errors);
        check::check(function, &check::CRON, errors);
        let args = args::without_job(function, errors);
        expand_model(&Model {
            function,
            source: Source::Schedule(schedule),
            args,
            // A run that is late waits for the one before it.
            settings: quote!(at_once: 1, #settings),
        })
    })
}

/// Returns the expression of the schedule.
fn schedule(options: &Options, errors: &mut Errors) -> TokenStream {
    let cron = cron(options, errors);
    let zone = zone(options, errors);
    let missed = missed(options, errors);
    quote! {
        __jobs::Schedule {
            cron: #cron,
            zone: #zone,
            missed: __jobs::Missed::#missed,
        }
    }
}

fn cron(options: &Options, errors: &mut Errors) -> String {
    let Some(text) = &options.text else {
        if !options.has_mistake {
            let message =
                "`cron` needs a schedule: write `#[cron(\"0 3 * * *\", timeout = mins(10))]`";
            errors.push(syn::Error::new(Span::call_site(), message));
        }
        return "@daily".to_owned();
    };
    let cron = text.value();
    if let Err(message) = schedule::check(&cron) {
        errors.at(text, message);
    }
    cron.trim().to_owned()
}

/// The worker checks at its start whether there is a zone of this name.
fn zone(options: &Options, errors: &mut Errors) -> String {
    let utc = "UTC".to_owned();
    let Some((option, value)) = options.value("zone") else {
        return utc;
    };
    let text = match value {
        Expr::Lit(value) => match &value.lit {
            Lit::Str(text) => Some(text),
            _ => None,
        },
        _ => None,
    };
    match text.map(LitStr::value).filter(|zone| is_zone(zone)) {
        Some(zone) => zone,
        None => {
            errors.at(
                value,
                format!("`{option}` is the name of a time zone: write `{option} = \"Europe/Berlin\"`, or leave it out for UTC"),
            );
            utc
        }
    }
}

/// Returns whether the name has the form of `Area/City`, or is `UTC`.
fn is_zone(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-+".contains(&byte))
    };
    name == "UTC" || name.contains('/') && name.split('/').all(is_word)
}

fn missed(options: &Options, errors: &mut Errors) -> Ident {
    let value = options.value("missed");
    let missed =
        value.and_then(|(option, value)| word(option, value, &["once", "skip", "all"], errors));
    format_ident!(
        "{}",
        match missed {
            Some("skip") => "Skip",
            Some("all") => "All",
            _ => "Once",
        }
    )
}
