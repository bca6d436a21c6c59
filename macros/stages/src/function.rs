//! The model of a function under one of the attributes, and of its arguments.
//!
//! Only the signature is parsed. The body stays opaque, so that an incomplete body does not prevent the expansion.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Generics, Pat, PatType, Signature, Type, TypeReference, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

use crate::{
    errors::Errors,
    pattern::Pattern,
    types::{first_span, highball_name, last_name, path_inner},
};

pub mod axum;
pub mod cfg_args;

/// A function whose body is opaque.
#[derive(Clone)]
pub struct Function {
    /// The type of the impl block that contains the function.
    pub owner: Option<Type>,
    /// The generic parameters of that block.
    pub generics: Generics,
    pub attrs: Vec<Attribute>,
    pub vis: Visibility,
    pub sig: Signature,
    pub body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut function = Self {
            owner: None,
            generics: Generics::default(),
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        };
        axum::add_lifetimes(&mut function.sig);
        Ok(function)
    }
}

impl Function {
    /// Returns the function as the user wrote it, without what only Highball reads in its arguments.
    pub fn to_item(&self) -> TokenStream {
        self.to_item_without(|_| false)
    }

    /// Returns the function, also without the attributes for which `is_removed` is true.
    pub fn to_item_without(&self, is_removed: fn(&Attribute) -> bool) -> TokenStream {
        let vis = &self.vis;
        let attrs = self.attrs.iter().filter(|attr| !is_removed(attr));
        let mut sig = self.sig.clone();
        for input in &mut sig.inputs {
            if let FnArg::Typed(arg) = input {
                arg.attrs.retain(|attr| !is_arg_attr(attr));
            }
        }
        let body = axum::prepend(axum::take_patterns(&mut sig), self.body.clone());
        quote!(#(#attrs)* #vis #sig #body)
    }

    /// Returns the name of the type that represents the function in a list.
    pub fn type_name(&self) -> TokenStream {
        match &self.owner {
            Some(owner) => quote!(#owner),
            None => self.sig.ident.to_token_stream(),
        }
    }

    /// Returns the expression that names the function in a call.
    pub fn callee(&self) -> TokenStream {
        let name = &self.sig.ident;
        match &self.owner {
            // `Type::name` would leave default type parameters to inference; `<Type>::name` uses the defaults.
            Some(owner) => quote!(<#owner>::#name),
            None => quote!(#name),
        }
    }

    /// Returns the `#[cfg]` attributes. The items that are generated for the function need them, too.
    pub fn cfgs(&self) -> Vec<&Attribute> {
        cfgs(&self.attrs)
    }

    /// Returns the text of the doc comment.
    pub fn doc(&self) -> String {
        doc(&self.attrs)
    }
}

/// Returns the text of the doc comment among these attributes.
pub fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => {
                let text = text.value();
                Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
            }
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The attributes of an argument of a function.
pub const ARG_ATTRS: [&str; 2] = ["param", "config"];

fn is_arg_attr(attr: &Attribute) -> bool {
    ARG_ATTRS.iter().any(|name| attr.path().is_ident(name))
}

/// Returns whether the attribute sets the level of a lint.
pub fn is_lint_attr(attr: &Attribute) -> bool {
    const LEVELS: [&str; 5] = ["allow", "expect", "warn", "deny", "forbid"];
    LEVELS.iter().any(|level| attr.path().is_ident(level))
}

/// Returns the `#[cfg]` attributes among these.
pub fn cfgs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .collect()
}

/// An argument of a function.
#[derive(Clone)]
pub struct Arg {
    pub name: String,
    pub ty: Type,
    pub kind: ArgKind,
}

/// How an argument is obtained.
#[derive(Clone, Copy)]
pub enum ArgKind {
    /// A parameter of the handler's own pattern. It is counted from the last, because prefixes add parameters in
    /// front.
    Param { back: usize },
    /// A parameter of a prefix.
    OuterParam,
    /// `&mut Context<'_>`.
    ContextMut,
    /// `&Context<'_>`.
    ContextRef,
    /// `&Exchange<'_>`, in an observer.
    Exchange,
    /// The rest of the chain, in a middleware.
    Next,
    /// A configured value of a guard or a middleware, copied or passed by reference.
    Config { by_ref: bool },
    /// `&self` in an impl block of routes. It comes from the app state.
    HandlerSelf,
    /// `&self` in the impl block of a guard, a middleware or an observer.
    PartSelf,
    /// Any other type: an extractor.
    Extract,
}

impl Arg {
    pub fn is_extract(&self) -> bool {
        matches!(self.kind, ArgKind::Extract)
    }

    /// Returns whether the argument is a new value, not the context or a part of the app state.
    pub fn is_owned(&self) -> bool {
        matches!(
            self.kind,
            ArgKind::Param { .. } | ArgKind::OuterParam | ArgKind::Extract
        )
    }
}

/// Parses the arguments of a function.
pub fn parse_args(
    sig: &Signature,
    pattern: &Pattern,
    owner: Option<&Type>,
    errors: &mut Errors,
) -> Vec<Arg> {
    let names: Vec<_> = pattern.names().collect();
    let mut args = Vec::new();
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => args.extend(receiver_arg(receiver, owner, errors)),
            FnArg::Typed(typed) => args.extend(typed_arg(typed, &names, errors)),
        }
    }
    args
}

fn receiver_arg(
    receiver: &syn::Receiver,
    owner: Option<&Type>,
    errors: &mut Errors,
) -> Option<Arg> {
    let owner = owner?;
    if !matches!(receiver.kind, syn::ReceiverKind::Reference(_, _, None)) {
        errors.at(receiver, "requests share what `self` is: write `&self`");
        return None;
    }
    Some(Arg {
        name: "self".to_owned(),
        ty: owner.clone(),
        kind: ArgKind::HandlerSelf,
    })
}

fn typed_arg(typed: &PatType, names: &[&str], errors: &mut Errors) -> Option<Arg> {
    let name = binding_name(&typed.pat);
    let is_outer = typed.attrs.iter().any(|attr| attr.path().is_ident("param"));
    let ty = (*typed.ty).clone();
    if typed
        .attrs
        .iter()
        .any(|attr| attr.path().is_ident("config"))
    {
        return config_arg(typed, name, ty, errors);
    }
    if !is_outer && let Some(inner) = path_inner(&ty) {
        return Some(path_arg(name, &ty, inner, names));
    }
    let place = name
        .as_deref()
        .and_then(|name| names.iter().position(|own| *own == name));
    let kind = match (place, is_outer) {
        (Some(_), true) => {
            errors.at(
                typed,
                "the path itself has this parameter: leave out `#[param]`",
            );
            return None;
        }
        (Some(idx), false) => ArgKind::Param {
            back: names.len() - 1 - idx,
        },
        (None, true) => ArgKind::OuterParam,
        (None, false) => arg_kind(&ty),
    };
    if matches!(kind, ArgKind::OuterParam) && name.is_none() {
        errors.at(
            &typed.pat,
            "a parameter is matched by its name: write `#[param] name: Type`",
        );
        return None;
    }
    Some(Arg {
        name: name.unwrap_or_default(),
        ty,
        kind,
    })
}

/// Returns the model of `Path<T>`. A tuple takes all parameters of the pattern by their position, like a parameter. Any
/// other type is an extractor: a struct that derives `PathFields`, or the only parameter.
fn path_arg(name: Option<String>, ty: &Type, inner: &Type, names: &[&str]) -> Arg {
    let is_tuple = matches!(inner, Type::Tuple(_)) && !names.is_empty();
    Arg {
        // A tuple is no parameter of its name.
        name: name.filter(|_| !is_tuple).unwrap_or_default(),
        ty: ty.clone(),
        kind: match is_tuple {
            true => ArgKind::Param { back: 0 },
            false => ArgKind::Extract,
        },
    }
}

/// Parses `#[config] after: Duration`, or `#[config] limit: &Limit`, which is stored and passed by reference.
fn config_arg(typed: &PatType, name: Option<String>, ty: Type, errors: &mut Errors) -> Option<Arg> {
    if name.is_none() {
        errors.at(
            &typed.pat,
            "a configured value is identified by its name: write `#[config] name: Type`",
        );
    }
    let name = name.unwrap_or_default();
    let by_ref = match &ty {
        Type::Reference(reference) => {
            reference.lifetime.is_none()
                && !matches!(*reference.elem, Type::Slice(_))
                && last_name(&reference.elem).is_none_or(|name| name != "str")
        }
        _ => false,
    };
    Some(Arg {
        name,
        ty,
        kind: ArgKind::Config { by_ref },
    })
}

/// Returns the name that the argument is bound to, without `r#`.
fn binding_name(pat: &Pat) -> Option<String> {
    match pat {
        Pat::Ident(pat) => Some(pat.ident.unraw().to_string()),
        _ => None,
    }
}

fn arg_kind(ty: &Type) -> ArgKind {
    match ty {
        Type::Reference(TypeReference {
            mutability: Some(_),
            ..
        }) => ArgKind::ContextMut,
        Type::Reference(reference)
            if highball_name(&reference.elem).is_some_and(|n| n == "Context") =>
        {
            ArgKind::ContextRef
        }
        Type::Reference(reference)
            if highball_name(&reference.elem).is_some_and(|n| n == "Exchange") =>
        {
            ArgKind::Exchange
        }
        Type::ImplTrait(_) => ArgKind::Next,
        _ => ArgKind::Extract,
    }
}

/// Returns the span for an error about the return type.
pub fn output_span(sig: &Signature) -> Span {
    match &sig.output {
        syn::ReturnType::Default => sig.ident.span(),
        syn::ReturnType::Type(_, ty) => first_span(ty),
    }
}

/// Expands a function. If its signature cannot be parsed, re-emits the item with the error. `on_method` is the error
/// for a function with `self`.
pub fn with_function(
    item: TokenStream,
    on_method: &str,
    expand: impl FnOnce(&Function, &mut Errors) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let code = match function.sig.receiver() {
        None => expand(&function, &mut errors),
        Some(receiver) => {
            errors.at(receiver, on_method);
            item
        }
    };
    let errors = errors.into_tokens_under(&function.cfgs());
    quote!(#code #errors)
}
