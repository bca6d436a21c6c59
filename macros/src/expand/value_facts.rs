//! The facts that depend on the value of an option of routes: where it is declared, and where it is written.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::{
    part::{PartImpl, block_generics},
    shown_name,
    with::Steps,
};

impl PartImpl<'_> {
    /// Returns the impl with the facts of a value, for an option of routes that has some.
    pub(super) fn value_facts(&self) -> Option<TokenStream> {
        let function = self.attr.value_facts.as_ref()?;
        let name = self.function.type_name();
        let (params, bounds) = block_generics(self.function);
        Some(quote! {
            #[automatically_derived]
            impl<__W: __hb::OptionSite<Part = Self>, #params> __hb::ValueFacts<__W> for #name
            where #bounds
            {
                const LIST: __hb::FactList = #function(__W::VALUE);
            }
        })
    }
}

impl Steps {
    /// Generates the constant with the facts of a value, and returns its name.
    pub(super) fn value_facts(&mut self, shown: &str, part: &Ident, site: &Ident) -> Ident {
        let span = site.span();
        let [mut facts, mut value] = ["facts", "value"].map(|name| shown_name(name, shown));
        facts.set_span(span);
        value.set_span(span);
        let holds = self.cfg.as_ref().map(|cfg| &cfg.holds);
        self.items.extend(quote_spanned! {span=>
            #holds
            #[automatically_derived]
            impl __hb::OptionSite for #site {
                type Part = #part;
                const VALUE: &'static #part = &#value;
            }
            #[allow(non_upper_case_globals)]
            const #facts: __hb::FactList = __hb::ValueFactsProbe::<(#part, #site)>::LIST;
            const _: () = __hb::assert_facts(&#facts);
        });
        facts
    }
}
