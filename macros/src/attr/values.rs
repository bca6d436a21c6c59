//! Parsers for the values of options.

use proc_macro2::Span;
use syn::{
    Expr, Ident, LitStr, Path, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
};

use super::with::{self, WITH_USAGE, WithItem};

/// The values of `slash = ..`.
#[derive(Clone, Copy)]
pub(crate) enum Slash {
    Strict,
    Redirect,
    Ignore,
}

/// The values of `priority = ..`.
#[derive(Clone, Copy)]
pub(crate) enum Priority {
    Critical,
    Normal,
    Background,
}

/// The values of `csrf = ..`.
#[derive(Clone)]
pub(crate) enum Csrf {
    /// Off, with the reason.
    Off(LitStr),
    Strict,
}

/// Parses `= strict` or `= off("the sender signs it")`.
pub(super) fn parse_csrf(input: ParseStream<'_>, word: &Ident) -> syn::Result<Csrf> {
    let message = "write `csrf = off(\"reason\")` or `csrf = strict`";
    let wrong = |span| syn::Error::new(span, message);
    input.parse::<Token![=]>().map_err(|_| wrong(word.span()))?;
    let value: Ident = input.parse().map_err(|_| wrong(word.span()))?;
    if value == "strict" {
        return Ok(Csrf::Strict);
    }
    match value == "off" {
        true => parse_reason(input, &value, message).map(Csrf::Off),
        false => Err(wrong(value.span())),
    }
}

/// Parses `= accepted("the job may be lost")`.
pub(super) fn parse_dual_write(input: ParseStream<'_>, word: &Ident) -> syn::Result<LitStr> {
    let message = "write `dual_write = accepted(\"reason\")`";
    let wrong = |span| syn::Error::new(span, message);
    input.parse::<Token![=]>().map_err(|_| wrong(word.span()))?;
    let value: Ident = input.parse().map_err(|_| wrong(word.span()))?;
    match value == "accepted" {
        true => parse_reason(input, &value, message),
        false => Err(wrong(value.span())),
    }
}

/// Parses nothing, or `= exposed("the port is not public")`.
pub(super) fn parse_admin(input: ParseStream<'_>, word: &Ident) -> syn::Result<Option<LitStr>> {
    let message = "write `admin` or `admin = exposed(\"reason\")`";
    let wrong = |span| syn::Error::new(span, message);
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![=]>().map_err(|_| wrong(word.span()))?;
    let value: Ident = input.parse().map_err(|_| wrong(word.span()))?;
    match value == "exposed" {
        true => parse_reason(input, &value, message).map(Some),
        false => Err(wrong(value.span())),
    }
}

/// Parses `("reason")` after a word.
fn parse_reason(input: ParseStream<'_>, word: &Ident, message: &str) -> syn::Result<LitStr> {
    let wrong = |span| syn::Error::new(span, message);
    if !input.peek(syn::token::Paren) {
        return Err(wrong(word.span()));
    }
    let inner;
    parenthesized!(inner in input);
    let reason: LitStr = inner.parse().map_err(|_| wrong(word.span()))?;
    match reason.value().trim().is_empty() || !inner.is_empty() {
        true => Err(wrong(reason.span())),
        false => Ok(reason),
    }
}

/// Parses `= Facts::NONE`.
pub(super) fn parse_facts(input: ParseStream<'_>, word: &Ident) -> syn::Result<Expr> {
    let message =
        "write `facts = Facts::NONE`, or the facts of what the function reads through the context";
    parse_expr(input, word, message)
}

/// Parses `= Inputs::NONE`.
pub(super) fn parse_inputs(input: ParseStream<'_>, word: &Ident) -> syn::Result<Expr> {
    let message = "write `inputs = Inputs::NONE`, or the parts of a request that the function reads through the context";
    parse_expr(input, word, message)
}

fn parse_expr(input: ParseStream<'_>, word: &Ident, message: &str) -> syn::Result<Expr> {
    let equals = input.parse::<Token![=]>();
    let written = equals.and_then(|_| input.parse::<Expr>());
    written.map_err(|_| syn::Error::new(word.span(), message))
}

/// Parses `= finish` or `= cancel`.
pub(super) fn parse_on_disconnect(input: ParseStream<'_>, word: &Ident) -> syn::Result<bool> {
    let message = "write `on_disconnect = cancel` or `on_disconnect = finish`";
    parse_choice(input, word, message, &[("cancel", false), ("finish", true)])
}

/// Parses `= critical`, `= normal` or `= background`.
pub(super) fn parse_priority(input: ParseStream<'_>, word: &Ident) -> syn::Result<Priority> {
    let message = "write `priority = critical`, `priority = normal` or `priority = background`";
    let names = [
        ("critical", Priority::Critical),
        ("normal", Priority::Normal),
        ("background", Priority::Background),
    ];
    parse_choice(input, word, message, &names)
}

/// Parses `= name`, where the name is one of `names`.
fn parse_choice<T: Copy>(
    input: ParseStream<'_>,
    word: &Ident,
    message: &str,
    names: &[(&str, T)],
) -> syn::Result<T> {
    let wrong = |span| syn::Error::new(span, message);
    input.parse::<Token![=]>().map_err(|_| wrong(word.span()))?;
    let value = input
        .call(Ident::parse_any)
        .map_err(|error| wrong(error.span()))?;
    let known = names.iter().find(|(name, _)| value == name);
    known
        .map(|(_, means)| *means)
        .ok_or_else(|| wrong(value.span()))
}

