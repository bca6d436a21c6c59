//! A group: what `#[routes]` stands on, as a model.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Attribute, Field, Fields, ItemStruct, Meta, Type, spanned::Spanned};

use crate::{
    attr::{self, GroupArgs, With},
    errors::Errors,
    pattern::Pattern,
};

mod block;
mod module;

pub(crate) use block::expand as expand_block;
pub(crate) use module::expand as expand_module;

/// One entry of a group.
pub(crate) struct Entry {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ty: Type,
    pub(crate) prefix: Option<Pattern>,
    pub(crate) with: Vec<With>,
}

/// The methods that have an attribute of their own.
pub(crate) const VERBS: [&str; 10] = [
    "get", "post", "put", "patch", "delete", "head", "options", "query", "any", "route",
];

/// Expands `#[routes]` on a tuple struct.
pub(crate) fn expand_struct(
    args: &GroupArgs,
    item: &ItemStruct,
    errors: &mut Errors,
) -> TokenStream {
    if let Some(param) = item.generics.params.first() {
        errors.at(
            param,
            "a group cannot be generic: list its handlers with their types, `list::<User>`",
        );
    }
    let entries = entries(item, errors);
    check_count(&entries, &item.ident, errors);
    let (attrs, vis, ident) = (&item.attrs, &item.vis, &item.ident);
    // Whatever is wrong, the name is there, so that nothing else breaks.
    let derives = derives(attrs);
    let own = quote!(#(#attrs)* #derives #vis struct #ident;);
    let ty = syn::parse_quote!(#ident);
    if !errors.is_empty() {
        let stub = crate::expand::group::stub(args.krate.as_ref(), &syn::Generics::default(), &ty);
        return quote!(#own #stub);
    }
    let code = crate::expand::group::expand(args, ident, &ty, &entries);
    quote!(#own #code)
}

/// Returns a derive of what every group has, but for what the user derives.
fn derives(attrs: &[Attribute]) -> TokenStream {
    let mut taken = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        // What cannot be read here is rustc's to report.
        let _ = attr.parse_nested_meta(|meta| {
            taken.extend(meta.path.segments.last().map(|last| last.ident.to_string()));
            Ok(())
        });
    }
    let mut ours = vec!["Debug", "Clone", "Copy"];
    ours.retain(|name| !taken.iter().any(|other| other == name));
    let ours = ours.iter().map(|name| Ident::new(name, Span::call_site()));
    quote!(#[derive(#(#ours),*)])
}

fn entries(item: &ItemStruct, errors: &mut Errors) -> Vec<Entry> {
    match &item.fields {
        Fields::Unnamed(fields) => fields
            .unnamed
            .iter()
            .map(|field| entry(field, errors))
            .collect(),
        Fields::Named(fields) => {
            errors.at(
                fields,
                "a group is a tuple struct of its routes: write `struct Api(show, create);`",
            );
            Vec::new()
        }
        Fields::Unit => Vec::new(),
    }
}

fn check_count(entries: &[Entry], name: &Ident, errors: &mut Errors) {
    // The last number means "no field".
    if entries.len() >= usize::from(u16::MAX) {
        errors.at(
            name,
            "a group lists fewer than 65,535 entries: split it into groups",
        );
    }
}

fn entry(field: &Field, errors: &mut Errors) -> Entry {
    let mut entry = Entry {
        cfgs: Vec::new(),
        ty: field.ty.clone(),
        prefix: None,
        with: Vec::new(),
    };
    if !matches!(entry.ty, Type::Path(_)) {
        errors.at(
            &entry.ty,
            "a group lists handlers and groups by their names",
        );
    }
    for attr in &field.attrs {
        if attr.path().is_ident("cfg") {
            entry.cfgs.push(attr.clone());
        } else if attr.path().is_ident("prefix") {
            if let Some(literal) = errors.keep(attr.parse_args::<syn::LitStr>()) {
                entry.prefix = Some(Pattern::prefix(&literal, errors));
            }
        } else if attr.path().is_ident("with") {
            entry
                .with
                .extend(errors.keep(with(attr)).unwrap_or_default());
        } else if !attr.path().is_ident("doc") {
            errors.at(
                attr,
                "an entry of a group takes `#[prefix(\"/path\")]`, `#[with(..)]` and `#[cfg(..)]`",
            );
        }
    }
    entry
}

fn with(attr: &Attribute) -> syn::Result<Vec<With>> {
    match &attr.meta {
        Meta::List(list) => attr::list_of(list.tokens.clone()),
        _ => Err(syn::Error::new(attr.span(), attr::HOW)),
    }
}

/// Returns whether the attribute declares a route, as far as its spelling tells.
pub(crate) fn is_verb(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|last| VERBS.iter().any(|verb| last.ident == verb))
}

/// Reports `#[routes]` on something else.
pub(crate) fn refuse(item: &TokenStream, errors: &mut Errors) {
    let message = "`#[routes]` stands on a tuple struct, `struct Api(show, create);`, on an inline module or on an impl block";
    let span = item
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    errors.push(syn::Error::new(span, message));
}
