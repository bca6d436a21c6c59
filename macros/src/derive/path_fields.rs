//! `#[derive(PathFields)]`: a struct whose fields are path parameters.

use highball_macro_stages::{
    errors::Errors,
    runtime_path::private,
    types::{first_span, mentions, source_text},
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Fields, ext::IdentExt};

use crate::expand::{args::generated_ident, sources};

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let private = private(super::crate_path(&input.attrs, errors).as_ref());
    let Data::Struct(syn::DataStruct {
        fields: Fields::Named(fields),
        ..
    }) = &input.data
    else {
        errors.at(
            &input.ident,
            "path parameters have names: write a struct with named fields",
        );
        return TokenStream::new();
    };
    let names: Vec<_> = fields
        .named
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .collect();
    let texts: Vec<_> = names.iter().map(|name| name.unraw().to_string()).collect();
    let values = fields.named.iter().zip(&texts).map(|(field, text)| {
        let ty = &field.ty;
        let (shown, span) = (source_text(ty), first_span(ty));
        let head = generated_ident("__head", span);
        quote_spanned!(span=> #private::param_named::<#ty>(#head, #text, #shown)?)
    });
    let types: Vec<_> = input
        .generics
        .type_params()
        .map(|param| &param.ident)
        .collect();
    let checks = fields.named.iter().zip(&texts);
    let checks = checks.filter(|(field, _)| !mentions(&field.ty, &types));
    let checks = checks.map(|(field, text)| sources::field_check(text, &field.ty));
    let field_types = fields.named.iter().map(|field| &field.ty);
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let name = &input.ident;
    quote! {
        #[allow(deprecated, unused_imports, unused_qualifications)]
        const _: () = {
            use #private as __hb;
            use __hb::NoExtractor as _;
            #(#checks)*
        };
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::PathFields for #name #ty_generics #bounds {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#texts),*];
            const TYPES: &'static [fn() -> &'static ::core::primitive::str] = &[#(::core::any::type_name::<#field_types>),*];

            fn read(__head: &#private::Head) -> #private::Result<Self, #private::Rejection> {
                #private::Ok(Self { #(#names: #values),* })
            }
        }
    }
}
