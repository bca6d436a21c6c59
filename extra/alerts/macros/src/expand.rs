//! From rules to code.

use highball_macro_stages::{errors::Errors, runtime_path::package, types::first_span};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use crate::parse::{Condition, Rule, Rules, app_text, parse};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let rules = parse(input, &mut errors);
    let private = package("highball-alerts");
    let Some(Rules { app, rules }) = rules.filter(|_| errors.is_empty()) else {
        let errors = errors.into_tokens();
        return quote!({ #errors const NONE: [#private::AlertRule; 0] = []; NONE });
    };
    let rules = rules.iter().map(|rule| one(&app, rule));
    quote! {{
        use #private::__private as __alerts;
        [#(#rules),*]
    }}
}

/// Returns the expression of a rule. Each check is a separate constant, so that its error is the only one.
fn one(app: &Type, rule: &Rule) -> TokenStream {
    let Rule {
        name,
        is_page,
        condition,
        ..
    } = rule;
    let mut checks = TokenStream::new();
    let condition = match condition {
        Condition::Slow(handler, share, duration) => {
            checks.extend(route(app, rule, handler));
            let (check, span) = (check_name(rule, "duration"), first_span(duration));
            checks.extend(quote_spanned! {span=>
                #[allow(dead_code, non_upper_case_globals)]
                const #check: () = __alerts::assert_bound(#name, __ROUTE, &__alerts::BOUNDS_MICROS, #duration);
            });
            quote!(Slow(__ROUTE, #share, #duration))
        }
        Condition::Errors(handler, share) => {
            checks.extend(route(app, rule, handler));
            quote!(Errors(__ROUTE, #share))
        }
        Condition::Cpu(share) => quote!(Cpu(#share)),
        Condition::Capacity(share) => quote!(Capacity(#share)),
        Condition::Expr(text) => quote!(Expr(#text)),
    };
    let hold = match &rule.hold {
        Some(hold) => {
            let (check, span) = (check_name(rule, "for"), first_span(hold));
            checks.extend(quote_spanned! {span=>
                #[allow(dead_code, non_upper_case_globals)]
                const #check: () = __alerts::assert_hold(#hold);
            });
            quote!(#hold)
        }
        None => quote!(__alerts::HOLD),
    };
    quote! {{
        #checks
        __alerts::rule(#name, #is_page, __alerts::Condition::#condition, #hold)
    }}
}

/// Returns the constant of the route of a handler, and the check that the app has it.
fn route(app: &Type, rule: &Rule, handler: &syn::Path) -> TokenStream {
    let (name, text) = (&rule.name, app_text(app));
    let via = match &rule.via {
        Some(group) => {
            let group = group.to_string();
            quote!(::core::option::Option::Some(#group))
        }
        None => quote!(::core::option::Option::None),
    };
    let (check, span) = (check_name(rule, "handler"), first_span(handler));
    let check = quote_spanned! {span=>
        #[allow(dead_code, non_upper_case_globals)]
        const #check: () = __alerts::assert_mounted(
            #name,
            (#text, <#app as __alerts::Entry>::NODE),
            <#app as __alerts::App>::ROUTES,
            <__Handler as __alerts::Entry>::NODE,
            #via,
        );
    };
    quote! {
        // The alias is the only use of the path, so a name without a handler is reported once.
        type __Handler = #handler;
        #check
        const __ROUTE: &'static __alerts::Route =
            __alerts::mounted(<#app as __alerts::App>::ROUTES, <__Handler as __alerts::Entry>::NODE, #via);
    }
}

/// Returns the name of a check, which rustc prints: "evaluation of `duration_of_checkout_slow` failed here".
fn check_name(rule: &Rule, part: &str) -> Ident {
    format_ident!("{part}_of_{}", rule.name.value(), span = Span::call_site())
}
