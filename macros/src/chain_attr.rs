//! `#[guard]`, `#[middleware]` and `#[observer]`, on a function or on an impl block with one method.

use highball_macro_stages::{
    errors::Errors,
    function::{self, Arg, ArgKind, Function, cfg_args::expand_each, with_function},
    pattern::Pattern,
    types::replace_self,
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl};

use crate::{attr::PartArgs, bodies::expand_item, check, expand};

/// One of the three attributes.
struct ChainAttr {
    name: &'static str,
    /// The noun with its article, for error messages: `a guard`.
    noun: &'static str,
    check: fn(&[Arg], &Function, &mut Errors),
    expand: fn(&Function, &[Arg], &PartArgs) -> TokenStream,
}

const GUARD: ChainAttr = ChainAttr {
    name: "guard",
    noun: "a guard",
    check: check::check_guard,
    expand: expand::guard::guard,
};

const MIDDLEWARE: ChainAttr = ChainAttr {
    name: "middleware",
    noun: "a middleware",
    check: check::check_middleware,
    expand: expand::middleware::middleware,
};

const OBSERVER: ChainAttr = ChainAttr {
    name: "observer",
    noun: "an observer",
    check: check::check_observer,
    expand: expand::observer::observer,
};

/// Expands `#[guard]`.
pub(crate) fn guard(args: TokenStream, item: TokenStream) -> TokenStream {
    GUARD.expand_each(args, item)
}

/// Expands `#[middleware]`.
pub(crate) fn middleware(args: TokenStream, item: TokenStream) -> TokenStream {
    MIDDLEWARE.expand_each(args, item)
}

/// Expands `#[observer]`.
pub(crate) fn observer(args: TokenStream, item: TokenStream) -> TokenStream {
    OBSERVER.expand_each(args, item)
}

impl ChainAttr {
    /// Expands the attribute for each combination of the conditions on the arguments.
    fn expand_each(&self, args: TokenStream, item: TokenStream) -> TokenStream {
        expand_each(item, |item| self.expand(args.clone(), item))
    }

    /// Expands the attribute on a function or an impl block.
    fn expand(&self, args: TokenStream, item: TokenStream) -> TokenStream {
        let code = expand_item(&item, |mut block: ItemImpl| {
            let mut errors = Errors::default();
            for item in &mut block.items {
                if let ImplItem::Fn(method) = item {
                    function::axum::add_lifetimes(&mut method.sig);
                    self.correct_next(method, &mut errors);
                }
            }
            self.expand_block(args.clone(), &block, errors)
        });
        if let Some(code) = code {
            return code;
        }
        let on_method = format!(
            "{} with `&self` is an impl block with this one method: move `#[{}]` from the method to its `impl`",
            self.noun, self.name
        );
        with_function(item, &on_method, |function, errors| {
            let mut function = function.clone();
            if self.name == MIDDLEWARE.name {
                let body = std::mem::take(&mut function.body);
                function.body = check::next::correct(&mut function.sig, body, errors);
            }
            let (function, own) = (&function, function.to_item());
            check::check_item(function, self.noun, errors);
            let list = function::parse_args(&function.sig, &Pattern::empty(), None, errors);
            let rest = self.generated_items(args, function, &list, errors);
            quote!(#own #rest)
        })
    }

    /// Expands an impl block. The value in `with(..)` is the method's `&self`.
    fn expand_block(&self, args: TokenStream, block: &ItemImpl, mut errors: Errors) -> TokenStream {
        self.check_block(block, &mut errors);
        let method = self.single_method(block, &mut errors);
        let function = method_as_function(block, method);
        let rest = if method.is_some() {
            check::check_signature(&function, self.noun, &mut errors);
            let owner = Some(&*block.self_ty);
            let list = function::parse_args(&function.sig, &Pattern::empty(), owner, &mut errors);
            let list: Vec<_> = list.into_iter().map(with_part_self).collect();
            check_receiver(&function, &list, &mut errors);
            self.generated_items(args, &function, &list, &mut errors)
        } else {
            expand::part::stub(&function, &[], &PartArgs::default())
        };
        let errors = errors.into_tokens_under(&function.cfgs());
        let block = without_config(block);
        quote!(#block #rest #errors)
    }

    /// Corrects the mistakes in the argument `next` of a method.
    fn correct_next(&self, method: &mut ImplItemFn, errors: &mut Errors) {
        if self.name != MIDDLEWARE.name {
            return;
        }
        let body = method.block.to_token_stream();
        let body = check::next::correct(&mut method.sig, body, errors);
        if !errors.is_empty()
            && let Ok(block) = syn::parse2(body)
        {
            method.block = block;
        }
    }

    fn check_block(&self, block: &ItemImpl, errors: &mut Errors) {
        let noun = self.noun;
        if block.trait_.is_some() {
            let message = format!("{noun} is an own method of the type: leave out the trait");
            errors.at(&block.self_ty, message);
        }
        if let Some(param) = block.generics.params.first()
            && self.name == OBSERVER.name
        {
            errors.at(param, format!("{noun} cannot be generic: name the types"));
        }
        if let Some(lifetime) = block.generics.lifetimes().next() {
            let message = format!("{noun} outlives every request: leave out the lifetime");
            errors.at(lifetime, message);
        }
    }

    /// Returns the method of the block, and reports everything else in it.
    fn single_method<'a>(
        &self,
        block: &'a ItemImpl,
        errors: &mut Errors,
    ) -> Option<&'a ImplItemFn> {
        let mut found = None;
        for item in &block.items {
            match (item, found) {
                (ImplItem::Fn(method), None) => found = Some(method),
                (other, _) => {
                    let message = format!(
                        "{} is one method: move this to a separate impl block",
                        self.noun
                    );
                    errors.at(first_token(other), message);
                }
            }
        }
        if found.is_none() && errors.is_empty() {
            let message = format!(
                "{} is a method of the type: write it into this block, with `&self`",
                self.noun
            );
            errors.at(&block.self_ty, message);
        }
        found
    }

