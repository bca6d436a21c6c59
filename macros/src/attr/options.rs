//! The words that an attribute knows, read one by one, so that each mistake is reported.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Expr, Ident, LitStr, Path,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use super::{
    values::{
        Priority, Slash, finish, krate, limit, methods, names, priority, slash, value, with_list,
    },
    with::With,
};
use crate::errors::Errors;

/// One argument of an attribute.
pub(super) enum Arg {
    Path(LitStr),
    With(Vec<With>),
    Slash(Slash),
    Finish(bool),
    Priority(Priority),
    /// A word that is short for a middleware: `timeout = secs(5)`.
    Limit(Ident, Expr),
    Crate(Path),
    Methods(Span, Vec<String>),
    App,
    Fallback(Path),
    Rejection(Ident, Path),
    MethodOverride(Ident),
    Body,
    After(Vec<Path>),
    Before(Vec<Path>),
}

/// A word, and how it is written.
type Word = (&'static str, &'static str);

const PATH: Word = ("path", "a path in quotes");
const WITH: Word = ("with", "`with(..)`");
const SLASH: Word = ("slash", "`slash = ..`");
const METHODS: Word = ("methods", "`methods = [..]`");
const APP: Word = ("app", "`app`");
const FALLBACK: Word = ("fallback", "`fallback = ..`");
const REJECTION: Word = ("rejection", "`rejection = ..`");
const METHOD_OVERRIDE: Word = ("method_override", "`method_override`");
const BODY: Word = ("body", "`body`");
const AFTER: Word = ("after", "`after(..)`");
const BEFORE: Word = ("before", "`before(..)`");
const DISCONNECT: Word = ("on_disconnect", "`on_disconnect = ..`");
const PRIORITY: Word = ("priority", "`priority = ..`");
const TIMEOUT: Word = ("timeout", "`timeout = ..`");
const BODY_LIMIT: Word = ("body_limit", "`body_limit = ..`");
const CRATE: Word = ("crate", "`crate = ..`");

/// Returns the words that the attribute takes.
fn known(attribute: &str) -> &'static [Word] {
    match attribute {
        "routes" => &[
            APP,
            PREFIX,
            WITH,
            SLASH,
            TIMEOUT,
            BODY_LIMIT,
            DISCONNECT,
            PRIORITY,
            FALLBACK,
            REJECTION,
            METHOD_OVERRIDE,
            CRATE,
        ],
        "route" => &[
            PATH, METHODS, WITH, SLASH, TIMEOUT, BODY_LIMIT, DISCONNECT, PRIORITY, CRATE,
        ],
        "fallback" => &[WITH, CRATE],
        "guard" => &[AFTER, BEFORE, BODY, CRATE],
        "middleware" | "observer" => &[AFTER, BEFORE, CRATE],
        _ => &[
            PATH, WITH, SLASH, TIMEOUT, BODY_LIMIT, DISCONNECT, PRIORITY, CRATE,
        ],
    }
}

const PREFIX: Word = ("path", "a prefix in quotes");

/// Returns where a word belongs that is not for this attribute.
fn home(word: &str) -> Option<&'static str> {
    match word {
        "app" | "method_override" => Some("`#[routes(app)]`"),
        "fallback" | "rejection" => Some("`#[routes(..)]`"),
        "methods" => Some("`#[route(..)]`"),
        "with" | "slash" | "timeout" | "body_limit" | "on_disconnect" | "priority" => {
            Some("the routes or their group")
        }
        "body" => Some("a guard"),
        "after" | "before" => Some("the guard or the middleware"),
        _ => None,
    }
}

/// Reads the arguments of an attribute.
pub(super) fn read(tokens: TokenStream, attribute: &str, errors: &mut Errors) -> Vec<Arg> {
    let mut seen = Vec::new();
    let mut args = Vec::new();
    for piece in pieces(tokens) {
        let parser = |input: ParseStream<'_>| arg(input, attribute, &mut seen);
        args.extend(errors.keep(parser.parse2(piece)));
    }
    args
}

