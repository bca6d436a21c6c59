//! Items under a `#[cfg]`.
//!
//! Stable Rust accepts no attribute on a bound. An entry with a `#[cfg]` is therefore used through an alias, which
//! names a type without routes if the condition is false.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Meta};

/// The attributes for code that is compiled if a condition is true, and for its replacement if it is false.
pub(super) struct Cfg {
    pub(super) holds: TokenStream,
    pub(super) fails: TokenStream,
}

impl Cfg {
    /// Joins the conditions of all `#[cfg]` attributes. Returns `None` if there are none.
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

    /// Returns the type alias that is used if the condition is false.
    pub(super) fn absent(&self, name: &Ident) -> TokenStream {
        let fails = &self.fails;
        quote_spanned! {name.span()=>
            #fails
            #[allow(non_camel_case_types)]
            type #name = __hb::Absent;
        }
    }
}

/// Returns an alias for a type, and the replacement for a false condition.
pub(super) fn alias(cfg: Option<&Cfg>, name: &Ident, ty: &TokenStream) -> TokenStream {
    let (holds, absent) = (cfg.map(|cfg| &cfg.holds), cfg.map(|cfg| cfg.absent(name)));
    quote_spanned! {name.span()=>
        #holds
        #[allow(non_camel_case_types)]
        type #name = #ty;
        #absent
    }
}
