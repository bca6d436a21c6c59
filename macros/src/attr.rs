//! The arguments of the attributes: what each attribute accepts, as a struct.

use highball_macro_stages::{errors::Errors, pattern::Pattern, runtime_path};
use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, LitStr, Path};

mod answers;
mod jobs;
pub(crate) mod options;
mod path_call;
mod slo;
mod values;
pub(crate) mod with;

use options::AttrOption;

pub(crate) use answers::AnswersExpr;
pub(crate) use jobs::JobsExpr;

pub(crate) use path_call::path_call;
pub(crate) use slo::SloExpr;
pub(crate) use values::{Csrf, DemandExpr, Priority, STANDARD, Slash};
pub(crate) use with::{
    Condition, PartConfig, PartExpr, StepExpr, WITH_USAGE, WithItem, parse_with_tokens,
};

/// How a route, or every route of a group, is served.
#[derive(Clone, Default)]
pub(crate) struct RouteOptions {
    pub(crate) slash: Option<Slash>,
    /// Whether the handler runs to its end after the client has disconnected.
    pub(crate) finish_on_disconnect: Option<bool>,
    /// The order in which requests are served when the capacity is used up.
    pub(crate) priority: Option<Priority>,
    /// How the check for a guard against cross-site requests is changed.
    pub(crate) csrf: Option<Csrf>,
    /// The reason for a job that is not published in the transaction of the handler.
    pub(crate) dual_write: Option<LitStr>,
    /// Whether only an admin app lists the route.
    pub(crate) admin: bool,
    /// The reason for a route of an admin app in another app.
    pub(crate) exposed: Option<LitStr>,
}

/// The arguments of `#[get(..)]` and the other methods, and of `#[fallback]`.
#[derive(Default)]
pub(crate) struct RouteArgs {
    pub(crate) pattern: Option<Pattern>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) with: Vec<WithItem>,
    pub(crate) options: RouteOptions,
    pub(crate) krate: Option<Path>,
    /// Whether a route for GET or HEAD takes a body all the same.
    pub(crate) body: bool,
    /// Whether a route is exempt from `every(..)` of a group around it.
    pub(crate) public: bool,
    /// The responses, if the return type does not show them.
    pub(crate) answers: Option<AnswersExpr>,
    /// The objectives.
    pub(crate) slo: Option<SloExpr>,
    /// The position of the option `methods`, for errors about it.
    pub(crate) methods_span: Option<Span>,
}

/// The arguments of `#[guard]`, `#[middleware]` and `#[observer]`.
#[derive(Default)]
pub(crate) struct PartArgs {
    /// Whether a guard receives the request body.
    pub(crate) body: bool,
    /// The guards and middleware that must run before this one, and those that must run after it.
    pub(crate) after: Vec<Path>,
    pub(crate) before: Vec<Path>,
    /// The facts of what the function reads through the context.
    pub(crate) facts: Option<Expr>,
    /// A function that returns the facts of a value.
    pub(crate) value_facts: Option<Path>,
    /// The parts of a request that the function reads through the context.
    pub(crate) inputs: Option<Expr>,
    /// The responses of the function's own code.
    pub(crate) answers: Option<AnswersExpr>,
    pub(crate) krate: Option<Path>,
}

/// The arguments of `#[routes(..)]`.
#[derive(Default)]
pub(crate) struct GroupArgs {
    /// Whether the group is a whole app, which has a route table.
    pub(crate) app: bool,
    /// Whether it is an app for operators.
    pub(crate) admin: bool,
    pub(crate) prefix: Option<Pattern>,
    pub(crate) with: Vec<WithItem>,
    pub(crate) options: RouteOptions,
    /// The parts that each route below the group must have.
    pub(crate) every: Vec<DemandExpr>,
    pub(crate) fallback: Option<Path>,
    /// The function that renders rejections.
    pub(crate) rejection: Option<Path>,
    /// Whether a header of a POST request may override its method.
    pub(crate) method_override: bool,
    /// The consumers of jobs.
    pub(crate) jobs: Option<JobsExpr>,
    /// The doc comment of the item.
    pub(crate) doc: String,
    pub(crate) krate: Option<Path>,
}

impl RouteArgs {
    /// Returns whether the route is only for methods whose requests have no body, and does not insist on one.
    pub(crate) fn has_no_body(&self) -> bool {
        let is_bodiless = |method: &String| matches!(method.as_str(), "GET" | "HEAD");
        let methods = self.methods.as_deref().unwrap_or_default();
        !self.body && !methods.is_empty() && methods.iter().all(is_bodiless)
    }

