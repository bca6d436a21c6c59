//! The arguments of the attributes.

use proc_macro2::{Span, TokenStream};
use syn::{
    Ident, LitStr, Path, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
};

use crate::{errors::Errors, pattern::Pattern};

mod with;
mod words;

pub(crate) use with::{Condition, HOW, One, Part, Value, With, list_of};

/// What `slash = ..` says.
#[derive(Clone, Copy)]
pub(crate) enum Slash {
    Strict,
    Redirect,
    Ignore,
}

/// What a route or a group says of how it is served.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    pub(crate) slash: Option<Slash>,
    /// Whether the handler finishes where its client leaves.
    pub(crate) finish: Option<bool>,
    pub(crate) priority: Option<Priority>,
}

/// What `priority = ..` says.
#[derive(Clone, Copy)]
pub(crate) enum Priority {
    Critical,
    Normal,
    Background,
}

/// The arguments of `#[get(..)]` and its siblings, of `#[fallback]` and of `#[middleware]`.
#[derive(Default)]
pub(crate) struct RouteArgs {
    pub(crate) pattern: Option<Pattern>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) with: Vec<With>,
    pub(crate) manner: Manner,
    pub(crate) krate: Option<Path>,
    /// Whether a guard sees the body.
    pub(crate) body: bool,
    /// What a guard or a middleware must stand behind, and what before.
    pub(crate) after: Vec<Path>,
    pub(crate) before: Vec<Path>,
    /// Where `methods` stands.
    pub(crate) methods_span: Option<Span>,
}

/// The arguments of `#[routes(..)]`.
#[derive(Default)]
pub(crate) struct GroupArgs {
    pub(crate) app: bool,
    pub(crate) prefix: Option<Pattern>,
    pub(crate) with: Vec<With>,
    pub(crate) manner: Manner,
    pub(crate) fallback: Option<Path>,
    pub(crate) rejection: Option<Path>,
    /// Whether a header may name another method than POST.
    pub(crate) method_override: bool,
    pub(crate) krate: Option<Path>,
}

/// One argument of an attribute.
enum Arg {
    Path(LitStr),
    With(Vec<With>),
    Slash(Slash),
    Finish(bool),
    Priority(Priority),
    /// A word that is short for a middleware: `timeout = secs(5)`.
    Limit(Ident, syn::Expr),
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

impl RouteArgs {
    /// Returns whether its methods have no body, as a rule.
    pub(crate) fn is_bodiless(&self) -> bool {
        let is_bodiless = |method: &String| matches!(method.as_str(), "GET" | "HEAD");
        self.methods
            .as_ref()
            .is_some_and(|methods| methods.iter().all(is_bodiless))
    }

    /// Reads the arguments; `name` is the attribute's.
    pub(crate) fn parse(tokens: TokenStream, name: &str, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let mut limits = Vec::new();
        for arg in words::read(tokens, name, errors) {
            match arg {
                Arg::Path(literal) => args.pattern = Some(Pattern::route(&literal, errors)),
                Arg::With(paths) => args.with = paths,
                Arg::Slash(slash) => args.manner.slash = Some(slash),
                Arg::Finish(finish) => args.manner.finish = Some(finish),
                Arg::Priority(priority) => args.manner.priority = Some(priority),
                Arg::Limit(word, value) => limits.push((word, value)),
                Arg::Crate(path) => args.krate = Some(path),
                Arg::Methods(span, methods) => {
                    args.methods = Some(methods);
                    args.methods_span = Some(span);
                }
                Arg::Body => args.body = true,
                Arg::After(paths) => args.after = paths,
                Arg::Before(paths) => args.before = paths,
                // `words` has refused them.
                Arg::App | Arg::Fallback(_) | Arg::Rejection(..) | Arg::MethodOverride(_) => {}
            }
        }
        add_limits(&mut args.with, limits, args.krate.as_ref());
        args
    }
}

impl GroupArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let (mut for_apps, mut limits) = (Vec::new(), Vec::new());
        for arg in words::read(tokens, "routes", errors) {
            match arg {
                Arg::Path(literal) => args.prefix = Some(Pattern::prefix(&literal, errors)),
                Arg::With(paths) => args.with = paths,
                Arg::Slash(slash) => args.manner.slash = Some(slash),
                Arg::Finish(finish) => args.manner.finish = Some(finish),
                Arg::Priority(priority) => args.manner.priority = Some(priority),
                Arg::Limit(word, value) => limits.push((word, value)),
                Arg::Crate(path) => args.krate = Some(path),
                Arg::App => args.app = true,
                Arg::Fallback(path) => args.fallback = Some(path),
                Arg::Rejection(word, path) => {
                    for_apps.push((word, "an app writes its rejections in one way"));
                    args.rejection = Some(path);
                }
                Arg::MethodOverride(word) => {
                    for_apps.push((word, "the method decides which route answers"));
                    args.method_override = true;
                }
                Arg::Methods(..) | Arg::After(_) | Arg::Before(_) | Arg::Body => {}
            }
        }
        add_limits(&mut args.with, limits, args.krate.as_ref());
        for (word, why) in for_apps.into_iter().filter(|_| !args.app) {
            let message = format!("{why}: move `{word}` to `#[routes(app)]`");
            errors.at(word, message);
        }
        args
    }
}

