//! Entries that stand under a `#[cfg]`.
//!
//! A bound takes no attribute on stable Rust, so such an entry goes by an alias: of its own type,
//! or of one without routes where the condition does not hold.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Meta, Type, ext::IdentExt};

use super::with::{self, Steps};
use crate::{group::Entry, handler::first_span};

/// What the code of a group names in place of an entry.
pub(super) struct Alias {
    pub(super) ty: Type,
    pub(super) with: Steps,
}

/// Returns the names of the entries, and the aliases that they need.
pub(super) fn aliases(entries: &[Entry]) -> (Vec<Alias>, TokenStream) {
    let mut code = TokenStream::new();
    let aliases = entries.iter().enumerate().map(|(step, entry)| {
        let ty = &entry.ty;
        let with = with::steps(&entry.with, &step.to_string(), &entry.cfgs);
        code.extend(with.items.clone());
        if entry.cfgs.is_empty() {
            return Alias {
                ty: ty.clone(),
                with,
            };
        }
        let name = format_ident!("__Entry{step}", span = first_span(ty));
        code.extend(alias(&entry.cfgs, &name, quote!(#ty), quote!(__hb::Absent)));
        Alias {
            ty: syn::parse_quote!(#name),
            with,
        }
    });
    let aliases: Vec<_> = aliases.collect();
    (aliases, code)
}

fn alias(cfgs: &[Attribute], name: &Ident, ty: TokenStream, otherwise: TokenStream) -> TokenStream {
    let conditions = cfgs.iter().filter_map(|cfg| match &cfg.meta {
        Meta::List(list) => Some(&list.tokens),
        _ => None,
    });
    let conditions: Vec<_> = conditions.collect();
    let name = name.unraw();
    quote_spanned! {name.span()=>
        #[cfg(all(#(#conditions),*))]
        #[allow(non_camel_case_types)]
        type #name = #ty;
        #[cfg(not(all(#(#conditions),*)))]
        #[allow(non_camel_case_types)]
        type #name = #otherwise;
    }
}
