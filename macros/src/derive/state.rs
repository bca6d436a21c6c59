//! `#[derive(State)]`: makes each field of the app state available by its type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Fields};

use crate::{
    errors::Errors,
    runtime_path::{private, private_at},
    types::{first_span, source_text},
};

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let krate = super::crate_path(&input.attrs, errors);
    let private = private(krate.as_ref());
    let Data::Struct(data) = &input.data else {
        errors.at(
            &input.ident,
            "app state is a struct: each field can be had by its type",
        );
        return TokenStream::new();
    };
    check_distinct_types(&data.fields, errors);
    let (impl_generics, ty_generics, bounds) = input.generics.split_for_impl();
    let name = &input.ident;
    let provides = data
        .fields
        .members()
        .zip(&data.fields)
        .map(|(member, field)| {
            let ty = &field.ty;
            quote_spanned! {first_span(ty)=>
                #[automatically_derived]
                impl #impl_generics #private::Provide<#ty> for #name #ty_generics #bounds {
                    fn provide(&self) -> &#ty {
                        &self.#member
                    }
                }
            }
        });
    // A generic struct gets no impl for all other types: it would overlap with those of the fields.
    let other = input.generics.params.is_empty().then(|| {
        // With the span of the derive, rustc would propose to implement the trait by hand.
        let private = private_at(krate.as_ref(), name.span());
        quote_spanned! {name.span()=>
            #[automatically_derived]
            impl<__T: ?::core::marker::Sized> #private::Provide<__T> for #name
            where
                #name: #private::StateField<__T>,
            {
                fn provide(&self) -> &__T {
                    ::core::unreachable!()
                }
            }
        }
    });
    quote! {
        #(#provides)*
        #other
        #[automatically_derived]
        impl #impl_generics #private::Provide<#name #ty_generics> for #name #ty_generics #bounds {
            fn provide(&self) -> &Self {
                self
            }
        }
    }
}

/// Rejects two fields of one type, because `State<T>` could not choose between them.
fn check_distinct_types(fields: &Fields, errors: &mut Errors) {
    let mut seen: Vec<(String, String)> = Vec::new();
    for (field, member) in fields.iter().zip(fields.members()) {
        let member = quote!(#member).to_string();
        let ty = source_text(&field.ty);
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == ty) {
            errors.at(
                &field.ty,
                format!("`{first}` and `{member}` are both `{ty}`, so `State<{ty}>` could be either: wrap one in a type of its own"),
            );
        }
        seen.push((ty, member));
    }
}
