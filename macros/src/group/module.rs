//! `#[routes]` on an inline module: a group of the handlers and groups in it.

use highball_macro_stages::{errors::Errors, function::cfgs};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{AttrStyle, Attribute, Item, ItemMod};

use crate::route_attrs::is_route_attr;

/// Adds the group `Routes` to the module.
pub(crate) fn expand(
    args: &TokenStream,
    krate: &TokenStream,
    item: &ItemMod,
    errors: &mut Errors,
) -> TokenStream {
    let Some((_, items)) = &item.content else {
        errors.at(item, "only an inline module can be listed: write its content in braces, or list its routes in a tuple struct");
        return item.to_token_stream();
    };
    let entries: Vec<_> = items.iter().filter_map(entry_name).collect();
    if entries.is_empty() {
        errors.at(&item.ident, "the module has no route: put `#[get(\"/path\")]` (or another method) on a function in it");
    }
    let (vis, ident) = (&item.vis, &item.ident);
    let is_inner = |attr: &&Attribute| matches!(attr.style, AttrStyle::Inner(_));
    let (inner, outer): (Vec<_>, Vec<_>) = item.attrs.iter().partition(is_inner);
    let doc = format!("The routes of the module `{ident}`.");
    quote! {
        #(#outer)*
        #vis mod #ident {
            #(#inner)*
            #(#items)*
            #[doc = #doc]
            #[#krate::routes(#args)]
            pub struct Routes(#(#entries),*);
        }
    }
}

/// Returns the item as an entry of the group, if it is one.
fn entry_name(item: &Item) -> Option<TokenStream> {
    match item {
        Item::Fn(function) if function.attrs.iter().any(is_route_attr) => {
            let (cfgs, name) = (cfgs(&function.attrs), &function.sig.ident);
            Some(quote!(#(#cfgs)* #name))
        }
        Item::Struct(group) if group.attrs.iter().any(is_group_attr) => {
            let (cfgs, name) = (cfgs(&group.attrs), &group.ident);
            Some(quote!(#(#cfgs)* #name))
        }
        Item::Mod(module) if module.attrs.iter().any(is_group_attr) => {
            let (cfgs, name) = (cfgs(&module.attrs), &module.ident);
            Some(quote!(#(#cfgs)* #name::Routes))
        }
        _ => None,
    }
}

fn is_group_attr(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "routes")
}