/// Puts what the words are short for around the rest.
fn add_limits(with: &mut Vec<With>, limits: Vec<(Ident, syn::Expr)>, krate: Option<&Path>) {
    let private = crate::expand::private(krate);
    let limits = limits.into_iter().map(|(word, value)| {
        let span = word.span();
        if word == "timeout" {
            let ty = quote::quote_spanned!(span=> #private::Timeout);
            With::value(syn::parse_quote!(#ty), quote::quote!(#ty::after(#value)))
        } else {
            With::configured(syn::parse_quote!(#private::#word), &value)
        }
    });
    with.splice(0..0, limits);
}

/// Reads `= finish` or `= cancel`.
fn finish(input: ParseStream<'_>, word: &Ident) -> syn::Result<bool> {
    let message = "write `on_disconnect = cancel` or `on_disconnect = finish`";
    choice(input, word, message, &[("cancel", false), ("finish", true)])
}

/// Reads `= critical`, `= normal` or `= background`.
fn priority(input: ParseStream<'_>, word: &Ident) -> syn::Result<Priority> {
    let message = "write `priority = critical`, `priority = normal` or `priority = background`";
    let names = [
        ("critical", Priority::Critical),
        ("normal", Priority::Normal),
        ("background", Priority::Background),
    ];
    choice(input, word, message, &names)
}

/// Reads `= name`, one of these.
fn choice<T: Copy>(
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

/// Reads `= secs(5)`.
fn limit(input: ParseStream<'_>, word: &Ident) -> syn::Result<syn::Expr> {
    let example = if word == "timeout" {
        "secs(5)"
    } else {
        "64 * 1024"
    };
    let wrong = |span| syn::Error::new(span, format!("write `{word} = {example}`"));
    let written = input
        .parse::<Token![=]>()
        .and_then(|_| input.parse::<syn::Expr>());
    let value = written.map_err(|_| wrong(word.span()))?;
    // A number of what? And a text is no number.
    match &value {
        syn::Expr::Lit(literal)
            if word == "timeout" || !matches!(literal.lit, syn::Lit::Int(_)) =>
        {
            Err(wrong(literal.lit.span()))
        }
        _ => Ok(value),
    }
}

fn value(input: ParseStream<'_>, word: &Ident) -> syn::Result<Path> {
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

fn krate(input: ParseStream<'_>, word: &Ident) -> syn::Result<Path> {
    let written = input
        .parse::<Token![=]>()
        .and_then(|_| Path::parse_mod_style(input));
    written.map_err(|_| syn::Error::new(word.span(), "write `crate = path::to::highball`"))
}

/// Reads `(first, second(5))`.
fn with_list(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<With>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), HOW));
    }
    let list;
    parenthesized!(list in input);
    with::list(&list)
}

/// Reads `(recovery, logging::access)`.
fn names(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<Path>> {
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

fn slash(input: ParseStream<'_>, word: &Ident) -> syn::Result<Slash> {
    let message = "write `slash = strict`, `slash = redirect` or `slash = ignore`";
    let names = [
        ("strict", Slash::Strict),
        ("redirect", Slash::Redirect),
        ("ignore", Slash::Ignore),
    ];
    choice(input, word, message, &names)
}

/// Reads `= [GET, "PURGE"]`.
fn methods(input: ParseStream<'_>, word: &Ident) -> syn::Result<Vec<String>> {
    let message = "write `methods = [GET, POST]`";
    if input.parse::<Option<Token![=]>>()?.is_none() || !input.peek(syn::token::Bracket) {
        return Err(syn::Error::new(word.span(), message));
    }
    let list;
    let bracket = bracketed!(list in input);
    let mut methods = Vec::new();
    for method in list.parse_terminated(Method::parse, Token![,])? {
        if methods.contains(&method.name) {
            let message = format!("`{}` stands twice in `methods`", method.name);
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

struct Method {
    name: String,
    span: Span,
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
