//! `#[routes]` on an impl block: the methods are handlers, and the type is the group.

use highball_macro_stages::{
    errors::Errors,
    function::{self, Function},
    types::{is_bare_name, last_name, replace_self},
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Type};

use crate::{
    attr::{GroupArgs, RouteArgs},
    check,
    entry::Entry,
    expand::{self, handler::Handler},
    route::set_methods,
    route_attrs::{ROUTE_ATTRS, is_route_attr},
};

/// Expands the impl block and the group of its methods.
pub(crate) fn expand(args: &GroupArgs, item: &ItemImpl, errors: &mut Errors) -> TokenStream {
    let mut block = item.clone();
    function::cfg_args::split_methods(&mut block);
    let Some(owner) = group_name(item, errors) else {
        block.items.iter_mut().for_each(strip_attrs);
        let stub = stub(args, item);
        return quote!(#block #stub);
    };
    let mut code = TokenStream::new();
    let mut entries = Vec::new();
    for method in &mut block.items {
        if let ImplItem::Fn(method) = method
            && let Some(attr) = take_route_attr(method)
        {
            function::axum::add_lifetimes(&mut method.sig);
            let name = format_ident!("__{}_{}", owner, method.sig.ident);
            code.extend(expand_method(&attr, method, &name, item, args, errors));
            strip_arg_attrs(method);
            function::axum::bind_patterns(method);
            entries.push(Entry {
                cfgs: function::cfgs(&method.attrs).into_iter().cloned().collect(),
                ty: syn::parse_quote!(#name),
                prefix: None,
                with: Vec::new(),
                is_public: false,
            });
        }
    }
    if entries.is_empty() {
        errors.at(&item.self_ty, "the impl block has no route: put `#[get(\"/path\")]` (or another method) on a function in it");
    }
    if !errors.is_empty() {
        let stub = stub(args, item);
        return quote!(#block #stub);
    }
    let group = expand::group::expand(args, &owner, &item.self_ty, &entries);
    quote!(#block #code #group)
}

/// Returns the items for a group whose block has an error.
fn stub(args: &GroupArgs, item: &ItemImpl) -> TokenStream {
    expand::group::stub(args.krate.as_ref(), &item.generics, &item.self_ty)
}

/// Removes Highball's attributes from an item.
fn strip_attrs(item: &mut ImplItem) {
    if let ImplItem::Fn(method) = item {
        while take_route_attr(method).is_some() {}
        strip_arg_attrs(method);
    }
}

/// Returns the name of the block's type, which must be a plain path.
fn group_name(item: &ItemImpl, errors: &mut Errors) -> Option<Ident> {
    if item.trait_.is_some() {
        errors.at(
            &item.self_ty,
            "`#[routes]` belongs on an impl block without a trait",
        );
        return None;
    }
    if let Some(param) = item.generics.params.first() {
        errors.at(param, "a group cannot be generic: name the types");
        return None;
    }
    let name = last_name(&item.self_ty).cloned();
    if name.is_none() {
        errors.at(
            &item.self_ty,
            "a group is a type of this crate, by its name",
        );
    }
    name
}

/// Removes the first attribute that declares a route, and returns it.
fn take_route_attr(method: &mut ImplItemFn) -> Option<Attribute> {
    let idx = method.attrs.iter().position(is_route_attr)?;
    Some(method.attrs.remove(idx))
}

/// Removes `#[param]` from the arguments: rustc rejects an attribute that no macro has consumed.
fn strip_arg_attrs(method: &mut ImplItemFn) {
    for input in &mut method.sig.inputs {
        if let FnArg::Typed(arg) = input {
            arg.attrs.retain(|attr| !attr.path().is_ident("param"));
        }
    }
}

fn expand_method(
    attr: &Attribute,
    method: &ImplItemFn,
    name: &Ident,
    item: &ItemImpl,
    group: &GroupArgs,
    errors: &mut Errors,
) -> TokenStream {
    let verb = attr
        .path()
        .segments
        .last()
        .map(|last| last.ident.to_string())
        .unwrap_or_default();
    let verb = ROUTE_ATTRS
        .into_iter()
        .find(|known| *known == verb)
        .unwrap_or("route");
    let tokens = match &attr.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let mut function = Function {
        generics: syn::Generics::default(),
        owner: None,
        attrs: method.attrs.clone(),
        vis: method.vis.clone(),
        sig: method.sig.clone(),
        body: TokenStream::new(),
    };
    // The hidden types are used only next to the impl block.
    function.vis = syn::Visibility::Inherited;
    let owner: &Type = &item.self_ty;
    replace_self(&mut function.sig, owner);
    let mut args = RouteArgs::parse(tokens, verb, errors);
    set_methods(verb, &mut args, attr, errors);
    let Some(pattern) = args.pattern.take() else {
        return TokenStream::new();
    };
    check::check_signature(&function, "a handler", errors);
    check::check_borrow(&function.sig, errors);
    let list = function::parse_args(&function.sig, &pattern, Some(owner), errors);
    check::check_handler(&list, &pattern, false, errors);
    check::schema_names::check_schema_names(&function, &list, errors);
    check::slo::check_slo(&function.sig, &args, errors);
    let call = &method.sig.ident;
    let call = match is_bare_name(owner) {
        true => quote!(#owner::#call),
        false => quote!(<#owner>::#call),
    };
    let handler = Handler {
        function: &function,
        args: list,
        attr: &args,
        pattern: Some(&pattern),
        name: name.clone(),
        call,
        krate: group.krate.as_ref(),
    };
    handler.expand()
}
