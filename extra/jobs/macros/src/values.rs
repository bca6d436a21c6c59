//! The values of options: times, counts and words.

use highball_macro_stages::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

/// Checks a time, such as `secs(30)`.
pub(crate) fn check_time(name: &Ident, value: &Expr, example: &str, errors: &mut Errors) {
    if literal(value).is_some() {
        let message = format!("a time needs a unit: write `{name} = {example}`");
        errors.at(value, message);
    } else if is_word(value, "never") {
        let message = format!("`{name}` cannot be `never`: write `{name} = {example}`");
        errors.at(value, message);
    } else if millis(value) == Some(0) {
        let message = format!("`{name}` is longer than 0: write `{name} = {example}`");
        errors.at(value, message);
    }
}

/// Checks a number from 1, such as `8`. It can be a constant.
pub(crate) fn check_count(name: &Ident, value: &Expr, example: &str, errors: &mut Errors) {
    let is_zero = match value {
        Expr::Path(_) | Expr::Binary(_) | Expr::Paren(_) => false,
        Expr::Unary(_) => true,
        value => match literal(value) {
            Some(Lit::Int(count)) => count.base10_parse::<u64>().is_ok_and(|count| count == 0),
            _ => {
                let message = format!("`{name}` is a number: write `{name} = {example}`");
                errors.at(value, message);
                return;
            }
        },
    };
    if is_zero {
        let message = format!("`{name}` is at least 1: write `{name} = {example}`");
        errors.at(value, message);
    }
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
