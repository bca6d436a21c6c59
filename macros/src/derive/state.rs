//! `#[derive(State)]`: makes each field of the app state available by its type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Field, Fields, Member};

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
    // The impls are emitted with these errors, since a state without them would be a second error.
    let mut own_errors = Errors::default();
    let fields = distinct_fields(&data.fields, &mut own_errors);
    let own_errors = own_errors.into_tokens();
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let (name, bounds) = (&input.ident, impl_bounds(input));
    let provides = fields.iter().map(|(member, field)| {
        let ty = &field.ty;
        quote_spanned! {first_span(ty)=>
            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics #private::Provide<#ty> for #name #ty_generics #bounds {
                fn provide(&self) -> &#ty {
                    &self.#member
                }
            }
        }
    });
    // The types of a generic struct are known only where it is used, so no constant can check them. It gets no impl
    // for all other types, either, which would overlap with those of the fields.
    let is_generic = !input.generics.params.is_empty();
    let checks = (!is_generic).then(|| shared_checks(&data.fields, &private));
    let other = (!is_generic).then(|| {
        // With the span of the derive, rustc would propose to implement the trait by hand.
        let private = private_at(krate.as_ref(), name.span());
        quote_spanned! {name.span()=>
            #[automatically_derived]
            impl<__T: ?::core::marker::Sized> #private::Provide<__T> for #name
            #bounds #name: #private::StateField<__T>,
            {
                fn provide(&self) -> &__T {
                    ::core::unreachable!()
                }
            }
        }
    });
    quote! {
        #own_errors
        #checks
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

/// Returns the bounds of the impls. That a struct can be shared is required where the state is used: an error for each
/// impl would repeat that of the field.
fn impl_bounds(input: &DeriveInput) -> TokenStream {
    let own = input.generics.where_clause.as_ref();
    if !input.generics.params.is_empty() {
        return quote!(#own);
    }
    let name = &input.ident;
    let own = own.into_iter().flat_map(|own| &own.predicates);
    // rustc checks a bound without parameters at once, unless it has a lifetime.
    quote!(where #(#own,)* for<'__s> #name: ::core::marker::Send + ::core::marker::Sync,)
}

/// Returns the checks that requests can share the fields.
fn shared_checks(fields: &Fields, private: &TokenStream) -> TokenStream {
    let checks = fields.iter().map(|field| {
        let ty = &field.ty;
        quote_spanned!(first_span(ty)=> #[allow(deprecated)] const _: () = #private::assert_shared::<#ty>();)
    });
    checks.collect()
}

/// Returns the fields, and rejects two of one type, because `State<T>` could not choose between them.
fn distinct_fields<'a>(fields: &'a Fields, errors: &mut Errors) -> Vec<(Member, &'a Field)> {
    let mut distinct: Vec<(Member, &Field)> = Vec::new();
    for (field, member) in fields.iter().zip(fields.members()) {
        let ty = source_text(&field.ty);
        let mut earlier = distinct.iter();
        let Some((first, _)) = earlier.find(|(_, other)| source_text(&other.ty) == ty) else {
            distinct.push((member, field));
            continue;
        };
        let (first, second) = (quote!(#first), quote!(#member));
        errors.at(
            &field.ty,
            format!("`{first}` and `{second}` are both `{ty}`, so `State<{ty}>` could be either: wrap one in a type of its own"),
        );
    }
    distinct
}
