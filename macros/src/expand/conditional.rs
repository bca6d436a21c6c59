//! Entries that stand under a `#[cfg]`.
//!
//! A bound takes no attribute on stable Rust, so such an entry goes by an alias: of its own type,
//! or of one without routes where the condition does not hold.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Meta, Type};

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
        let Some(cfg) = Cfg::of(&entry.cfgs) else {
            return Alias {
                ty: ty.clone(),
                with,
            };
        };
        let name = format_ident!("__Entry{step}", span = first_span(ty));
        code.extend(alias(Some(&cfg), &name, &quote!(#ty)));
        Alias {
            ty: syn::parse_quote!(#name),
            with,
        }
    });
    let aliases: Vec<_> = aliases.collect();
    (aliases, code)
}

/// `#[cfg(..)]` for what stands under a condition, and for what stands in its place.
pub(super) struct Cfg {
    pub(super) holds: TokenStream,
    pub(super) fails: TokenStream,
}

impl Cfg {
    /// Joins the conditions; none where there is none.
    pub(super) fn of(cfgs: &[Attribute]) -> Option<Self> {
        let conditions = cfgs.iter().filter_map(|cfg| match &cfg.meta {
            Meta::List(list) => Some(&list.tokens),
            _ => None,
        });
        let conditions: Vec<_> = conditions.collect();
        (!conditions.is_empty()).then(|| Self {
            holds: quote!(#[cfg(all(#(#conditions),*))]),
            fails: quote!(#[cfg(not(all(#(#conditions),*)))]),
        })
    }

    /// Returns what a name means where the condition does not hold.
    pub(super) fn absent(&self, name: &Ident) -> TokenStream {
        let fails = &self.fails;
        quote_spanned! {name.span()=>
            #fails
            #[allow(non_camel_case_types)]
            type #name = __hb::Absent;
        }
    }
}

/// Returns a name for a type, and for what stands in its place.
pub(super) fn alias(cfg: Option<&Cfg>, name: &Ident, ty: &TokenStream) -> TokenStream {
    let (holds, absent) = (cfg.map(|cfg| &cfg.holds), cfg.map(|cfg| cfg.absent(name)));
    quote_spanned! {name.span()=>
        #holds
        #[allow(non_camel_case_types)]
        type #name = #ty;
        #absent
    }
}
