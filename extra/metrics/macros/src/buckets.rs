//! The bounds of a histogram.

use highball_macro_stages::errors::Errors;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, Lit, Token, UnOp, punctuated::Punctuated, spanned::Spanned,
};

/// Returns the bounds of `#[buckets(..)]`, which rise.
pub(crate) fn read(attr: &Attribute, errors: &mut Errors) -> Vec<f64> {
    let list = attr.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated);
    let mut bounds: Vec<f64> = Vec::new();
    let Some(list) = errors.keep(list) else {
        return bounds;
    };
    if list.is_empty() {
        errors.at(
            attr,
            "a histogram has at least one bound: write `#[buckets(5.0, 20.0, 50.0)]`",
        );
    }
    for bound in list {
        let Some(value) = number(&bound).filter(|value| value.is_finite()) else {
            errors.push(syn::Error::new(
                bound.span(),
                "a bound is a number, such as `0.5`",
            ));
            continue;
        };
        if let Some(last) = bounds.last()
            && value <= *last
        {
            let message = format!(
                "the bounds of a histogram rise: `{value}` is not larger than `{last}` before it"
            );
            errors.at(&bound, message);
        }
        bounds.push(value);
    }
    bounds
}

fn number(bound: &Expr) -> Option<f64> {
    match bound {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(number) => number.base10_parse().ok(),
            Lit::Float(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => number(expr).map(|number| -number),
        _ => None,
    }
}