    /// Parses the arguments of the attribute `name`.
    pub(crate) fn parse(tokens: TokenStream, name: &str, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let (mut calls, mut limits) = (Vec::new(), Vec::new());
        for arg in options::parse_options(tokens, name, errors) {
            match arg {
                AttrOption::Path(literal) => args.pattern = Some(Pattern::route(&literal, errors)),
                AttrOption::With(paths) => args.with = paths,
                AttrOption::Slash(slash) => args.options.slash = Some(slash),
                AttrOption::Finish(finish) => args.options.finish_on_disconnect = Some(finish),
                AttrOption::Priority(priority) => args.options.priority = Some(priority),
                AttrOption::Csrf(csrf) => args.options.csrf = Some(csrf),
                AttrOption::DualWrite(reason) => args.options.dual_write = Some(reason),
                AttrOption::Admin(_, None) => args.options.admin = true,
                AttrOption::Admin(_, reason) => args.options.exposed = reason,
                AttrOption::Limit(word, value) => limits.push((word, value)),
                AttrOption::Call(call) => calls.push(call),
                AttrOption::Crate(path) => args.krate = Some(path),
                AttrOption::Methods(span, methods) => {
                    args.methods = Some(methods);
                    args.methods_span = Some(span);
                }
                AttrOption::Body => args.body = true,
                AttrOption::Public => args.public = true,
                AttrOption::Answers(answers) => args.answers = Some(answers),
                AttrOption::Slo(slo) => args.slo = Some(slo),
                // `options` has reported every other option.
                _ => {}
            }
        }
        prepend_limits(&mut args.with, limits, args.krate.as_ref());
        args.with.splice(0..0, calls);
        args
    }
}

impl PartArgs {
    /// Parses the arguments of the attribute `name`.
    pub(crate) fn parse(tokens: TokenStream, name: &str, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        for arg in options::parse_options(tokens, name, errors) {
            match arg {
                AttrOption::Body => args.body = true,
                AttrOption::After(paths) => args.after = paths,
                AttrOption::Before(paths) => args.before = paths,
                AttrOption::Facts(facts) => args.facts = Some(facts),
                AttrOption::ValueFacts(path) => args.value_facts = Some(path),
                AttrOption::Inputs(inputs) => args.inputs = Some(inputs),
                AttrOption::Answers(answers) => args.answers = Some(answers),
                AttrOption::Crate(path) => args.krate = Some(path),
                // `options` has reported every other option.
                _ => {}
            }
        }
        args
    }
}

impl GroupArgs {
    /// Parses the arguments, and rejects options of apps on a group that is not an app.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let (mut for_apps, mut calls, mut limits) = (Vec::new(), Vec::new(), Vec::new());
        let (mut for_clients, mut admin) = (Vec::new(), None);
        for arg in options::parse_options(tokens, "routes", errors) {
            match arg {
                AttrOption::Path(literal) => args.prefix = Some(Pattern::prefix(&literal, errors)),
                AttrOption::With(paths) => args.with = paths,
                AttrOption::Slash(slash) => args.options.slash = Some(slash),
                AttrOption::Finish(finish) => args.options.finish_on_disconnect = Some(finish),
                AttrOption::Priority(priority) => args.options.priority = Some(priority),
                AttrOption::Csrf(csrf) => args.options.csrf = Some(csrf),
                AttrOption::DualWrite(reason) => args.options.dual_write = Some(reason),
                AttrOption::Limit(word, value) => limits.push((word, value)),
                AttrOption::Call(call) => calls.push(call),
                AttrOption::Crate(path) => args.krate = Some(path),
                AttrOption::App => args.app = true,
                AttrOption::Admin(word, None) => admin = Some(word),
                AttrOption::Admin(_, reason) => args.options.exposed = reason,
                AttrOption::Every(demands) => args.every = demands,
                AttrOption::Fallback(path) => args.fallback = Some(path),
                AttrOption::Rejection(word, path) => {
                    for_apps.push((word, "an app writes its rejections in one way"));
                    args.rejection = Some(path);
                }
                AttrOption::MethodOverride(word) => {
                    for_clients.push((word, "the method decides which route answers"));
                    args.method_override = true;
                }
                AttrOption::Jobs(word, jobs) => {
                    for_clients.push((word, "an app has the consumers of all of its jobs"));
                    args.jobs = Some(jobs);
                }
                // `options` has reported every other option.
                _ => {}
            }
        }
        prepend_limits(&mut args.with, limits, args.krate.as_ref());
        args.with.splice(0..0, calls);
        if let (true, Some(word)) = (args.app, &admin) {
            errors.at(
                word,
                "`app` is served to clients and `admin` to operators: leave one out",
            );
        }
        let is_for_clients = args.app;
        (args.app, args.admin) = (args.app || admin.is_some(), admin.is_some());
        for_apps.retain(|_| !args.app);
        for_clients.retain(|_| !is_for_clients);
        for (word, why) in for_apps.into_iter().chain(for_clients) {
            let message = format!("{why}: move `{word}` to `#[routes(app)]`");
            errors.at(word, message);
        }
        args
    }
}

/// Prepends the middleware that `timeout = ..` and `body_limit = ..` are short for, so that it runs outermost.
fn prepend_limits(with: &mut Vec<WithItem>, limits: Vec<(Ident, Expr)>, krate: Option<&Path>) {
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
