//! The items of `with(..)`: guards, middleware and layers, which run in sequence, in parallel or under a condition.

use highball_macro_stages::types::source_text;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Expr, Path, PathArguments, Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

/// The keywords of `with(..)`. Each is written as a call.
pub(crate) const KEYWORDS: [&str; 3] = ["parallel", "when", "layer"];

/// One item of `with(..)`.
pub(crate) enum WithItem {
    /// A guard, a middleware or a layer.
    Step(StepExpr),
    /// Guards that run at the same time: `parallel(quota, audit)`.
    Parallel(Vec<PartExpr>),
    /// An item that runs under a condition: `when(condition, timing)`.
    When(Condition, StepExpr),
}

/// A single step of a chain.
pub(crate) enum StepExpr {
    /// A guard or a middleware: `timing`, `timeout(secs(5))` or `Cors::new()`.
    Part(PartExpr),
    /// A tower layer: `layer(CompressionLayer::new())`.
    Layer(Expr),
}

impl WithItem {
    /// Returns the item for an option that is short for a function with one value.
    pub(crate) fn configured(path: Path, value: &Expr) -> Self {
        Self::Step(StepExpr::Part(PartExpr {
            path,
            config: PartConfig::Args(Group::new(Delimiter::Parenthesis, value.to_token_stream())),
        }))
    }

    /// Returns the item for an option of another package: a new value of this type, with calls of methods.
    pub(crate) fn built(path: Path, calls: TokenStream) -> Self {
        let config = PartConfig::Calls(calls);
        Self::Step(StepExpr::Part(PartExpr { path, config }))
    }

    /// Returns the item for an option that is short for a value of this type.
    pub(crate) fn value(path: Path, value: TokenStream) -> Self {
        Self::Step(StepExpr::Part(PartExpr {
            path,
            config: PartConfig::Value(value),
        }))
    }
}

/// A guard or a middleware as it is written in `with(..)`.
pub(crate) struct PartExpr {
    /// The type of the part.
    pub(crate) path: Path,
    pub(crate) config: PartConfig,
}

impl PartExpr {
    /// Returns the source text of a part whose type is spelled like a tower layer.
    pub(crate) fn layer_text(&self) -> Option<String> {
        let PartConfig::Value(value) = &self.config else {
            return None;
        };
        let name = self.path.segments.last()?.ident.to_string();
        (name.ends_with("Layer") || name == "ServiceBuilder").then(|| source_text(value))
    }
}

/// The configuration of a part.
pub(crate) enum PartConfig {
    /// None: `timing`.
    None,
    /// The arguments of a function: `timeout(secs(5))`.
    Args(Group),
    /// An expression for the part itself: `Cors::new()`.
    Value(TokenStream),
    /// Calls of methods on a new value: `.ttl(secs(60)).private()`.
    Calls(TokenStream),
}

/// The condition of `when(..)`.
pub(crate) enum Condition {
    /// A guard. The condition is met if the guard lets the request pass.
    Guard(PartExpr),
    /// A closure that receives the context and returns a `bool`.
    Closure(TokenStream),
    /// A constant.
    Value(TokenStream),
}

pub(crate) const WITH_USAGE: &str =
    "write `with(first, second(5))`: guards and middleware, outermost first";

/// Parses `first, second(5)`.
pub(crate) fn parse_with_items(input: ParseStream<'_>) -> syn::Result<Vec<WithItem>> {
    let mut list = Vec::new();
    while !input.is_empty() {
        let item: Expr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), WITH_USAGE))?;
        list.push(with_item(item)?);
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            return Err(input.error(WITH_USAGE));
        }
    }
    Ok(list)
}

/// Parses the tokens in the parentheses of `#[with(first, second)]`.
pub(crate) fn parse_with_tokens(tokens: TokenStream) -> syn::Result<Vec<WithItem>> {
    parse_with_items.parse2(tokens)
}

fn with_item(item: Expr) -> syn::Result<WithItem> {
    let item = ungrouped(item);
    check_attrs(&item)?;
    match keyword_call(&item) {
        Some(("parallel", span, args)) => parallel(span, args),
        Some(("when", span, args)) => when(span, args),
        _ => step_expr(item).map(WithItem::Step),
    }
}

/// Rejects an attribute. If a `#[cfg(..)]` were ignored, its guard would run in every build.
fn check_attrs(item: &Expr) -> syn::Result<()> {
    let mut tokens = item.to_token_stream().into_iter();
    match tokens.next() {
        Some(TokenTree::Punct(sign)) if sign.as_char() == '#' => {
            let part = source_text(&tokens.skip(1).collect::<TokenStream>());
            let message = format!(
                "`with(..)` takes no attributes: write `when(cfg!(..), {part})` for a condition"
            );
            Err(syn::Error::new(sign.span(), message))
        }
        _ => Ok(()),
    }
}

type Args = Punctuated<Expr, Token![,]>;

