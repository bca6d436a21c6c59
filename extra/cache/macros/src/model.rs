//! The model of a cached function, and of its arguments.

use highball_macro_stages::{
    errors::Errors,
    types::{contains_impl_trait, first_type, last_name, source_text},
};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Pat, PatType, ReturnType, Signature, Type, Visibility,
    parse::{Parse, ParseStream},
    parse_quote,
};

/// A function whose body is opaque, so that an incomplete body does not prevent the expansion.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl Function {
    /// Returns the function as the user wrote it, without `#[skip]`.
    pub(crate) fn to_item(&self) -> TokenStream {
        let (attrs, vis, body) = (&self.attrs, &self.vis, &self.body);
        let sig = self.plain_sig();
        quote!(#(#attrs)* #vis #sig #body)
    }

    pub(crate) fn plain_sig(&self) -> Signature {
        let mut sig = self.sig.clone();
        for input in &mut sig.inputs {
            if let FnArg::Typed(arg) = input {
                arg.attrs.retain(|attr| !is_skip(attr));
            }
        }
        sig
    }
}

/// An argument.
pub(crate) struct Arg {
    pub(crate) name: Ident,
    /// The type as it was written.
    pub(crate) ty: Type,
    /// The type in the key, or in the task.
    pub(crate) owned: Type,
    pub(crate) is_reference: bool,
    pub(crate) is_skipped: bool,
}

/// Reads the arguments, and reports those that can be neither in a key nor in a task.
pub(crate) fn args(function: &Function, errors: &mut Errors) -> Vec<Arg> {
    let mut args = Vec::new();
    for input in &function.sig.inputs {
        match input {
            FnArg::Receiver(receiver) => errors.at(
                receiver,
                "a cached function has no `self`: move it out of the impl block and pass the values that it needs",
            ),
            FnArg::Typed(arg) => args.extend(read(arg, errors)),
        }
    }
    args
}

fn read(arg: &PatType, errors: &mut Errors) -> Option<Arg> {
    let Pat::Ident(name) = &*arg.pat else {
        errors.at(&arg.pat, "name this argument: the name is used for the key");
        return None;
    };
    let name = name.ident.clone();
    let is_skipped = arg.attrs.iter().any(is_skip);
    let (owned, is_reference) = match &*arg.ty {
        Type::Reference(reference) => {
            if let Some(mutability) = &reference.mutability {
                errors.at(
                    mutability,
                    format!(
                        "a cached function cannot change its arguments, since a call that finds a value does not run \
                         it: write `{name}: &{}`",
                        source_text(&reference.elem)
                    ),
                );
                return None;
            }
            (owned(&reference.elem), true)
        }
        ty => (ty.clone(), false),
    };
    if last_name(&owned).is_some_and(|last| last == "Context") {
        errors.at(
            &arg.ty,
            "a cached function cannot take the request, since all requests share its value: pass the values that it \
             needs",
        );
        return None;
    }
    if contains_impl_trait(&owned) {
        errors.at(
            &arg.ty,
            "a cached function has no generic arguments: write a type",
        );
        return None;
    }
    if let Some(token) = borrow(&owned) {
        errors.at(
            token,
            format!("`{name}` is kept longer than the call: write an owned type here"),
        );
        return None;
    }
    if !is_skipped && let Some(float) = float(&owned) {
        errors.at(
            &float,
            format!("`{float}` cannot be in a key, since it has no `Eq`: pass an integer, or its bits as `u64`"),
        );
        return None;
    }
    Some(Arg {
        name,
        ty: (*arg.ty).clone(),
        owned,
        is_reference,
        is_skipped,
    })
}

/// Returns the type that owns the value of a reference.
fn owned(ty: &Type) -> Type {
    match ty {
        Type::Slice(slice) => {
            let elem = &slice.elem;
            parse_quote!(::std::vec::Vec<#elem>)
        }
        ty if last_name(ty).is_some_and(|name| name == "str") => {
            parse_quote!(::std::string::String)
        }
        ty => ty.clone(),
    }
}

/// Returns the first borrow in a type, unless it is `'static`.
fn borrow(ty: &Type) -> Option<TokenTree> {
    let mut tokens = ty.to_token_stream().into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                let is_lifetime = |next: &TokenTree| matches!(next, TokenTree::Punct(punct) if punct.as_char() == '\'');
                if !tokens.peek().is_some_and(is_lifetime) {
                    return Some(token);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let is_static =
                    |next: &TokenTree| matches!(next, TokenTree::Ident(name) if name == "static");
                if !tokens.peek().is_some_and(is_static) {
                    return tokens.next();
                }
            }
            TokenTree::Group(group) => {
                let inner = syn::parse2(group.stream()).ok();
                if let Some(found) = inner.as_ref().and_then(borrow) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the first float in a type.
fn float(ty: &Type) -> Option<Ident> {
    fn find(tokens: TokenStream) -> Option<Ident> {
        tokens.into_iter().find_map(|token| match token {
            TokenTree::Ident(name) if name == "f32" || name == "f64" => Some(name),
            TokenTree::Group(group) => find(group.stream()),
            _ => None,
        })
    }
    find(ty.to_token_stream())
}

/// Returns the `T` of `Result<T, E>`, the type of the cached values.
pub(crate) fn value_type(function: &Function, errors: &mut Errors) -> Option<Type> {
    let message = "a cached function returns a `Result`, since its computation may panic or be stopped: write \
                   `-> Result<T, E>`, where `E` is an error";
    let ReturnType::Type(_, ty) = &function.sig.output else {
        errors.at(&function.sig.ident, message);
        return None;
    };
    let value = match &**ty {
        Type::Path(path) if last_name(ty).is_some_and(|name| name == "Result") => {
            first_type(&path.path)
        }
        _ => None,
    };
    if value.is_none() {
        errors.at(ty, message);
    }
    value
}

fn is_skip(attr: &Attribute) -> bool {
    attr.path().is_ident("skip")
}
