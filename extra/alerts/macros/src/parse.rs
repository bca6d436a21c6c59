//! `rules![Api; page("checkout_slow", p99(checkout) > millis(500), for = mins(2))]`, as data.

use highball_macro_stages::{errors::Errors, types::source_text};
use proc_macro2::{Span, TokenStream};
use syn::{
    Expr, Ident, Lit, LitStr, Path, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream, Parser},
    spanned::Spanned,
};

/// The shares of requests of the quantiles, in millionths.
const QUANTILES: [(&str, u32); 5] = [
    ("p50", 500_000),
    ("p90", 900_000),
    ("p95", 950_000),
    ("p99", 990_000),
    ("p999", 999_000),
];

const CONDITIONS: &str = "write `p99(handler) > millis(500)`, `errors(handler) > 0.05`, `cpu() > 0.8`, `capacity() > 0.9` or `expr(\"promql\")`";
const RULE: &str =
    "write `page(\"name\", p99(handler) > millis(500), for = mins(2))`, or `ticket(..)`";
const MILLION: f64 = 1_000_000.0;

/// The rules of an app.
pub(crate) struct Rules {
    pub(crate) app: Type,
    pub(crate) rules: Vec<Rule>,
}

/// One rule.
pub(crate) struct Rule {
    pub(crate) name: LitStr,
    pub(crate) is_page: bool,
    pub(crate) condition: Condition,
    pub(crate) hold: Option<Expr>,
    pub(crate) via: Option<Ident>,
}

/// The condition of a rule. Shares are in millionths.
pub(crate) enum Condition {
    /// A share of the requests of a handler, and the duration that they may take.
    Slow(Path, u32, Expr),
    Errors(Path, u32),
    Cpu(u32),
    Capacity(u32),
    Expr(LitStr),
}

/// Parses the input. A mistake in one rule does not affect the others.
pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Rules> {
    let parser = |input: ParseStream<'_>| {
        let app: Type = input.parse()?;
        input.parse::<Token![;]>().map_err(|error| {
            syn::Error::new(error.span(), "write the app first: `rules![Api; page(..)]`")
        })?;
        let mut rules = Vec::new();
        while !input.is_empty() {
            rules.push(rule(input)?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Rules { app, rules })
    };
    let rules = errors.keep(parser.parse2(input))?;
    let mut names: Vec<String> = Vec::new();
    for Rule { name, .. } in &rules.rules {
        let text = name.value();
        if names.contains(&text) {
            errors.at(
                name,
                format!("two rules have the name `{text}`: rename one"),
            );
        }
        names.push(text);
    }
    Some(rules)
}

fn rule(input: ParseStream<'_>) -> syn::Result<Rule> {
    let word = input.call(Ident::parse_any)?;
    let is_page = word == "page";
    if !is_page && word != "ticket" || !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), RULE));
    }
    let list;
    parenthesized!(list in input);
    let name: LitStr = list
        .parse()
        .map_err(|error| syn::Error::new(error.span(), RULE))?;
    check_name(&name)?;
    list.parse::<Token![,]>()
        .map_err(|error| syn::Error::new(error.span(), CONDITIONS))?;
    let mut rule = Rule {
        name,
        is_page,
        condition: condition(&list)?,
        hold: None,
        via: None,
    };
    while !list.is_empty() {
        list.parse::<Token![,]>()?;
        if !list.is_empty() {
            option(&list, &mut rule)?;
        }
    }
    Ok(rule)
}

fn option(list: ParseStream<'_>, rule: &mut Rule) -> syn::Result<()> {
    let word = list.call(Ident::parse_any)?;
    match word.to_string().as_str() {
        "for" => {
            list.parse::<Token![=]>()?;
            rule.hold = Some(list.parse()?);
        }
        "via" => {
            list.parse::<Token![=]>()?;
            rule.via = Some(list.parse()?);
        }
        _ => {
            let message =
                format!("`{word}` is not known: a rule takes `for = mins(2)` and `via = Group`");
            return Err(syn::Error::new(word.span(), message));
        }
    }
    Ok(())
}

/// Checks that a name is one that alerts, labels and test cases can have as it is.
fn check_name(name: &LitStr) -> syn::Result<()> {
    let text = name.value();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    match text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(is_letter)
    {
        true => Ok(()),
        false => Err(syn::Error::new(
            name.span(),
            "the name of a rule has letters, digits and `_`, as in `checkout_slow`",
        )),
    }
}

fn condition(list: ParseStream<'_>) -> syn::Result<Condition> {
    let wrong = |span: Span| syn::Error::new(span, CONDITIONS);
    let word = list
        .call(Ident::parse_any)
        .map_err(|error| wrong(error.span()))?;
    if !list.peek(syn::token::Paren) {
        return Err(wrong(word.span()));
    }
    let inner;
    parenthesized!(inner in list);
    let name = word.to_string();
    let quantile = QUANTILES.iter().find(|(known, _)| *known == name);
    if let Some((_, share)) = quantile {
        let handler = handler(&inner, &word)?;
        return Ok(Condition::Slow(handler, *share, limit(list, &word)?));
    }
    match name.as_str() {
        "errors" => {
            let handler = handler(&inner, &word)?;
            share(list, &word).map(|share| Condition::Errors(handler, share))
        }
        "cpu" => share(list, &word).map(Condition::Cpu),
        "capacity" => share(list, &word).map(Condition::Capacity),
        "expr" => match inner.parse() {
            Ok(text) => Ok(Condition::Expr(text)),
            Err(error) => Err(syn::Error::new(
                error.span(),
                "write the PromQL in quotes: `expr(\"up == 0\")`",
            )),
        },
        _ => Err(syn::Error::new(
            word.span(),
            format!("`{word}` is not known: {CONDITIONS}"),
        )),
    }
}

fn handler(inner: ParseStream<'_>, word: &Ident) -> syn::Result<Path> {
    let handler = inner.call(Path::parse_mod_style);
    handler.map_err(|_| {
        let message =
            format!("`{word}(..)` is about the requests of a handler: write `{word}(checkout)`");
        syn::Error::new(word.span(), message)
    })
}

/// Parses `> millis(500)`.
fn limit(list: ParseStream<'_>, word: &Ident) -> syn::Result<Expr> {
    let message = format!("write `{word}(handler) > millis(500)`: an alert fires above a value");
    list.parse::<Token![>]>()
        .map_err(|error| syn::Error::new(error.span(), &message))?;
    let value: Expr = list
        .parse()
        .map_err(|error| syn::Error::new(error.span(), &message))?;
    match &value {
        Expr::Lit(literal) => Err(syn::Error::new(literal.span(), message)),
        _ => Ok(value),
    }
}

/// Parses `> 0.8`, and returns it in millionths.
fn share(list: ParseStream<'_>, word: &Ident) -> syn::Result<u32> {
    let message = format!("`{word}(..)` is a share over 0 and under 1: write `> 0.05` for 5 %");
    let wrong = |span: Span| syn::Error::new(span, &message);
    list.parse::<Token![>]>()
        .map_err(|error| wrong(error.span()))?;
    let value = Lit::parse(list).map_err(|error| wrong(error.span()))?;
    let share = match &value {
        Lit::Float(number) => number.base10_parse::<f64>().ok(),
        _ => None,
    };
    let millionths = share.map(|share| (share * MILLION).round());
    match millionths.filter(|share| *share >= 1.0 && *share < MILLION) {
        Some(share) => Ok(share as u32),
        None => Err(wrong(value.span())),
    }
}

/// Returns the name of the app in messages.
pub(crate) fn app_text(app: &Type) -> String {
    source_text(app)
}