/// Parses `= secs(5)`.
pub(super) fn parse_limit(input: ParseStream<'_>, word: &Ident) -> syn::Result<Expr> {
    let example = if word == "timeout" {
        "secs(5)"
    } else {
        "64 * 1024"
    };
    let wrong = |span| syn::Error::new(span, format!("write `{word} = {example}`"));
    let written = input
        .parse::<Token![=]>()
        .and_then(|_| input.parse::<Expr>());
    let value = written.map_err(|_| wrong(word.span()))?;
    // A duration needs a unit, so a bare number is rejected for `timeout`. A size must be an integer.
    match &value {
        Expr::Lit(literal) if word == "timeout" || !matches!(literal.lit, syn::Lit::Int(_)) => {
            Err(wrong(literal.lit.span()))
        }
        _ => Ok(value),
    }
}

pub(super) fn parse_function_name(input: ParseStream<'_>, word: &Ident) -> syn::Result<Path> {
    let written = input
        .parse::<Token![=]>()
        .and_then(|_| Path::parse_mod_style(input));
    written.map_err(|_| {
        syn::Error::new(
            word.span(),
            format!("write `{word} = name`, the name of the function"),
        )
    })
}

pub(super) fn parse_crate(input: ParseStream<'_>, word: &Ident) -> syn::Result<Path> {
    let written = input
        .parse::<Token![=]>()
        .and_then(|_| Path::parse_mod_style(input));
    written.map_err(|_| syn::Error::new(word.span(), "write `crate = path::to::highball`"))
}

/// Parses `(first, second(5))`.
pub(super) fn parse_with(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<WithItem>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), WITH_USAGE));
    }
    let list;
    parenthesized!(list in input);
    with::parse_with_items(&list)
}

/// Parses `(recovery, logging::access)`.
pub(super) fn parse_part_names(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<Path>> {
    let wrong = |span| {
        syn::Error::new(
            span,
            format!("write `{word}(first, second)`, the names of guards or middleware"),
        )
    };
    if !input.peek(syn::token::Paren) {
        return Err(wrong(word.span()));
    }
    let list;
    parenthesized!(list in input);
    let names = list.parse_terminated(Path::parse_mod_style, Token![,]);
    Ok(names
        .map_err(|error| wrong(error.span()))?
        .into_iter()
        .collect())
}

/// One demand of `every(..)`: each route has one of the parts, or the word `public`.
#[derive(Default)]
pub(crate) struct DemandExpr {
    pub(crate) parts: Vec<Path>,
    pub(crate) allows_public: bool,
}

/// Parses `(signed_in | api_key | public, audited)`.
pub(super) fn parse_every(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<DemandExpr>> {
    let wrong = |span| {
        let message = "write `every(signed_in | public)`: the names of guards, middleware or observers, and `public` if a route may be without them";
        syn::Error::new(span, message)
    };
    if !input.peek(syn::token::Paren) {
        return Err(wrong(word.span()));
    }
    let list;
    parenthesized!(list in input);
    let demands = list.parse_terminated(parse_demand, Token![,]);
    let demands = demands.map_err(|error| wrong(error.span()))?;
    if demands.is_empty() {
        return Err(wrong(word.span()));
    }
    Ok(demands.into_iter().collect())
}

fn parse_demand(input: ParseStream<'_>) -> syn::Result<DemandExpr> {
    let mut demand = DemandExpr::default();
    loop {
        let name: Path = input.parse()?;
        if name.is_ident("public") {
            demand.allows_public = true;
        } else {
            demand.parts.push(name);
        }
        if input.parse::<Option<Token![|]>>()?.is_none() {
            break;
        }
    }
    match demand.parts.is_empty() {
        true => Err(input.error("a demand without a part")),
        false => Ok(demand),
    }
}

pub(super) fn parse_slash(input: ParseStream<'_>, word: &Ident) -> syn::Result<Slash> {
    let message = "write `slash = strict`, `slash = redirect` or `slash = ignore`";
    let names = [
        ("strict", Slash::Strict),
        ("redirect", Slash::Redirect),
        ("ignore", Slash::Ignore),
    ];
    parse_choice(input, word, message, &names)
}

/// Parses `= [GET, "PURGE"]`.
pub(super) fn parse_methods(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<String>> {
    let message = "write `methods = [GET, POST]`";
    if input.parse::<Option<Token![=]>>()?.is_none() || !input.peek(syn::token::Bracket) {
        return Err(syn::Error::new(word.span(), message));
    }
    let list;
    let bracket = bracketed!(list in input);
    let mut methods = Vec::new();
    for method in list.parse_terminated(MethodName::parse, Token![,])? {
        if methods.contains(&method.name) {
            let message = format!("`{}` is written twice in `methods`", method.name);
            return Err(syn::Error::new(method.span, message));
        }
        methods.push(method.name);
    }
    if methods.is_empty() {
        return Err(syn::Error::new(
            bracket.span.join(),
            format!("a route answers a method: {message}"),
        ));
    }
    Ok(methods)
}

struct MethodName {
    name: String,
    span: Span,
}

impl Parse for MethodName {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (name, span) = if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            (literal.value(), literal.span())
        } else {
            let word = input.call(Ident::parse_any)?;
            (word.to_string(), word.span())
        };
        check_method_name(&name).map_err(|message| syn::Error::new(span, message))?;
        Ok(Self { name, span })
    }
}

/// Checks that a method is a token of HTTP, as RFC 9110 §9.1 requires. Methods are case-sensitive.
fn check_method_name(name: &str) -> Result<(), String> {
    let upper = name.to_uppercase();
    if name != upper && STANDARD.contains(&upper.as_str()) {
        return Err(format!("methods are written in capitals: `{upper}`"));
    }
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!(
            "`{name}` is not an HTTP method: use letters, digits and `-`"
        ));
    }
    Ok(())
}

/// The methods that have a bit of a route's method set, in the order of `highball::route::STANDARD`.
pub(crate) const STANDARD: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "CONNECT", "TRACE",
];
