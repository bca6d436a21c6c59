//! The arguments of the attributes.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, Path};

use crate::{errors::Errors, pattern::Pattern, runtime_path};

mod options;
mod values;
mod with;

use options::AttrOption;

pub(crate) use values::{Priority, STANDARD, Slash};
pub(crate) use with::{
    Condition, PartConfig, PartExpr, StepExpr, WITH_USAGE, WithItem, parse_with_tokens,
};

/// What a route or a group says of how it is served.
#[derive(Clone, Copy, Default)]
pub(crate) struct RouteOptions {
    pub(crate) slash: Option<Slash>,
    /// Whether the handler finishes where its client leaves.
    pub(crate) finish_on_disconnect: Option<bool>,
    pub(crate) priority: Option<Priority>,
}

/// The arguments of `#[get(..)]` and its siblings, of `#[fallback]` and of `#[middleware]`.
#[derive(Default)]
pub(crate) struct RouteArgs {
    pub(crate) pattern: Option<Pattern>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) with: Vec<WithItem>,
    pub(crate) options: RouteOptions,
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
    pub(crate) with: Vec<WithItem>,
    pub(crate) options: RouteOptions,
    pub(crate) fallback: Option<Path>,
    pub(crate) rejection: Option<Path>,
    /// Whether a header may name another method than POST.
    pub(crate) method_override: bool,
    pub(crate) krate: Option<Path>,
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
        for arg in options::parse_options(tokens, name, errors) {
            match arg {
                AttrOption::Path(literal) => args.pattern = Some(Pattern::route(&literal, errors)),
                AttrOption::With(paths) => args.with = paths,
                AttrOption::Slash(slash) => args.options.slash = Some(slash),
                AttrOption::Finish(finish) => args.options.finish_on_disconnect = Some(finish),
                AttrOption::Priority(priority) => args.options.priority = Some(priority),
                AttrOption::Limit(word, value) => limits.push((word, value)),
                AttrOption::Crate(path) => args.krate = Some(path),
                AttrOption::Methods(span, methods) => {
                    args.methods = Some(methods);
                    args.methods_span = Some(span);
                }
                AttrOption::Body => args.body = true,
                AttrOption::After(paths) => args.after = paths,
                AttrOption::Before(paths) => args.before = paths,
                // `words` has refused them.
                AttrOption::App
                | AttrOption::Fallback(_)
                | AttrOption::Rejection(..)
                | AttrOption::MethodOverride(_) => {}
            }
        }
        prepend_limits(&mut args.with, limits, args.krate.as_ref());
        args
    }
}

impl GroupArgs {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let (mut for_apps, mut limits) = (Vec::new(), Vec::new());
        for arg in options::parse_options(tokens, "routes", errors) {
            match arg {
                AttrOption::Path(literal) => args.prefix = Some(Pattern::prefix(&literal, errors)),
                AttrOption::With(paths) => args.with = paths,
                AttrOption::Slash(slash) => args.options.slash = Some(slash),
                AttrOption::Finish(finish) => args.options.finish_on_disconnect = Some(finish),
                AttrOption::Priority(priority) => args.options.priority = Some(priority),
                AttrOption::Limit(word, value) => limits.push((word, value)),
                AttrOption::Crate(path) => args.krate = Some(path),
                AttrOption::App => args.app = true,
                AttrOption::Fallback(path) => args.fallback = Some(path),
                AttrOption::Rejection(word, path) => {
                    for_apps.push((word, "an app writes its rejections in one way"));
                    args.rejection = Some(path);
                }
                AttrOption::MethodOverride(word) => {
                    for_apps.push((word, "the method decides which route answers"));
                    args.method_override = true;
                }
                AttrOption::Methods(..)
                | AttrOption::After(_)
                | AttrOption::Before(_)
                | AttrOption::Body => {}
            }
        }
        prepend_limits(&mut args.with, limits, args.krate.as_ref());
        for (word, why) in for_apps.into_iter().filter(|_| !args.app) {
            let message = format!("{why}: move `{word}` to `#[routes(app)]`");
            errors.at(word, message);
        }
        args
    }
}

/// Puts what the words are short for around the rest.
fn prepend_limits(with: &mut Vec<WithItem>, limits: Vec<(Ident, syn::Expr)>, krate: Option<&Path>) {
    let private = runtime_path::private(krate);
    let limits = limits.into_iter().map(|(word, value)| {
        let span = word.span();
        if word == "timeout" {
            let ty = quote::quote_spanned!(span=> #private::Timeout);
            WithItem::value(syn::parse_quote!(#ty), quote::quote!(#ty::after(#value)))
        } else {
            WithItem::configured(syn::parse_quote!(#private::#word), &value)
        }
    });
    with.splice(0..0, limits);
}
