//! What `with(..)` lists: parts by their names or values, side by side, or under a condition.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::ToTokens;
use syn::{
    Expr, Path, PathArguments, Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

/// One item of `with(..)`.
pub(crate) enum With {
    /// It stands by itself.
    One(One),
    /// `parallel(quota, audit)`.
    Parallel(Vec<Part>),
    /// `when(condition, timing)`.
    When(Condition, One),
}

/// What can stand by itself.
pub(crate) enum One {
    /// `timing`, `timeout(secs(5))` or `Cors::new()`.
    Part(Part),
    /// `layer(CompressionLayer::new())`, a tower layer.
    Layer(Expr),
}

impl With {
    /// Makes what a word is short for: a function with one value.
    pub(crate) fn configured(path: Path, value: &Expr) -> Self {
        Self::One(One::Part(Part {
            path,
            value: Value::Args(Group::new(Delimiter::Parenthesis, value.to_token_stream())),
        }))
    }

    /// Makes what a word is short for: a value of this type.
    pub(crate) fn value(path: Path, value: TokenStream) -> Self {
        Self::One(One::Part(Part {
            path,
            value: Value::Whole(value),
        }))
    }
}

/// A guard or a middleware, where it stands.
pub(crate) struct Part {
    /// Its type.
    pub(crate) path: Path,
    pub(crate) value: Value,
}

/// How a part is configured.
pub(crate) enum Value {
    /// Not at all: `timing`.
    None,
    /// By the values that its function takes: `timeout(secs(5))`.
    Args(Group),
    /// It is a value itself: `Cors::new()`.
    Whole(TokenStream),
}

/// When a part runs.
pub(crate) enum Condition {
    /// Where a guard would let the request through.
    Guard(Part),
    /// Where a closure over the context says so.
    Closure(TokenStream),
    /// Where a constant says so.
    Value(TokenStream),
}

pub(crate) const HOW: &str =
    "write `with(first, second(5))`: guards and middleware, outermost first";

/// Reads `first, second(5)`.
pub(crate) fn list(input: ParseStream<'_>) -> syn::Result<Vec<With>> {
    let mut list = Vec::new();
    while !input.is_empty() {
        let item: Expr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), HOW))?;
        list.push(item_of(item)?);
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            return Err(input.error(HOW));
        }
    }
    Ok(list)
}

/// Reads `(first, second)` of an attribute on a field.
pub(crate) fn list_of(tokens: TokenStream) -> syn::Result<Vec<With>> {
    list.parse2(tokens)
}

fn item_of(item: Expr) -> syn::Result<With> {
    match word(&item) {
        Some(("parallel", span, args)) => parallel(span, args),
        Some(("when", span, args)) => when(span, args),
        _ => one(item).map(With::One),
    }
}

type Args = Punctuated<Expr, Token![,]>;

/// Returns the word that is called, and its arguments.
fn word(item: &Expr) -> Option<(&'static str, Span, &Args)> {
    let Expr::Call(call) = item else { return None };
    let Expr::Path(func) = &*call.func else {
        return None;
    };
    let words = ["parallel", "when", "layer"];
    let word = words.into_iter().find(|word| func.path.is_ident(word))?;
    Some((word, func.path.span(), &call.args))
}

fn one(item: Expr) -> syn::Result<One> {
    match word(&item) {
        Some(("layer", span, args)) => match (args.first(), args.len()) {
            (Some(layer), 1) => Ok(One::Layer(layer.clone())),
            _ => {
                let message = "write `layer(CompressionLayer::new())`, one of tower's layers";
                Err(syn::Error::new(span, message))
            }
        },
        _ => part(item).map(One::Part),
    }
}

/// The most guards that the runtime runs side by side.
const MOST_PARALLEL: usize = 8;

fn parallel(span: Span, args: &Args) -> syn::Result<With> {
    if args.len() < 2 || args.len() > MOST_PARALLEL {
        return Err(syn::Error::new(
            span,
            "`parallel(..)` runs two to eight guards side by side",
        ));
    }
    let guards = args.iter().cloned().map(part).collect::<syn::Result<_>>()?;
    Ok(With::Parallel(guards))
}

fn when(span: Span, args: &Args) -> syn::Result<With> {
    let mut args = args.iter().cloned();
    let (Some(condition), Some(then), None) = (args.next(), args.next(), args.next()) else {
        let message = "write `when(condition, middleware)`, where the condition is a guard, a constant or a closure, `|cx| ..`";
        return Err(syn::Error::new(span, message));
    };
    let condition = match condition {
        Expr::Path(_) => Condition::Guard(part(condition)?),
        Expr::Closure(_) => Condition::Closure(condition.to_token_stream()),
        _ => Condition::Value(condition.to_token_stream()),
    };
    Ok(With::When(condition, one(then)?))
}

fn part(item: Expr) -> syn::Result<Part> {
    if let Some((word, span, _)) = word(&item) {
        let message = format!("`{word}(..)` cannot stand here: name a guard or a middleware");
        return Err(syn::Error::new(span, message));
    }
    let value = match &item {
        Expr::Path(path) if owner(&path.path).is_none() && !is_type(&path.path) => Value::None,
        Expr::Call(call) => match &*call.func {
            Expr::Path(func) if owner(&func.path).is_none() && !is_type(&func.path) => {
                Value::Args(group(call))
            }
            _ => Value::Whole(item.to_token_stream()),
        },
        Expr::Cast(cast) => Value::Whole(cast.expr.to_token_stream()),
        _ => Value::Whole(item.to_token_stream()),
    };
    match type_of(&item) {
        Some(path) => Ok(Part { path, value }),
        None => Err(syn::Error::new(item.span(), HOW)),
    }
}

/// Returns the arguments with their own parentheses, where an error about their count belongs.
fn group(call: &syn::ExprCall) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, call.args.to_token_stream());
    group.set_span(call.paren_token.span.join());
    group
}

/// Returns the type of a value, as far as its spelling tells.
fn type_of(item: &Expr) -> Option<Path> {
    match item {
        Expr::Path(path) => owner(&path.path).or_else(|| Some(path.path.clone())),
        Expr::Call(call) => type_of(&call.func),
        Expr::MethodCall(call) => {
            let mut path = type_of(&call.receiver)?;
            // `RateLimit::per_minute(60).by::<User>(..)` is a `RateLimit<User>`.
            if let (Some(args), Some(last)) = (&call.turbofish, path.segments.last_mut()) {
                last.arguments = PathArguments::AngleBracketed(args.clone());
            }
            Some(path)
        }
        Expr::Struct(literal) => Some(literal.path.clone()),
        Expr::Cast(cast) => match &*cast.ty {
            syn::Type::Path(ty) => Some(ty.path.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the `Cors` of `Cors::new`.
fn owner(path: &Path) -> Option<Path> {
    let mut owner = path.clone();
    owner.segments.pop()?;
    owner.segments.pop_punct();
    is_type(&owner).then_some(owner)
}

/// Returns whether the last name is a type's, as names are written.
fn is_type(path: &Path) -> bool {
    let last = path.segments.last().map(|last| last.ident.to_string());
    last.is_some_and(|name| name.starts_with(char::is_uppercase))
}