    /// Returns the items that are generated next to the function or the block.
    fn generated_items(
        &self,
        args: TokenStream,
        function: &Function,
        list: &[Arg],
        errors: &mut Errors,
    ) -> TokenStream {
        let attr = PartArgs::parse(args, self.name, errors);
        (self.check)(list, function, errors);
        if errors.is_empty() {
            return (self.expand)(function, list, &attr);
        }
        let list: Vec<_> = list.iter().map(as_configured).collect();
        expand::part::stub(function, &list, &attr)
    }
}

/// Returns the argument as the stub has it. A value without `#[config]` has been reported, and its place in `with(..)`
/// must not be a second error.
fn as_configured(arg: &Arg) -> Arg {
    let is_param = arg.name == "id" || arg.name.ends_with("_id");
    let mut arg = arg.clone();
    if check::spelling::is_unmarked_value(&arg) && !is_param {
        arg.kind = ArgKind::Config { by_ref: false };
    }
    arg
}

/// Returns the tokens for an error about an item: its name if it has one.
fn first_token(item: &ImplItem) -> TokenStream {
    match item {
        ImplItem::Fn(method) => method.sig.ident.to_token_stream(),
        ImplItem::Const(constant) => constant.ident.to_token_stream(),
        other => other.to_token_stream(),
    }
}

fn method_as_function(block: &ItemImpl, method: Option<&ImplItemFn>) -> Function {
    let attrs = method.map_or(&[][..], |method| &method.attrs);
    let mut sig = method.map_or_else(|| syn::parse_quote!(fn none()), |method| method.sig.clone());
    replace_self(&mut sig, &block.self_ty);
    Function {
        owner: Some((*block.self_ty).clone()),
        generics: block.generics.clone(),
        attrs: block.attrs.iter().chain(attrs).cloned().collect(),
        vis: syn::Visibility::Inherited,
        sig,
        body: TokenStream::new(),
    }
}

fn with_part_self(mut arg: Arg) -> Arg {
    if matches!(arg.kind, ArgKind::HandlerSelf) {
        arg.kind = ArgKind::PartSelf;
    }
    arg
}

/// Checks that a method is configured by its `&self` only.
fn check_receiver(function: &Function, list: &[Arg], errors: &mut Errors) {
    if function.sig.receiver().is_none() {
        errors.at(
            &function.sig.ident,
            "the method reads the values of `with(..)` from `&self`: make it the first argument",
        );
    }
    for arg in list
        .iter()
        .filter(|arg| matches!(arg.kind, ArgKind::Config { .. }))
    {
        errors.at(
            &arg.ty,
            "a method has its configuration in `self`: make this a field of the type",
        );
    }
}

/// Returns the block as rustc accepts it, without the attributes `#[config]` and with the patterns in the body.
fn without_config(block: &ItemImpl) -> ItemImpl {
    let mut block = block.clone();
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        function::axum::bind_patterns(method);
        for input in &mut method.sig.inputs {
            if let FnArg::Typed(arg) = input {
                arg.attrs.retain(|attr| !attr.path().is_ident("config"));
            }
        }
    }
    block
}
