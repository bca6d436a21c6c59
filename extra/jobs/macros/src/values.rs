//! The values of options: times, counts and words.

use highball_macro_stages::{errors::Errors, similar_name};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

/// Checks a time, such as `secs(30)`. Returns whether it is one.
pub(crate) fn check_time(name: &Ident, value: &Expr, example: &str, errors: &mut Errors) -> bool {
    let cause = if literal(value).is_some() {
        "a time needs a unit".to_owned()
    } else if is_word(value, "never") {
        format!("`{name}` cannot be `never`")
    } else if millis(value) == Some(0) {
        format!("`{name}` is longer than 0")
    } else {
        return true;
    };
    errors.at(value, format!("{cause}: write `{name} = {example}`"));
    false
}

/// Checks a number from 1, such as `8`. It can be a constant. Returns whether it is one.
pub(crate) fn check_count(name: &Ident, value: &Expr, example: &str, errors: &mut Errors) -> bool {
    let is_zero = match value {
        Expr::Lit(value) => match &value.lit {
            Lit::Int(count) => Some(count.base10_parse::<u64>().is_ok_and(|count| count == 0)),
            _ => None,
        },
        Expr::Unary(_) => Some(true),
        Expr::Tuple(_) | Expr::Array(_) => None,
        _ => Some(false),
    };
    let cause = match is_zero {
        Some(false) => return true,
        Some(true) => format!("`{name}` is at least 1"),
        None => format!("`{name}` is a number"),
    };
    errors.at(value, format!("{cause}: write `{name} = {example}`"));
    false
}

/// Returns the word of an option, one of those in the list.
pub(crate) fn word(
    name: &Ident,
    value: &Expr,
    words: &[&'static str],
    errors: &mut Errors,
) -> Option<&'static str> {
    let found = words.iter().find(|word| is_word(value, word));
    if found.is_none() {
        let written = quote!(#value).to_string();
        let instead = match similar_name(&written, words.iter().copied()) {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => format!(
                "write `{name} = {}`",
                words.join(&format!("`, or `{name} = "))
            ),
        };
        errors.at(
            value,
            format!("`{name}` has no value `{written}`: {instead}"),
        );
    }
    found.copied()
}

/// Returns whether the value is this word.
pub(crate) fn is_word(value: &Expr, word: &str) -> bool {
    matches!(value, Expr::Path(path) if path.path.is_ident(word))
}

/// Returns the literal of a value, also behind `-`.
fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(value) => Some(&value.lit),
        Expr::Unary(value) => literal(&value.expr),
        _ => None,
    }
}

/// Returns the milliseconds of a unit of a literal, such as `secs(30)`.
pub(crate) fn millis(value: &Expr) -> Option<u64> {
    let Expr::Call(call) = value else { return None };
    let (Expr::Path(unit), Some(Expr::Lit(count))) = (&*call.func, call.args.first()) else {
        return None;
    };
    let Lit::Int(count) = &count.lit else {
        return None;
    };
    let factor = match unit.path.get_ident()?.to_string().as_str() {
        "millis" => 1,
        "secs" => 1_000,
        "mins" => 60_000,
        "hours" => 3_600_000,
        "days" => 86_400_000,
        _ => return None,
    };
    count.base10_parse::<u64>().ok()?.checked_mul(factor)
}

/// Returns an expression in which the units have their names. `jobs` is the path of the hidden module.
pub(crate) fn with_units(jobs: &TokenStream, value: &Expr) -> TokenStream {
    quote!({
        #[allow(unused_imports)]
        use #jobs::units::*;
        #value
    })
}
