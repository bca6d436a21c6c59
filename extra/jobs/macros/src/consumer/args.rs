//! The arguments of a consumer.

use highball_macro_stages::{
    errors::Errors,
    function::Function,
    types::{contains_impl_trait, highball_name, source_text},
};
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    AngleBracketedGenericArguments, FnArg, GenericArgument, Lifetime, PatType, PathArguments,
    Signature, Type,
};

use super::Args;

/// The types that a consumer can take after the job.
const OTHERS: [&str; 5] = ["State", "Outbox", "Queue", "Transaction", "Attempt"];

/// Those of them with a lifetime.
const LENT: [&str; 2] = ["Outbox", "Queue"];

/// Returns the job, which is the first argument, and the others.
pub(crate) fn split_job(function: &Function, errors: &mut Errors) -> (Option<Box<Type>>, Args) {
    let mut inputs = typed(function);
    let Some(first) = inputs.next() else {
        let name = &function.sig.ident;
        errors.at(
            name,
            format!("`{name}` takes no job: write it as the first argument, `job: Email`"),
        );
        return (None, None);
    };
    let job = check_job(first, errors).then(|| first.ty.clone());
    let args = read(inputs, errors);
    // Without a job, one of the others is the job, which must not be reported as an argument.
    let args = args.filter(|_| job.is_some());
    (job, args)
}

/// Returns the arguments of a function without a job.
pub(crate) fn without_job(function: &Function, errors: &mut Errors) -> Args {
    read(typed(function), errors)
}

fn typed(function: &Function) -> impl Iterator<Item = &PatType> {
    let inputs = function.sig.inputs.iter();
    inputs.filter_map(|input| match input {
        FnArg::Typed(arg) => Some(arg),
        FnArg::Receiver(_) => None,
    })
}

fn check_job(arg: &PatType, errors: &mut Errors) -> bool {
    let ty = &*arg.ty;
    let inner = match ty {
        Type::Reference(reference) => &*reference.elem,
        ty => ty,
    };
    let shown = source_text(inner);
    if highball_name(inner).is_some_and(|name| OTHERS.iter().any(|other| name == other)) {
        errors.at(
            arg,
            format!("the first argument of a consumer is the job: write `job: Email` before this `{shown}`"),
        );
    } else if matches!(ty, Type::Reference(_)) {
        errors.at(
            ty,
            format!("a consumer takes the job by value: write `{shown}`"),
        );
    } else if contains_impl_trait(ty) {
        errors.at(ty, "the job of a consumer is one type: write its name");
    } else {
        return true;
    }
    false
}

fn read<'a>(inputs: impl Iterator<Item = &'a PatType>, errors: &mut Errors) -> Args {
    // Each argument is checked, so that one build reports all errors.
    let types: Vec<_> = inputs.map(|arg| check_arg(arg, errors)).collect();
    types.into_iter().collect()
}

fn check_arg(arg: &PatType, errors: &mut Errors) -> Option<Type> {
    let ty = &*arg.ty;
    if contains_impl_trait(ty) {
        errors.at(ty, "an argument of a consumer is one type: write its name");
        return None;
    }
    if let Some(lifetime) = lifetime(ty).filter(|lifetime| lifetime.ident != "_") {
        errors.at(
            lifetime,
            "an argument is lent for the call only: remove this lifetime, or write `'_`",
        );
        return None;
    }
    if let Some(name) = lacks_lifetime(ty) {
        let shown = source_text(&with_elided(ty));
        errors.at(
            ty,
            format!("`{name}` borrows from the worker: write `{shown}`"),
        );
        return None;
    }
    Some(ty.clone())
}

/// Returns the lifetime of a reference, or of a type that borrows from the worker.
fn lifetime(ty: &Type) -> Option<&Lifetime> {
    if let Type::Reference(reference) = ty {
        return reference.lifetime.as_ref();
    }
    match lent_args(ty)?.args.first() {
        Some(GenericArgument::Lifetime(lifetime)) => Some(lifetime),
        _ => None,
    }
}

/// Returns the generic arguments of a type that borrows from the worker.
fn lent_args(ty: &Type) -> Option<&AngleBracketedGenericArguments> {
    highball_name(ty).filter(|name| LENT.iter().any(|lent| *name == lent))?;
    let Type::Path(path) = ty else { return None };
    match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(list) => Some(list),
        _ => None,
    }
}

/// Returns the name of a type that is written without its lifetime, which an `async fn` cannot elide (E0726).
fn lacks_lifetime(ty: &Type) -> Option<&Ident> {
    lent_args(ty).filter(|_| lifetime(ty).is_none())?;
    highball_name(ty)
}

/// Writes the lifetimes that lack, so that rustc does not report them again.
pub(crate) fn add_lifetimes(sig: &mut Signature) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(arg) = input {
            *arg.ty = with_elided(&arg.ty);
        }
    }
}

fn with_elided(ty: &Type) -> Type {
    let mut changed = ty.clone();
    if lacks_lifetime(ty).is_some()
        && let Type::Path(path) = &mut changed
        && let Some(last) = path.path.segments.last_mut()
        && let PathArguments::AngleBracketed(list) = &mut last.arguments
    {
        let lifetime = Lifetime::new("'_", last.ident.span());
        list.args.insert(0, GenericArgument::Lifetime(lifetime));
    }
    changed
}

/// Returns the type with `'static` for each lifetime: the name by which the runtime finds how to open the argument.
pub(crate) fn with_static(ty: &Type) -> TokenStream {
    replace_lifetimes(ty.to_token_stream())
}

fn replace_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(quote) if quote.as_char() == '\'' => {
                tokens.next();
                out.extend(static_lifetime(quote.span()));
            }
            TokenTree::Punct(and) if and.as_char() == '&' => {
                let span = and.span();
                out.extend([TokenTree::Punct(and)]);
                let is_quote = |next: &TokenTree| matches!(next, TokenTree::Punct(next) if next.as_char() == '\'');
                if !tokens.peek().is_some_and(is_quote) {
                    out.extend(static_lifetime(span));
                }
            }
            TokenTree::Group(group) => {
                let inner = replace_lifetimes(group.stream());
                // A group without delimiters would separate the lifetime from the type that follows it.
                if group.delimiter() == Delimiter::None {
                    out.extend(inner);
                } else {
                    let mut whole = Group::new(group.delimiter(), inner);
                    whole.set_span(group.span());
                    out.extend([TokenTree::Group(whole)]);
                }
            }
            other => out.extend([other]),
        }
    }
    out
}

fn static_lifetime(span: Span) -> [TokenTree; 2] {
    let mut quote = Punct::new('\'', Spacing::Joint);
    quote.set_span(span);
    [
        TokenTree::Punct(quote),
        TokenTree::Ident(Ident::new("static", span)),
    ]
}
