//! `slo(p99 = millis(500), errors = 0.05, period = days(30))`: the objectives of a route.

use highball_macro_stages::types::source_text;
use proc_macro2::Span;
use syn::{
    Expr, Ident, Lit, Token, UnOp, ext::IdentExt, parenthesized, parse::ParseStream,
    spanned::Spanned,
};

/// The objectives of a route.
pub(crate) struct SloExpr {
    /// The share of requests in millionths, and the expression of the duration that they may take.
    pub(crate) latency: Option<(u32, Expr)>,
    /// The share of errors in millionths.
    pub(crate) errors: Option<u32>,
    /// The expression of the period.
    pub(crate) period: Option<Expr>,
    /// The name of the duration's key, for errors about it.
    pub(crate) latency_key: Option<Ident>,
}

const USAGE: &str = "write `slo(p99 = millis(500), errors = 0.05)`: a duration that this share of requests may take, a share of errors, or both";
const KEYS: &str = "`slo(..)` takes `p50`, `p90`, `p95`, `p99`, `p999`, `errors` and `period`";

/// The share of requests of each key, in millionths.
const QUANTILES: [(&str, u32); 5] = [
    ("p50", 500_000),
    ("p90", 900_000),
    ("p95", 950_000),
    ("p99", 990_000),
    ("p999", 999_000),
];

const MILLION: f64 = 1_000_000.0;

impl SloExpr {
    /// Parses `(p99 = millis(500), errors = 0.05)`.
    pub(super) fn parse(input: ParseStream<'_>, word: &Ident) -> syn::Result<Self> {
        if !input.peek(syn::token::Paren) {
            return Err(syn::Error::new(word.span(), USAGE));
        }
        let list;
        parenthesized!(list in input);
        let mut slo = Self {
            latency: None,
            errors: None,
            period: None,
            latency_key: None,
        };
        let parsed = slo.parse_keys(&list);
        // syn reports tokens that a parser leaves as a second error.
        list.parse::<proc_macro2::TokenStream>()?;
        parsed?;
        match slo.latency.is_none() && slo.errors.is_none() {
            true => Err(syn::Error::new(word.span(), USAGE)),
            false => Ok(slo),
        }
    }

    fn parse_keys(&mut self, list: ParseStream<'_>) -> syn::Result<()> {
        while !list.is_empty() {
            let key = list.call(Ident::parse_any)?;
            self.parse_key(list, key)?;
            if !list.is_empty() {
                list.parse::<Token![,]>().map_err(|error| {
                    let message = "the objectives are separated by commas: write `,` before this";
                    syn::Error::new(error.span(), message)
                })?;
            }
        }
        Ok(())
    }

    fn parse_key(&mut self, list: ParseStream<'_>, key: Ident) -> syn::Result<()> {
        let name = key.to_string();
        let quantile = QUANTILES.iter().find(|(known, _)| *known == name);
        match (name.as_str(), quantile) {
            ("errors", _) => {
                let share = parse_share(list, &key)?;
                set(&mut self.errors, share, &key)
            }
            ("period", _) => {
                let period = parse_duration(list, &key, "days(30)")?;
                set(&mut self.period, period, &key)
            }
            (_, Some((_, share))) => {
                let duration = parse_duration(list, &key, "millis(500)")?;
                if let Some(other) = self.latency_key.as_ref().filter(|other| **other != key) {
                    let message =
                        format!("`slo(..)` has one duration: leave out `{other}` or `{key}`");
                    return Err(syn::Error::new(key.span(), message));
                }
                set(&mut self.latency, (*share, duration), &key)?;
                self.latency_key = Some(key);
                Ok(())
            }
            _ => {
                let message = format!("`{key}` is not known: {KEYS}");
                Err(syn::Error::new(key.span(), message))
            }
        }
    }
}

fn set<T>(place: &mut Option<T>, value: T, key: &Ident) -> syn::Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => {
            let message = format!("`{key}` is written twice: leave one out");
            Err(syn::Error::new(key.span(), message))
        }
    }
}

/// Parses `= millis(500)`. The compiler computes the duration. Zero and negative literals are rejected here, since the
/// error is then at the number.
fn parse_duration(list: ParseStream<'_>, key: &Ident, example: &str) -> syn::Result<Expr> {
    let usage = |span| syn::Error::new(span, format!("write `{key} = {example}`"));
    let written = list.parse::<Token![=]>().and_then(|_| list.parse::<Expr>());
    let value = written.map_err(|_| usage(key.span()))?;
    match &value {
        Expr::Lit(_) | Expr::Unary(_) => return Err(usage(value.span())),
        Expr::Call(call) => match call.args.first() {
            Some(number) if !is_positive(number) => {
                let text = source_text(number);
                let message =
                    format!("`{key}` is longer than zero: write `{key} = {example}`, not `{text}`");
                return Err(syn::Error::new(number.span(), message));
            }
            _ => {}
        },
        _ => {}
    }
    Ok(value)
}

/// Returns whether an expression may be a number over zero.
fn is_positive(number: &Expr) -> bool {
    match number {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_digits() != "0",
            _ => true,
        },
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Neg(_)),
        _ => true,
    }
}

/// Parses `= 0.05`, and returns it in millionths.
fn parse_share(list: ParseStream<'_>, key: &Ident) -> syn::Result<u32> {
    let message = "the share of errors is over 0 and under 1: write `errors = 0.05` for 5 %";
    let wrong = |span: Span| syn::Error::new(span, message);
    let written = list.parse::<Token![=]>().and_then(|_| list.parse::<Expr>());
    let value = written.map_err(|_| wrong(key.span()))?;
    let Expr::Lit(literal) = &value else {
        return Err(wrong(value.span()));
    };
    let share = match &literal.lit {
        Lit::Float(number) => number.base10_parse::<f64>().ok(),
        _ => None,
    };
    // A share that rounds to none would be an alert of the first error.
    let millionths = share.map(|share| (share * MILLION).round());
    match millionths.filter(|share| *share >= 1.0 && *share < MILLION) {
        Some(share) => Ok(share as u32),
        None => Err(wrong(value.span())),
    }
}
