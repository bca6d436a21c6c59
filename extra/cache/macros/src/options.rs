//! The options of the attribute.

use highball_macro_stages::{errors::Errors, similar_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{
    Expr, Token, parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

const OPTIONS: [&str; 11] = [
    "ttl",
    "stale",
    "on_error",
    "soft",
    "timeout",
    "retry",
    "ttl_missing",
    "entries",
    "jitter",
    "early",
    "tags",
];

/// The options, as they were read.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) ttl: Option<Expr>,
    /// Those of the builder, by its methods.
    pub(crate) calls: Vec<(Ident, Expr)>,
    pub(crate) tags: Vec<Expr>,
}

impl Options {
    /// Returns the name of an option where it was written.
    pub(crate) fn get(&self, name: &str) -> Option<&Ident> {
        let mut names = self.calls.iter().map(|(known, _)| known);
        names.find(|known| *known == name)
    }
}

enum Setting {
    Value(Ident, Expr),
    Tags(Ident, Vec<Expr>),
}

pub(crate) fn parse(args: TokenStream, errors: &mut Errors) -> Options {
    let list = Punctuated::<Setting, Token![,]>::parse_terminated.parse2(args);
    let mut options = Options::default();
    let Some(list) = errors.keep(list) else {
        return options;
    };
    let mut seen = Vec::new();
    for setting in list {
        let name = match &setting {
            Setting::Value(name, _) | Setting::Tags(name, _) => name.clone(),
        };
        if seen.contains(&name) {
            errors.at(&name, format!("`{name}` occurs twice: remove one"));
        }
        match setting {
            Setting::Value(name, value) if name == "ttl" => {
                options.ttl = Some(value);
                seen.push(name);
            }
            Setting::Value(name, value) => {
                options.calls.push((name.clone(), value));
                seen.push(name);
            }
            Setting::Tags(name, tags) => {
                options.tags = tags;
                seen.push(name);
            }
        }
    }
    if options.ttl.is_none() {
        let message =
            "`cache` needs the time for which a value is fresh: write `#[cache(ttl = secs(60))]`";
        errors.push(syn::Error::new(Span::call_site(), message));
    }
    options
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let text = name.to_string();
        if !OPTIONS.contains(&text.as_str()) {
            let instead = match similar_name(&text, OPTIONS) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => format!("the options are `{}`", OPTIONS.join("`, `")),
            };
            let message = format!("`cache` has no option `{text}`: {instead}");
            return Err(syn::Error::new(name.span(), message));
        }
        if text == "tags" {
            return parse_tags(name, input);
        }
        let wrong = |span| syn::Error::new(span, format!("write `{text} = {}`", example(&text)));
        input.parse::<Token![=]>().map_err(|_| wrong(name.span()))?;
        let value: Expr = input.parse().map_err(|_| wrong(name.span()))?;
        match &value {
            // A time needs a unit.
            Expr::Lit(_) if is_time(&text) => {
                let tokens = quote!(#value);
                Err(syn::Error::new_spanned(
                    tokens,
                    format!("a time needs a unit: write `{text} = {}`", example(&text)),
                ))
            }
            _ => Ok(Self::Value(name, value)),
        }
    }
}

fn parse_tags(name: Ident, input: ParseStream<'_>) -> syn::Result<Setting> {
    if !input.peek(syn::token::Paren) {
        let message = "write `tags(product(id))`, each an expression of the arguments";
        return Err(syn::Error::new(name.span(), message));
    }
    let list;
    parenthesized!(list in input);
    let tags = Punctuated::<Expr, Token![,]>::parse_terminated(&list)?;
    Ok(Setting::Tags(name, tags.into_iter().collect()))
}

fn is_time(option: &str) -> bool {
    !["entries", "jitter", "early"].contains(&option)
}

fn example(option: &str) -> &'static str {
    match option {
        "soft" => "millis(80)",
        "on_error" => "hours(2)",
        "stale" => "mins(10)",
        "entries" => "10_000",
        "jitter" => "0.1",
        "early" => "1.0",
        _ => "secs(60)",
    }
}
