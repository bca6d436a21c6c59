//! The options of a consumer that the worker reads.

use highball_macro_stages::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;

use crate::{
    options::Options,
    values::{check_count, check_time, is_word, millis, with_units, word},
};

/// Returns the fields of `Options` that are set. `work` is what the consumer runs, for messages.
pub(crate) fn read(
    options: &Options,
    function: &Ident,
    work: &str,
    errors: &mut Errors,
) -> TokenStream {
    let mut fields = timeout(options, function, work, errors);
    for (name, example, is_optional) in [
        ("at_once", "8", false),
        ("attempts", "12", false),
        ("crashes", "3", false),
        ("rate", "50", true),
    ] {
        if let Some((option, value)) = options.value(name)
            && check_count(option, value, example, errors)
        {
            fields.extend(match is_optional {
                true => quote!(#option: ::core::option::Option::Some(#value),),
                false => quote!(#option: #value,),
            });
        }
    }
    fields.extend(backoff(options, errors));
    if let Some((option, value)) = options.value("keep")
        && check_time(option, value, "days(1)", errors)
    {
        fields.extend(time_field(option, value));
    }
    fields
}

fn timeout(options: &Options, function: &Ident, work: &str, errors: &mut Errors) -> TokenStream {
    match options.value("timeout") {
        Some((option, value)) if is_word(value, "never") => {
            quote!(#option: ::core::option::Option::None,)
        }
        Some((option, value)) if check_time(option, value, "secs(30)", errors) => {
            let time = with_units(&quote!(__jobs), value);
            quote!(#option: ::core::option::Option::Some(#time),)
        }
        Some(_) => TokenStream::new(),
        None => {
            if options.name("timeout").is_none() && !options.has_mistake {
                errors.at(
                    function,
                    format!(
                        "`{function}` has no `timeout`, so {work} that hangs holds its place for ever: write \
                         `timeout = secs(30)`, or `timeout = never`"
                    ),
                );
            }
            TokenStream::new()
        }
    }
}

fn backoff(options: &Options, errors: &mut Errors) -> Option<TokenStream> {
    let (option, value) = options.value("backoff")?;
    let example = "(secs(1), mins(10))";
    let times = match value {
        Expr::Tuple(times) => times.elems.iter().collect(),
        _ => Vec::new(),
    };
    let [first, longest] = times[..] else {
        let message =
            format!("`{option}` is the first and the longest wait: write `{option} = {example}`");
        errors.at(value, message);
        return None;
    };
    let are_times =
        check_time(option, first, example, errors) & check_time(option, longest, example, errors);
    if are_times && millis(first) > millis(longest) && millis(longest).is_some() {
        let (shown_first, shown) = (text(first), text(longest));
        let message = format!(
            "the longest wait is shorter than the first: write `{option} = ({shown}, {shown_first})`"
        );
        errors.at(longest, message);
    }
    let [first, longest] = [first, longest].map(|time| with_units(&quote!(__jobs), time));
    are_times.then(|| quote!(#option: (#first, #longest),))
}

/// Returns whether the option `from` is there, and right.
pub(crate) fn is_from_outside(options: &Options, errors: &mut Errors) -> bool {
    let value = options.value("from");
    value.is_some_and(|(option, value)| word(option, value, &["outside"], errors).is_some())
}

fn time_field(option: &Ident, value: &Expr) -> TokenStream {
    let time = with_units(&quote!(__jobs), value);
    quote!(#option: #time,)
}

/// Returns the text of a time as it is written.
fn text(time: &Expr) -> String {
    time.to_token_stream().to_string().replace(' ', "")
}
