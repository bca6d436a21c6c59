//! The derive of the battery `journal`.
//!
//! It shows how a battery gets attributes: the framework's stages read the tokens, collect the errors and
//! find the name of a package, and only what is special to the battery is written here.

use highball_macro_stages::{derive, errors::Errors, fragments, runtime_path, similar_name};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Fields, LitStr};

/// Implements `journal::Line` with the text of `#[line("ordered {item}")]`.
#[proc_macro_derive(Line, attributes(line))]
pub fn line(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::expand(fragments::in_type(input.into()), expand).into()
}

fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let name = &input.ident;
    let Some(attr) = input.attrs.iter().find(|attr| attr.path().is_ident("line")) else {
        errors.at(
            name,
            format!("`{name}` has no text: put `#[line(\"ordered {{item}}\")]` on it"),
        );
        return TokenStream::new();
    };
    let Some(text) = errors.keep(attr.parse_args::<LitStr>()) else {
        return TokenStream::new();
    };
    let fields = names(&input.data);
    for unknown in named_in(&text.value()).filter(|name| !fields.contains(name)) {
        let instead = match similar_name(&unknown, fields.iter().map(String::as_str)) {
            Some(similar) => format!("write `{{{similar}}}`"),
            None => format!("add it, or write `{{{{{unknown}}}}}` for the text itself"),
        };
        errors.at(
            &text,
            format!("`{unknown}` is no field of `{name}`: {instead}"),
        );
    }
    let members = fields
        .iter()
        .map(|field| syn::Ident::new(field, Span::call_site()));
    let members: Vec<_> = members.collect();
    let journal = runtime_path::package("journal");
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let text = text.to_token_stream();
    quote! {
        #[automatically_derived]
        impl #impl_generics #journal::Line for #name #ty_generics #bounds {
            fn line(&self) -> ::std::string::String {
                #[allow(unused_variables)]
                let Self { #(#members),* } = self;
                ::std::format!(#text, #(#members = #members),*)
            }
        }
    }
}

/// Returns the names of the fields.
fn names(data: &Data) -> Vec<String> {
    match data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => {
                let names = fields.named.iter().filter_map(|field| field.ident.as_ref());
                names.map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Returns the names in braces.
fn named_in(text: &str) -> impl Iterator<Item = String> {
    let text = text.replace("{{", "").replace("}}", "");
    let mut names = Vec::new();
    for part in text.split('{').skip(1) {
        let end = part.find(['}', ':']).unwrap_or(part.len());
        names.push(part[..end].to_owned());
    }
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: TokenStream, expected: &str) {
        let code = derive::expand(input, expand).to_string();
        assert!(code.contains(expected), "{code}");
    }

    #[test]
    fn the_text_names_fields() {
        let item = quote!(
            #[line("ordered {item}, {{escaped}}")]
            struct Ordered {
                item: u32,
                id: u32,
            }
        );
        check(item, "impl :: journal :: Line for Ordered");
    }

    #[test]
    fn mistakes_are_reported() {
        let item = quote!(
            struct Ordered {
                item: u32,
            }
        );
        check(item, "`Ordered` has no text: put `#[line");
        let item = quote!(
            #[line("ordered {itemm} for {user}")]
            struct Ordered {
                item: u32,
            }
        );
        check(
            item.clone(),
            "`itemm` is no field of `Ordered`: write `{item}`",
        );
        check(item, "`user` is no field of `Ordered`: add it");
    }
}
