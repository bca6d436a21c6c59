//! The arguments of the attributes.

use proc_macro2::TokenStream;
use syn::{
    Ident, LitStr, Path, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{errors::Errors, pattern::Pattern};

/// What `slash = ..` says.
#[derive(Clone, Copy)]
pub(crate) enum Slash {
    Strict,
    Redirect,
    Ignore,
}

/// The arguments of `#[get(..)]` and its siblings.
#[derive(Default)]
pub(crate) struct RouteArgs {
    pub(crate) pattern: Option<Pattern>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) with: Vec<Path>,
    pub(crate) slash: Option<Slash>,
    pub(crate) krate: Option<Path>,
}

/// The arguments of `#[routes(..)]`.
#[derive(Default)]
pub(crate) struct GroupArgs {
    pub(crate) app: bool,
    pub(crate) prefix: Option<Pattern>,
    pub(crate) with: Vec<Path>,
    pub(crate) slash: Option<Slash>,
    pub(crate) fallback: Option<Path>,
    pub(crate) rejection: Option<Path>,
    pub(crate) krate: Option<Path>,
}

/// One argument of an attribute.
enum Arg {
    Literal(LitStr),
    With(Vec<Path>),
    Slash(Slash),
    Crate(Path),
    Methods(Vec<String>),
    App(Ident),
    Fallback(Ident, Path),
    Rejection(Ident, Path),
}

impl RouteArgs {
    /// Reads the arguments; `name` is the attribute's, for the words of a mistake.
    pub(crate) fn parse(tokens: TokenStream, name: &str, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        for arg in read(tokens, errors) {
            match arg {
                Arg::Literal(literal) if args.pattern.is_some() => {
                    errors.at(literal, format!("`#[{name}]` takes one path"));
                }
                Arg::Literal(literal) => args.pattern = Some(Pattern::route(&literal, errors)),
                Arg::With(mut paths) => args.with.append(&mut paths),
                Arg::Slash(slash) => args.slash = Some(slash),
                Arg::Crate(path) => args.krate = Some(path),
                Arg::Methods(methods) => args.methods = Some(methods),
                Arg::App(word) => {
                    errors.at(word, "`app` marks a group: move it to `#[routes(app)]`");
                }
                Arg::Fallback(word, _) | Arg::Rejection(word, _) => {
                    errors.at(
                        &word,
                        format!("`{word}` belongs to a group: move it to `#[routes(..)]`"),
                    );
                }
            }
        }
        args
    }
}

impl GroupArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        for arg in read(tokens, errors) {
            match arg {
                Arg::Literal(literal) if args.prefix.is_some() => {
                    errors.at(literal, "a group has one prefix: join the two");
                }
                Arg::Literal(literal) => args.prefix = Some(Pattern::prefix(&literal, errors)),
                Arg::With(mut paths) => args.with.append(&mut paths),
                Arg::Slash(slash) => args.slash = Some(slash),
                Arg::Crate(path) => args.krate = Some(path),
                Arg::App(_) => args.app = true,
                Arg::Fallback(_, path) => args.fallback = Some(path),
                Arg::Rejection(_, path) => args.rejection = Some(path),
                Arg::Methods(_) => {
                    let message = "`methods` belongs to a route: move it to `#[route(..)]`";
                    errors.push(syn::Error::new(proc_macro2::Span::call_site(), message));
                }
            }
        }
        args
    }
}

fn read(tokens: TokenStream, errors: &mut Errors) -> Vec<Arg> {
    let parser = Punctuated::<Arg, Token![,]>::parse_terminated;
    let args = errors.keep(syn::parse::Parser::parse2(parser, tokens));
    args.map(|args| args.into_iter().collect())
        .unwrap_or_default()
}

