//! The options of each attribute. They are parsed one by one, so that each mistake is reported.

use highball_macro_stages::{
    errors::Errors,
    is_similar,
    types::{first_span, source_text},
};
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Expr, Ident, LitStr, Path,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use super::{
    answers::AnswersExpr,
    jobs::JobsExpr,
    path_call::{parse_path_call, peek_path_call},
    slo::SloExpr,
    values::{
        Csrf, DemandExpr, Priority, Slash, parse_admin, parse_crate, parse_csrf, parse_dual_write,
        parse_every, parse_facts, parse_function_name, parse_inputs, parse_limit, parse_methods,
        parse_on_disconnect, parse_part_names, parse_priority, parse_slash, parse_with,
    },
    with::WithItem,
};

/// One argument of an attribute.
pub(super) enum AttrOption {
    Path(LitStr),
    With(Vec<WithItem>),
    Slash(Slash),
    Finish(bool),
    Priority(Priority),
    Csrf(Csrf),
    /// The reason for a job that is not published in the transaction of the handler.
    DualWrite(LitStr),
    Facts(Expr),
    ValueFacts(Path),
    Inputs(Expr),
    Answers(AnswersExpr),
    Slo(SloExpr),
    /// An option of another package.
    Call(WithItem),
    /// An option that is short for a middleware: `timeout = secs(5)`.
    Limit(Ident, Expr),
    Crate(Path),
    Methods(Span, Vec<String>),
    App,
    /// An admin app or a route of one, or the reason for a route of one in another app.
    Admin(Ident, Option<LitStr>),
    Jobs(Ident, JobsExpr),
    Every(Vec<DemandExpr>),
    Public,
    Fallback(Path),
    Rejection(Ident, Path),
    MethodOverride(Ident),
    Body,
    After(Vec<Path>),
    Before(Vec<Path>),
}

/// The name of an option, and its syntax as error messages show it.
pub(crate) type Syntax = (&'static str, &'static str);

const PATH: Syntax = ("path", "a path in quotes");
const WITH: Syntax = ("with", "`with(..)`");
const SLASH: Syntax = ("slash", "`slash = ..`");
const METHODS: Syntax = ("methods", "`methods = [..]`");
const APP: Syntax = ("app", "`app`");
const ADMIN: Syntax = ("admin", "`admin`");
const JOBS: Syntax = ("jobs", "`jobs(..)`");
const EVERY: Syntax = ("every", "`every(..)`");
const PUBLIC: Syntax = ("public", "`public`");
const FALLBACK: Syntax = ("fallback", "`fallback = ..`");
const REJECTION: Syntax = ("rejection", "`rejection = ..`");
const METHOD_OVERRIDE: Syntax = ("method_override", "`method_override`");
const BODY: Syntax = ("body", "`body`");
const AFTER: Syntax = ("after", "`after(..)`");
const BEFORE: Syntax = ("before", "`before(..)`");
const DISCONNECT: Syntax = ("on_disconnect", "`on_disconnect = ..`");
const PRIORITY: Syntax = ("priority", "`priority = ..`");
const CSRF: Syntax = ("csrf", "`csrf = ..`");
const DUAL_WRITE: Syntax = ("dual_write", "`dual_write = ..`");
const FACTS: Syntax = ("facts", "`facts = ..`");
const VALUE_FACTS: Syntax = ("value_facts", "`value_facts = ..`");
const INPUTS: Syntax = ("inputs", "`inputs = ..`");
const ANSWERS: Syntax = ("answers", "`answers(..)`");
const SLO: Syntax = ("slo", "`slo(..)`");
const TIMEOUT: Syntax = ("timeout", "`timeout = ..`");
const BODY_LIMIT: Syntax = ("body_limit", "`body_limit = ..`");
const CRATE: Syntax = ("crate", "`crate = ..`");

/// Returns the options that an attribute accepts.
pub(crate) fn accepted_options(attribute: &str) -> &'static [Syntax] {
    match attribute {
        "routes" => &[
            APP,
            ADMIN,
            PREFIX,
            WITH,
            EVERY,
            SLASH,
            TIMEOUT,
            BODY_LIMIT,
            DISCONNECT,
            PRIORITY,
            CSRF,
            DUAL_WRITE,
            FALLBACK,
            REJECTION,
            METHOD_OVERRIDE,
            JOBS,
            CRATE,
        ],
        "route" => &[
            PATH, METHODS, WITH, BODY, PUBLIC, ADMIN, ANSWERS, SLO, SLASH, TIMEOUT, BODY_LIMIT,
            DISCONNECT, PRIORITY, CSRF, DUAL_WRITE, CRATE,
        ],
        "get" | "head" => &[
            PATH, WITH, BODY, PUBLIC, ADMIN, ANSWERS, SLO, SLASH, TIMEOUT, BODY_LIMIT, DISCONNECT,
            PRIORITY, DUAL_WRITE, CRATE,
        ],
        "fallback" => &[WITH, CRATE],
        "guard" => &[AFTER, BEFORE, BODY, FACTS, INPUTS, ANSWERS, CRATE],
        "middleware" => &[AFTER, BEFORE, FACTS, VALUE_FACTS, INPUTS, ANSWERS, CRATE],
        "observer" => &[AFTER, BEFORE, CRATE],
        _ => &[
            PATH, WITH, PUBLIC, ADMIN, ANSWERS, SLO, SLASH, TIMEOUT, BODY_LIMIT, DISCONNECT,
            PRIORITY, CSRF, DUAL_WRITE, CRATE,
        ],
    }
}