/// Splits at the commas: a mistake in one argument leaves the others alone.
fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => pieces.push(TokenStream::new()),
            other => pieces
                .last_mut()
                .into_iter()
                .for_each(|piece| piece.extend([other.clone()])),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn arg(input: ParseStream<'_>, attribute: &str, seen: &mut Vec<String>) -> syn::Result<Arg> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        check_word(attribute, "path", literal.span(), seen)?;
        return end(input, Arg::Path(literal));
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error(takes(attribute)));
    }
    let word = input.call(Ident::parse_any)?;
    let name = word.to_string();
    if name == "path" {
        return Err(syn::Error::new(word.span(), unknown(&word, attribute)));
    }
    check_word(attribute, &name, word.span(), seen)?;
    let arg = match name.as_str() {
        "with" => Arg::With(with_list(input, &word)?),
        "on_disconnect" => Arg::Finish(finish(input, &word)?),
        "priority" => Arg::Priority(priority(input, &word)?),
        "timeout" | "body_limit" => Arg::Limit(word.clone(), limit(input, &word)?),
        "slash" => Arg::Slash(slash(input, &word)?),
        "crate" => Arg::Crate(krate(input, &word)?),
        "methods" => Arg::Methods(word.span(), methods(input, &word)?),
        "after" => Arg::After(names(input, &word)?),
        "before" => Arg::Before(names(input, &word)?),
        "app" => Arg::App,
        "body" => Arg::Body,
        "method_override" => Arg::MethodOverride(word.clone()),
        "fallback" => Arg::Fallback(value(input, &word)?),
        "rejection" => Arg::Rejection(word.clone(), value(input, &word)?),
        _ => return Err(syn::Error::new(word.span(), unknown(&word, attribute))),
    };
    end(input, arg)
}

/// Refuses what stands behind an argument without a comma.
fn end(input: ParseStream<'_>, arg: Arg) -> syn::Result<Arg> {
    if input.is_empty() {
        return Ok(arg);
    }
    let error = input.error("the arguments are separated by commas: write `,` before this");
    // What is left would be an error of its own.
    input.parse::<TokenStream>()?;
    Err(error)
}

/// Refuses a word that stands twice, or that belongs elsewhere.
fn check_word(attribute: &str, word: &str, span: Span, seen: &mut Vec<String>) -> syn::Result<()> {
    let is_known = known(attribute).iter().any(|(known, _)| *known == word);
    let message = match home(word).filter(|_| !is_known) {
        _ if seen.iter().any(|seen| seen == word) => twice(attribute, word),
        Some(home) => format!("`#[{attribute}]` does not take `{word}`: move it to {home}"),
        None if word == "path" && attribute == "fallback" => {
            "a fallback has no path: name it in a group, `#[routes(fallback = ..)]`".to_owned()
        }
        None if word == "path" && !is_known => {
            format!(
                "{} {attribute} has no path: name it in `with(..)`, on a route or on a group",
                if attribute == "observer" { "an" } else { "a" }
            )
        }
        None => {
            seen.push(word.to_owned());
            return Ok(());
        }
    };
    Err(syn::Error::new(span, message))
}

fn twice(attribute: &str, word: &str) -> String {
    match (attribute, word) {
        ("routes", "path") => "a group has one prefix: join the two".to_owned(),
        (_, "path") => format!(
            "`#[{attribute}]` takes one path: write a second function for the other, which calls the first"
        ),
        (_, "with") => "`with(..)` stands twice: join the two, outermost first".to_owned(),
        _ => format!("`{word}` stands twice: leave one out"),
    }
}

fn unknown(word: &Ident, attribute: &str) -> String {
    let text = word.to_string();
    let near = known(attribute)
        .iter()
        .find(|(known, _)| *known != "path" && is_near(known, &text));
    match near {
        Some((known, _)) => format!("`{word}` is not known: did you mean `{known}`?"),
        None => format!("`{word}` is not known: {}", takes(attribute)),
    }
}

fn takes(attribute: &str) -> String {
    let words: Vec<_> = known(attribute).iter().map(|(_, shown)| *shown).collect();
    let (last, rest) = words.split_last().unwrap_or((&"nothing", &[]));
    let and = if rest.is_empty() { "" } else { " and " };
    format!("`#[{attribute}]` takes {}{and}{last}", rest.join(", "))
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
