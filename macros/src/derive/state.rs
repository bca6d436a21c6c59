//! `#[derive(State)]`: makes each field of the app state available by its type.

use highball_macro_stages::{
    errors::Errors,
    runtime_path::{private, private_at},
    types::{first_span, source_text},
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Field, Fields, Ident, Member, Path, ext::IdentExt};

use crate::expand::check_name;

pub(crate) fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let krate = super::crate_path(&input.attrs, errors);
    let private = private(krate.as_ref());
    let Data::Struct(data) = &input.data else {
        errors.at(
            &input.ident,
            "app state is a struct: each field is available by its type",
        );
        return TokenStream::new();
    };
    // The impls are emitted with these errors, since a state without them would be a second error.
    let mut own_errors = Errors::default();
    let fields = distinct_fields(&data.fields, &mut own_errors);
    let own_errors = own_errors.into_tokens();
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let (name, bounds) = (&input.ident, impl_bounds(input, &private));
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
    let checks = (!is_generic).then(|| shared_checks(&input.ident, &data.fields, krate.as_ref()));
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
fn impl_bounds(input: &DeriveInput, private: &TokenStream) -> TokenStream {
    let own = input.generics.where_clause.as_ref();
    if !input.generics.params.is_empty() {
        return quote!(#own);
    }
    let name = &input.ident;
    let own = own.into_iter().flat_map(|own| &own.predicates);
    // rustc checks a bound without parameters at once, unless it has a lifetime.
    quote!(where #(#own,)* for<'__s> #name: #private::SharedValue,)
}

/// Returns the checks that requests can share the fields.
///
/// rustc evaluates the type of a constant before it checks where the state is used. If a check fails, the impl of
/// `IntoState` hides that the state cannot be used, which would be a second error.
fn shared_checks(name: &Ident, fields: &Fields, krate: Option<&Path>) -> TokenStream {
    let checks = fields.iter().zip(fields.members()).map(|(field, member)| {
        let (ty, span) = (&field.ty, first_span(&field.ty));
        let (shown, private) = (source_text(ty), private_at(krate, span));
        let check = check_of(&member);
        quote_spanned! {span=>
            type #check = #private::Mode<{
                #private::shared_field(#shown, #private::SharedProbe::<#ty>::IS)
            }>;
        }
    });
    let (checks, private) = (checks.collect::<Vec<_>>(), private(krate));
    let names = fields.members().map(|member| check_of(&member));
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const _: () = {
            use #private::NoPart as _;
            #(#[allow(deprecated, non_camel_case_types)] #checks)*
            type __All = #private::Mode<{ #(#names::IS)&* & 0 }>;
            #[automatically_derived]
            impl #private::IntoState<__All, __All> for #name {
                type State = #private::BrokenState<__All>;

                fn into_state(self) -> Self::State {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// Returns the name of the check of a field.
fn check_of(member: &Member) -> Ident {
    match member {
        Member::Named(name) => check_name(name.unraw()),
        Member::Unnamed(index) => check_name(index.index),
    }
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
            format!("`{first}` and `{second}` are both `{ty}`, so `State<{ty}>` could be either: wrap one in a new type"),
        );
    }
    distinct
}
