//! The entries of a group: the fields of the tuple struct, with their attributes.

use highball_macro_stages::{errors::Errors, function::is_lint_attr, pattern::Pattern};
use syn::{Attribute, Field, Fields, ItemStruct, Meta, Type, spanned::Spanned};

use crate::attr::{self, WithItem};

/// The attributes of an entry.
pub(crate) const ENTRY_ATTRS: [&str; 4] = ["prefix", "with", "public", "cfg"];

/// One entry of a group: a handler or another group.
pub(crate) struct Entry {
    /// The `#[cfg]` attributes, under which the entry exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// The handler or group.
    pub(crate) ty: Type,
    pub(crate) prefix: Option<Pattern>,
    pub(crate) with: Vec<WithItem>,
    /// Whether its routes are exempt from `every(..)` of a group around them.
    pub(crate) is_public: bool,
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
        is_public: false,
    };
    if !matches!(entry.ty, Type::Path(_)) {
        errors.at(
            &entry.ty,
            "a group lists handlers and groups by their names",
        );
    }
    let mut calls = Vec::new();
    for attr in &field.attrs {
        if let Some(call) = option_of_a_package(attr) {
            calls.extend(errors.keep(call));
            continue;
        }
        let known = ENTRY_ATTRS
            .into_iter()
            .find(|name| attr.path().is_ident(name));
        match known {
            Some("cfg") => entry.cfgs.push(attr.clone()),
            Some("prefix") => {
                if let Some(literal) = errors.keep(attr.parse_args::<syn::LitStr>()) {
                    entry.prefix = Some(Pattern::prefix(&literal, errors));
                }
            }
            Some("public") => entry.is_public |= errors.keep(attr.meta.require_path_only()).is_some(),
            Some(_) => entry
                .with
                .extend(errors.keep(parse_with_attr(attr)).unwrap_or_default()),
            None if is_ignored(attr) => {}
            None => errors.at(
                attr,
                "an entry of a group takes `#[prefix(\"/path\")]`, `#[with(..)]`, `#[public]` and `#[cfg(..)]`",
            ),
        }
    }
    entry.with.splice(0..0, calls);
    entry
}

/// Returns the option of another package that an attribute is: its name is a path, and it is not one of a tool.
fn option_of_a_package(attr: &Attribute) -> Option<syn::Result<WithItem>> {
    let path = attr.path();
    let is_path = path.segments.len() > 1 && !is_lint_attr(attr);
    let Meta::List(list) = &attr.meta else {
        return None;
    };
    is_path.then(|| attr::path_call(path.clone(), list.tokens.clone()))
}

/// Returns whether the attribute has no meaning for an entry. rustc accepts it on a field.
fn is_ignored(attr: &Attribute) -> bool {
    attr.path().is_ident("doc") || is_lint_attr(attr)
}

fn parse_with_attr(attr: &Attribute) -> syn::Result<Vec<WithItem>> {
    match &attr.meta {
        Meta::List(list) => attr::parse_with_tokens(list.tokens.clone()),
        _ => Err(syn::Error::new(attr.span(), attr::WITH_USAGE)),
    }
}
