//! `#[routes]`: a group of routes.

use highball_macro_stages::{errors::Errors, function::doc, runtime_path};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Attribute, ItemImpl, ItemMod, ItemStruct, Type};

use crate::{
    attr::GroupArgs,
    bodies::expand_item,
    entry::{Entry, parse_entries},
    expand,
};

mod impl_block;
mod module;

/// Expands `#[routes]`.
pub(crate) fn routes(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut parsed = GroupArgs::parse(args.clone(), &mut errors);
    let code = if let Ok(group) = syn::parse2::<ItemStruct>(item.clone()) {
        parsed.doc = doc(&group.attrs);
        expand_struct(&parsed, &group, &mut errors)
    } else if let Some(code) = expand_item(&item, |block: ItemImpl| {
        parsed.doc = doc(&block.attrs);
        impl_block::expand(&parsed, &block, &mut errors)
    }) {
        code
    } else if let Some(code) = expand_item(&item, |module: ItemMod| {
        let krate = runtime_path::runtime(parsed.krate.as_ref());
        module::expand(&args, &krate, &module, &mut errors)
    }) {
        code
    } else {
        report_unsupported_item(&item, &mut errors);
        item
    };
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

/// Expands `#[routes]` on a tuple struct.
fn expand_struct(args: &GroupArgs, item: &ItemStruct, errors: &mut Errors) -> TokenStream {
    if let Some(param) = item.generics.params.first() {
        errors.at(
            param,
            "a group cannot be generic: list its handlers with their types, `list::<User>`",
        );
    }
    let entries = parse_entries(item, errors);
    check_entry_count(&entries, &item.ident, errors);
    if has_own_name(&entries, &item.ident) {
        errors.at(&item.ident, own_name_message(&item.ident));
        // A second type of this name would be reported again, with the names of generated code.
        return TokenStream::new();
    }
    let (attrs, vis, ident) = (&item.attrs, &item.vis, &item.ident);
    // The type is emitted even after an error, so that code that names it compiles.
    let derives = derive_attr(attrs);
    let own = quote!(#(#attrs)* #derives #vis struct #ident;);
    let ty = syn::parse_quote!(#ident);
    if !errors.is_empty() {
        let stub = expand::group::stub(args.krate.as_ref(), &syn::Generics::default(), &ty);
        return quote!(#own #stub);
    }
    let code = expand::group::expand(args, ident, &ty, &entries);
    quote!(#own #code)
}

/// Returns a `derive` of the traits that every group has, without those that the user derives.
fn derive_attr(attrs: &[Attribute]) -> TokenStream {
    let mut taken = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        // rustc reports a `derive` that cannot be parsed.
        let _ = attr.parse_nested_meta(|meta| {
            taken.extend(meta.path.segments.last().map(|last| last.ident.to_string()));
            Ok(())
        });
    }
    let ours = [
        ("Debug", quote!(::core::fmt::Debug)),
        ("Clone", quote!(::core::clone::Clone)),
        ("Copy", quote!(::core::marker::Copy)),
    ];
    let ours = ours.into_iter();
    let ours = ours.filter(|(name, _)| !taken.iter().any(|other| other == name));
    let ours = ours.map(|(_, path)| path);
    quote!(#[::core::prelude::v1::derive(#(#ours),*)])
}

/// Returns whether an entry has the group's name: it is the group itself, or a handler of the same module.
fn has_own_name(entries: &[Entry], name: &Ident) -> bool {
    let mut types = entries.iter().map(|entry| &entry.ty);
    types.any(|ty| matches!(ty, Type::Path(ty) if ty.path.is_ident(name)))
}

fn own_name_message(name: &Ident) -> String {
    let name = name.to_string();
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let camel: String = first.into_iter().chain(letters).collect();
    let other = if camel == name { "Root" } else { &camel };
    format!(
        "a group and a route are types, so `{name}` cannot be the name of both: write `struct {other}({name});`"
    )
}

fn check_entry_count(entries: &[Entry], name: &Ident, errors: &mut Errors) {
    // The runtime uses 65,535 for "no field".
    if entries.len() >= usize::from(u16::MAX) {
        errors.at(
            name,
            "a group lists fewer than 65,535 entries: split it into groups",
        );
    }
}

/// Reports `#[routes]` on an item that it does not support.
fn report_unsupported_item(item: &TokenStream, errors: &mut Errors) {
    let message = "`#[routes]` belongs on a tuple struct, `struct Api(show, create);`, on an inline module or on an impl block";
    let span = item
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    errors.push(syn::Error::new(span, message));
}