const PREFIX: Syntax = ("path", "a prefix in quotes");

/// Returns the place where an option is accepted, for an attribute that does not accept it.
fn where_accepted(word: &str) -> Option<&'static str> {
    match word {
        "app" | "method_override" | "jobs" => Some("`#[routes(app)]`"),
        "fallback" | "rejection" | "every" => Some("`#[routes(..)]`"),
        "methods" => Some("`#[route(..)]`"),
        "public" | "slo" => Some("the routes"),
        "with" | "slash" | "timeout" | "body_limit" | "on_disconnect" | "priority" | "csrf"
        | "dual_write" | "admin" => Some("the routes or their group"),
        "body" => Some("a guard, or to a route for GET"),
        "value_facts" => Some("the middleware"),
        "answers" => Some("the routes, the guards and the middleware"),
        "after" | "before" | "facts" | "inputs" => Some("the guard or the middleware"),
        _ => None,
    }
}

/// Parses the arguments of an attribute.
pub(super) fn parse_options(
    tokens: TokenStream,
    attribute: &str,
    errors: &mut Errors,
) -> Vec<AttrOption> {
    let mut seen = Vec::new();
    let mut args = Vec::new();
    for part in split_at_commas(tokens) {
        let parser = |input: ParseStream<'_>| parse_option(input, attribute, &mut seen);
        args.extend(errors.keep(parser.parse2(part)));
    }
    args
}

/// Splits the arguments at their commas, so that a mistake in one does not affect the others.
fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            other => parts
                .last_mut()
                .into_iter()
                .for_each(|part| part.extend([other.clone()])),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn parse_option(
    input: ParseStream<'_>,
    attribute: &str,
    seen: &mut Vec<String>,
) -> syn::Result<AttrOption> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        check_option(attribute, "path", literal.span(), seen)?;
        return expect_end(input, AttrOption::Path(literal));
    }
    if let Some(path) = peek_path_call(input)
        && is_foreign(&path, attribute)
    {
        let name = source_text(&path);
        if seen.contains(&name) {
            let message = duplicate_message(attribute, &name);
            return Err(syn::Error::new(first_span(&path), message));
        }
        seen.push(name);
        let call = parse_path_call(input)?;
        return expect_end(input, AttrOption::Call(call));
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error(accepted_message(attribute)));
    }
    let word = input.call(Ident::parse_any)?;
    let name = word.to_string();
    if name == "path" {
        return Err(syn::Error::new(
            word.span(),
            unknown_message(&word, attribute),
        ));
    }
    if name == "csrf" {
        refuse_csrf_of_safe(attribute, word.span())?;
    }
    check_option(attribute, &name, word.span(), seen)?;
    let arg = match name.as_str() {
        "with" => AttrOption::With(parse_with(input, &word)?),
        "on_disconnect" => AttrOption::Finish(parse_on_disconnect(input, &word)?),
        "priority" => AttrOption::Priority(parse_priority(input, &word)?),
        "csrf" => AttrOption::Csrf(parse_csrf(input, &word)?),
        "dual_write" => AttrOption::DualWrite(parse_dual_write(input, &word)?),
        "facts" => AttrOption::Facts(parse_facts(input, &word)?),
        "value_facts" => AttrOption::ValueFacts(parse_function_name(input, &word)?),
        "inputs" => AttrOption::Inputs(parse_inputs(input, &word)?),
        "answers" => {
            let is_part = matches!(attribute, "guard" | "middleware");
            AttrOption::Answers(AnswersExpr::parse(input, &word, is_part)?)
        }
        "slo" => AttrOption::Slo(SloExpr::parse(input, &word)?),
        "timeout" | "body_limit" => AttrOption::Limit(word.clone(), parse_limit(input, &word)?),
        "slash" => AttrOption::Slash(parse_slash(input, &word)?),
        "crate" => AttrOption::Crate(parse_crate(input, &word)?),
        "methods" => AttrOption::Methods(word.span(), parse_methods(input, &word)?),
        "after" => AttrOption::After(parse_part_names(input, &word)?),
        "before" => AttrOption::Before(parse_part_names(input, &word)?),
        "every" => AttrOption::Every(parse_every(input, &word)?),
        "public" => AttrOption::Public,
        "app" => AttrOption::App,
        "admin" => AttrOption::Admin(word.clone(), parse_admin(input, &word)?),
        "jobs" => AttrOption::Jobs(word.clone(), JobsExpr::parse(input, &word)?),
        "body" => AttrOption::Body,
        "method_override" => AttrOption::MethodOverride(word.clone()),
        "fallback" => AttrOption::Fallback(parse_function_name(input, &word)?),
        "rejection" => AttrOption::Rejection(word.clone(), parse_function_name(input, &word)?),
        _ => {
            return Err(syn::Error::new(
                word.span(),
                unknown_message(&word, attribute),
            ));
        }
    };
    expect_end(input, arg)
}

