//! The arguments of the attributes.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, Path};

use crate::{errors::Errors, pattern::Pattern, runtime_path};

mod options;
mod values;
mod with;

use options::Arg;

pub(crate) use values::{Priority, STANDARD, Slash};
pub(crate) use with::{Condition, HOW, One, Part, Value, With, list_of};

/// What a route or a group says of how it is served.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    pub(crate) slash: Option<Slash>,
    /// Whether the handler finishes where its client leaves.
    pub(crate) finish: Option<bool>,
    pub(crate) priority: Option<Priority>,
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
        for arg in options::read(tokens, name, errors) {
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
        for arg in options::read(tokens, "routes", errors) {
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
    let private = runtime_path::private(krate);
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
