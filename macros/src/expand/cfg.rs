//! Entries that stand under a `#[cfg]`.
//!
//! A bound takes no attribute on stable Rust, so such an entry goes by an alias: of its own type,
//! or of one without routes where the condition does not hold.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Meta};

/// `#[cfg(..)]` for what stands under a condition, and for what stands in its place.
pub(super) struct Cfg {
    pub(super) holds: TokenStream,
    pub(super) fails: TokenStream,
}

impl Cfg {
    /// Joins the conditions; none where there is none.
    pub(super) fn from_attrs(cfgs: &[Attribute]) -> Option<Self> {
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