const KNOWN: &str = "`with(..)`, `slash = ..`, `methods = [..]`, `app`, `fallback = ..`, `rejection = ..` and `crate = ..` are known";

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input.parse().map(Self::Literal);
        }
        if !input.peek(Ident::peek_any) {
            let message = format!("a path stands in quotes, `\"/users\"`; besides it {KNOWN}");
            return Err(input.error(message));
        }
        let word = input.call(Ident::parse_any)?;
        match word.to_string().as_str() {
            "with" => paths(input, &word).map(Self::With),
            "slash" => slash(input).map(Self::Slash),
            "crate" => value(input).map(Self::Crate),
            "methods" => methods(input).map(Self::Methods),
            "app" => Ok(Self::App(word)),
            "fallback" => Ok(Self::Fallback(word, value(input)?)),
            "rejection" => Ok(Self::Rejection(word, value(input)?)),
            _ => Err(syn::Error::new(word.span(), unknown(&word))),
        }
    }
}

fn unknown(word: &Ident) -> String {
    let near = [
        "with",
        "slash",
        "methods",
        "app",
        "fallback",
        "rejection",
        "crate",
    ];
    let word = word.to_string();
    match near.into_iter().find(|known| is_near(known, &word)) {
        Some(known) => format!("`{word}` is not known: did you mean `{known}`?"),
        None => format!("`{word}` is not known: {KNOWN}"),
    }
}

/// Returns whether the words share their first letters or differ by one letter.
fn is_near(known: &str, word: &str) -> bool {
    let shared = known
        .chars()
        .zip(word.chars())
        .take_while(|(a, b)| a == b)
        .count();
    shared >= 3
        || shared + 1 >= known.len().min(word.len()) && word.len().abs_diff(known.len()) <= 1
}

fn value(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![=]>()?;
    Path::parse_mod_style(input)
}

/// Reads `(a, b::c)`.
fn paths(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<Path>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(
            word.span(),
            "write `with(first, second)`, outermost first",
        ));
    }
    let list;
    parenthesized!(list in input);
    let paths = list.parse_terminated(Path::parse_mod_style, Token![,])?;
    Ok(paths.into_iter().collect())
}

fn slash(input: ParseStream<'_>) -> syn::Result<Slash> {
    input.parse::<Token![=]>()?;
    let word: Ident = input.call(Ident::parse_any)?;
    match word.to_string().as_str() {
        "strict" => Ok(Slash::Strict),
        "redirect" => Ok(Slash::Redirect),
        "ignore" => Ok(Slash::Ignore),
        _ => Err(syn::Error::new(
            word.span(),
            "`slash` is `strict`, `redirect` or `ignore`",
        )),
    }
}

/// Reads `= [GET, "PURGE"]`.
fn methods(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    input.parse::<Token![=]>()?;
    let list;
    bracketed!(list in input);
    let mut methods = Vec::new();
    for method in list.parse_terminated(Method::parse, Token![,])? {
        if methods.contains(&method.name) {
            let message = format!("`{}` stands twice in `methods`", method.name);
            return Err(syn::Error::new(method.span, message));
        }
        methods.push(method.name);
    }
    if methods.is_empty() {
        return Err(list.error("name a method, as in `methods = [GET, POST]`"));
    }
    Ok(methods)
}

struct Method {
    name: String,
    span: proc_macro2::Span,
}

impl Parse for Method {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (name, span) = if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            (literal.value(), literal.span())
        } else {
            let word = input.call(Ident::parse_any)?;
            (word.to_string(), word.span())
        };
        check_method(&name).map_err(|message| syn::Error::new(span, message))?;
        Ok(Self { name, span })
    }
}

/// RFC 9110 §9.1: a method is a token, and case matters.
fn check_method(name: &str) -> Result<(), String> {
    let upper = name.to_uppercase();
    if name != upper && STANDARD.contains(&upper.as_str()) {
        return Err(format!("methods are written in capitals: `{upper}`"));
    }
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!(
            "`{name}` is no HTTP method: it is made of letters, digits and `-`"
        ));
    }
    Ok(())
}

/// The methods with a bit of their own, in the order of `highball::route::STANDARD`.
pub(crate) const STANDARD: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "CONNECT", "TRACE",
];
