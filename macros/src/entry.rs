//! The entries of a group: the fields of the tuple struct, with their attributes.

use syn::{Attribute, Field, Fields, ItemStruct, Meta, Type, spanned::Spanned};

use crate::{
    attr::{self, WithItem},
    errors::Errors,
    pattern::Pattern,
};

/// One entry of a group: a handler or another group.
pub(crate) struct Entry {
    /// The `#[cfg]` attributes, under which the entry exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// The handler or group.
    pub(crate) ty: Type,
    pub(crate) prefix: Option<Pattern>,
    pub(crate) with: Vec<WithItem>,
}

pub(crate) fn parse_entries(item: &ItemStruct, errors: &mut Errors) -> Vec<Entry> {
    match &item.fields {
        Fields::Unnamed(fields) => fields
            .unnamed
            .iter()
            .map(|field| parse_entry(field, errors))
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

fn parse_entry(field: &Field, errors: &mut Errors) -> Entry {
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
                .extend(errors.keep(parse_with_attr(attr)).unwrap_or_default());
        } else if !attr.path().is_ident("doc") {
            // The fields are not emitted, so an attribute for another macro would be lost without a word.
            errors.at(
                attr,
                "an entry of a group takes `#[prefix(\"/path\")]`, `#[with(..)]` and `#[cfg(..)]`",
            );
        }
    }
    entry
}

fn parse_with_attr(attr: &Attribute) -> syn::Result<Vec<WithItem>> {
    match &attr.meta {
        Meta::List(list) => attr::parse_with_tokens(list.tokens.clone()),
        _ => Err(syn::Error::new(attr.span(), attr::WITH_USAGE)),
    }
}