/// Returns the keyword that the expression calls, and the arguments of the call.
fn keyword_call(item: &Expr) -> Option<(&'static str, Span, &Args)> {
    let Expr::Call(call) = item else { return None };
    let Expr::Path(func) = &*call.func else {
        return None;
    };
    let word = KEYWORDS.into_iter().find(|word| func.path.is_ident(word))?;
    Some((word, func.path.span(), &call.args))
}

fn step_expr(item: Expr) -> syn::Result<StepExpr> {
    let item = ungrouped(item);
    match keyword_call(&item) {
        Some(("layer", span, args)) => match (args.first(), args.len()) {
            (Some(layer), 1) => Ok(StepExpr::Layer(layer.clone())),
            _ => {
                let message = "write `layer(CompressionLayer::new())`, one of tower's layers";
                Err(syn::Error::new(span, message))
            }
        },
        _ => part_expr(item).map(StepExpr::Part),
    }
}

/// The runtime runs at most this many guards in parallel.
const MAX_PARALLEL: usize = 8;

fn parallel(span: Span, args: &Args) -> syn::Result<WithItem> {
    if args.len() < 2 || args.len() > MAX_PARALLEL {
        return Err(syn::Error::new(
            span,
            "`parallel(..)` runs two to eight guards side by side",
        ));
    }
    let guards = args
        .iter()
        .cloned()
        .map(part_expr)
        .collect::<syn::Result<_>>()?;
    Ok(WithItem::Parallel(guards))
}

fn when(span: Span, args: &Args) -> syn::Result<WithItem> {
    let mut args = args.iter().cloned();
    let (Some(condition), Some(then), None) = (args.next(), args.next(), args.next()) else {
        let message = "write `when(condition, middleware)`, where the condition is a guard, a constant or a closure, `|cx| ..`";
        return Err(syn::Error::new(span, message));
    };
    let condition = match ungrouped(condition) {
        guard @ Expr::Path(_) => Condition::Guard(part_expr(guard)?),
        Expr::Closure(closure) => Condition::Closure(closure.to_token_stream()),
        value => Condition::Value(value.to_token_stream()),
    };
    Ok(WithItem::When(condition, step_expr(then)?))
}

fn part_expr(item: Expr) -> syn::Result<PartExpr> {
    let item = ungrouped(item);
    if let Some((word, span, _)) = keyword_call(&item) {
        let message = format!("`{word}(..)` is not allowed here: name a guard or a middleware");
        return Err(syn::Error::new(span, message));
    }
    let config = match &item {
        Expr::Path(path) if assoc_type(&path.path).is_none() && !is_type_name(&path.path) => {
            PartConfig::None
        }
        Expr::Call(call) => match &*call.func {
            Expr::Path(func) if assoc_type(&func.path).is_none() && !is_type_name(&func.path) => {
                PartConfig::Args(call_arguments(call))
            }
            _ => PartConfig::Value(item.to_token_stream()),
        },
        Expr::Cast(cast) => PartConfig::Value(cast.expr.to_token_stream()),
        _ => PartConfig::Value(item.to_token_stream()),
    };
    match spelled_type(&item) {
        Some(path) => Ok(PartExpr { path, config }),
        None => Err(syn::Error::new(item.span(), WITH_USAGE)),
    }
}

/// Returns the expression that a macro by example has passed on, without its group. rust-analyzer passes it on in
/// parentheses.
fn ungrouped(item: Expr) -> Expr {
    match item {
        Expr::Group(group) => ungrouped(*group.expr),
        Expr::Paren(paren) => ungrouped(*paren.expr),
        other => other,
    }
}

/// Returns the arguments in their parentheses. Their span is where rustc reports a wrong number of arguments.
fn call_arguments(call: &syn::ExprCall) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, call.args.to_token_stream());
    group.set_span(call.paren_token.span.join());
    group
}

/// Returns the type of a value, as far as its spelling shows it.
fn spelled_type(item: &Expr) -> Option<Path> {
    match item {
        Expr::Path(path) => assoc_type(&path.path).or_else(|| Some(path.path.clone())),
        Expr::Group(group) => spelled_type(&group.expr),
        Expr::Paren(paren) => spelled_type(&paren.expr),
        Expr::Call(call) => spelled_type(&call.func),
        Expr::MethodCall(call) => {
            let mut path = spelled_type(&call.receiver)?;
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

/// Returns the type of an associated function: `Cors` for `Cors::new`.
fn assoc_type(path: &Path) -> Option<Path> {
    let mut owner = path.clone();
    owner.segments.pop()?;
    owner.segments.pop_punct();
    is_type_name(&owner).then_some(owner)
}

/// Returns whether the last segment is spelled like a type. The macro cannot resolve names, so case decides.
fn is_type_name(path: &Path) -> bool {
    let last = path.segments.last().map(|last| last.ident.to_string());
    last.is_some_and(|name| name.starts_with(char::is_uppercase))
}