/// Returns whether a call is an option of another package: its name is a path, or is not similar to that of an option.
fn is_foreign(path: &Path, attribute: &str) -> bool {
    let accepted = accepted_options(attribute);
    if !accepted.contains(&WITH) {
        return false;
    }
    let Some(name) = path.get_ident().map(ToString::to_string) else {
        return true;
    };
    rocket_message(&name, attribute).is_none()
        && where_accepted(&name).is_none()
        && !accepted.iter().any(|(known, _)| is_similar(known, &name))
}

/// Rejects `csrf = ..` on a route for a method whose requests are not checked.
fn refuse_csrf_of_safe(attribute: &str, span: Span) -> syn::Result<()> {
    if !matches!(attribute, "get" | "head" | "options" | "query") {
        return Ok(());
    }
    let message = format!(
        "`#[{attribute}]` must not change anything, so its requests are not checked: leave `csrf = ..` out"
    );
    Err(syn::Error::new(span, message))
}

/// Rejects tokens that follow an argument without a comma.
fn expect_end(input: ParseStream<'_>, arg: AttrOption) -> syn::Result<AttrOption> {
    if input.is_empty() {
        return Ok(arg);
    }
    let error = input.error("the arguments are separated by commas: write `,` before this");
    // syn reports tokens that a parser leaves as a second error.
    input.parse::<TokenStream>()?;
    Err(error)
}

/// Rejects an option that is given twice or that another attribute accepts.
fn check_option(
    attribute: &str,
    word: &str,
    span: Span,
    seen: &mut Vec<String>,
) -> syn::Result<()> {
    let is_known = accepted_options(attribute)
        .iter()
        .any(|(known, _)| *known == word);
    let message = match where_accepted(word).filter(|_| !is_known) {
        _ if seen.iter().any(|seen| seen == word) => duplicate_message(attribute, word),
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

fn duplicate_message(attribute: &str, word: &str) -> String {
    match (attribute, word) {
        ("routes", "path") => "a group has one prefix: join the two".to_owned(),
        (_, "path") => format!(
            "`#[{attribute}]` takes one path: write a second function for the other, which calls the first"
        ),
        (_, "with") => "`with(..)` is written twice: join the two, outermost first".to_owned(),
        _ => format!("`{word}` is written twice: leave one out"),
    }
}

fn unknown_message(word: &Ident, attribute: &str) -> String {
    let text = word.to_string();
    if let Some(message) = rocket_message(&text, attribute) {
        return message;
    }
    let near = accepted_options(attribute)
        .iter()
        .find(|(known, _)| *known != "path" && is_similar(known, &text));
    match near {
        Some((known, _)) => format!("`{word}` is not known: did you mean `{known}`?"),
        None => format!("`{word}` is not known: {}", accepted_message(attribute)),
    }
}

/// Returns the message about an option that routes have in Rocket.
fn rocket_message(word: &str, attribute: &str) -> Option<String> {
    let is_route = attribute != "routes" && accepted_options(attribute).contains(&SLASH);
    let instead = match word {
        "data" => "the argument whose type reads the body takes it, as in `task: Json<Task>`",
        "format" => "an extractor checks the content type, as `Json<T>` does",
        "rank" => "the more specific path wins",
        _ => return None,
    };
    is_route.then(|| format!("`{word}` is not needed, so leave it out: {instead}"))
}

fn accepted_message(attribute: &str) -> String {
    let words: Vec<_> = accepted_options(attribute)
        .iter()
        .map(|(_, shown)| *shown)
        .collect();
    let (last, rest) = words.split_last().unwrap_or((&"nothing", &[]));
    let and = if rest.is_empty() { "" } else { " and " };
    format!("`#[{attribute}]` takes {}{and}{last}", rest.join(", "))
}
