//! The code for `slo(..)`: a constant with the objectives of a route.

use highball_macro_stages::types::first_span;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ext::IdentExt};

use super::{check_name, handler::Handler};

/// Returns the name of the constant, from which the definition of the route borrows.
pub(super) fn name(handler: &Handler<'_>) -> Ident {
    let function = handler.function.sig.ident.unraw();
    format_ident!("objectives_of_{function}", span = Span::call_site())
}

/// Returns the constant. A route without objectives has none.
pub(super) fn items(handler: &Handler<'_>) -> Option<TokenStream> {
    let slo = handler.attr.slo.as_ref()?;
    let name = name(handler);
    let mut checks = TokenStream::new();
    let latency = slo.latency.as_ref().map(|(share, duration)| {
        checks.extend(check("latency", duration));
        quote!(.latency_within(#share, #duration))
    });
    let errors = slo.errors.map(|share| quote!(.errors_under(#share)));
    let period = slo.period.as_ref().map(|period| {
        checks.extend(check("period", period));
        quote!(.over(#period))
    });
    Some(quote! {
        #checks
        #[allow(non_upper_case_globals)]
        const #name: __hb::Slo = __hb::Slo::NONE #latency #errors #period;
    })
}

/// Returns the check of a duration, whose error is at its expression.
fn check(noun: &str, duration: &Expr) -> TokenStream {
    let (name, span) = (check_name(noun), first_span(duration));
    let assert = format_ident!("assert_{noun}", span = span);
    quote_spanned! {span=>
        #[allow(dead_code)]
        const #name: () = __hb::#assert(#duration);
    }
}
